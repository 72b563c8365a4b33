//! Times that repeat by days, and days on which nothing is due.

use jiff::civil::{Date, Time, Weekday};

/// Times of day on certain days, by the clock of a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// On which days.
    pub days: Days,
    /// In which months, 1 to 12; empty: in all.
    pub months: Vec<i8>,
    /// When on such a day.
    pub times: Times,
}

/// Days that repeat. What is counted (every second week) is counted from the beginning of the schedule, where it has
/// one; days else from 1970-01-01, weeks from the Monday after, months from January.
#[derive(Clone, Debug, PartialEq)]
pub enum Days {
    /// Every so many days.
    Every(u32),
    /// On these weekdays, every so many weeks. Weeks begin on Monday.
    Weekly {
        /// At least one, each once, Monday first.
        weekdays: Vec<Weekday>,
        /// 1: every week.
        every: u32,
    },
    /// On these days of a month, every so many months.
    Monthly {
        /// At least one.
        days: Vec<MonthDay>,
        /// 1: every month.
        every: u32,
    },
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthDay {
    /// 1 to 31; months that are shorter do not have it.
    Day(i8),
    /// The last one.
    Last,
    /// The first to fifth of a weekday.
    Nth(i8, Weekday),
    /// The last of a weekday.
    LastOf(Weekday),
    /// The first day from Monday to Friday.
    FirstWorkday,
    /// The last day from Monday to Friday.
    LastWorkday,
}

/// When on a day.
#[derive(Clone, Debug, PartialEq)]
pub enum Times {
    /// At these times, earliest first.
    At(Vec<Time>),
    /// So many seconds after each other, counted from the beginning of a window.
    Every {
        /// In seconds.
        period: u32,
        /// The window.
        window: Window,
    },
}

/// A part of the day. One that ends before it begins goes on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Time,
    /// Its end, which belongs to it.
    pub to: Time,
}

impl Window {
    /// The whole day.
    pub const DAY: Self = Self { from: Time::constant(0, 0, 0, 0), to: Time::constant(23, 59, 59, 0) };

    /// From its beginning to its end, in seconds.
    pub fn length(self) -> u32 {
        let seconds = (second_of(self.to) - second_of(self.from)).rem_euclid(24 * 60 * 60);
        seconds.unsigned_abs()
    }
}

/// Which second of the day it is.
fn second_of(time: Time) -> i32 {
    (i32::from(time.hour()) * 60 + i32::from(time.minute())) * 60 + i32::from(time.second())
}

/// Days on which nothing is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Exception {
    /// From one date to another, which belongs to them.
    Dates(Date, Date),
    /// The same each year: from month and day to month and day, which may lie in the next year.
    Yearly((i8, i8), (i8, i8)),
    /// Weekdays.
    Weekdays(Vec<Weekday>),
}

impl Exception {
    /// Whether the date is one of them.
    pub fn covers(&self, date: Date) -> bool {
        match self {
            Self::Dates(first, last) => (*first..=*last).contains(&date),
            Self::Yearly(first, last) => {
                let day = (date.month(), date.day());
                if first <= last { (*first..=*last).contains(&day) } else { day >= *first || day <= *last }
            }
            Self::Weekdays(weekdays) => weekdays.contains(&date.weekday()),
        }
    }
}

impl Calendar {
    /// Whether the date is one of its days. `from` is the first day of the schedule, where it has one.
    pub fn covers(&self, date: Date, from: Option<Date>) -> bool {
        (self.months.is_empty() || self.months.contains(&date.month())) && self.days.cover(date, from)
    }
}

impl Days {
    fn cover(&self, date: Date, from: Option<Date>) -> bool {
        match self {
            Self::Every(days) => {
                let first = from.unwrap_or(EPOCH);
                days_between(first, date).rem_euclid(i64::from(*days).max(1)) == 0
            }
            Self::Weekly { weekdays, every } => {
                let first = monday_of(from.unwrap_or(MONDAY));
                let weeks = days_between(first, monday_of(date)) / 7;
                weekdays.contains(&date.weekday()) && weeks.rem_euclid(i64::from(*every).max(1)) == 0
            }
            Self::Monthly { days, every } => {
                let first = from.map_or(0, month_number);
                let months = month_number(date) - first;
                months.rem_euclid(i64::from(*every).max(1)) == 0 && days.iter().any(|day| day.is(date))
            }
        }
    }
}

impl MonthDay {
    fn is(self, date: Date) -> bool {
        let from_end = date.days_in_month() - date.day();
        let weekday = date.weekday();
        match self {
            Self::Day(day) => date.day() == day,
            Self::Last => from_end == 0,
            Self::Nth(n, of) => weekday == of && (date.day() - 1) / 7 + 1 == n,
            Self::LastOf(of) => weekday == of && from_end < 7,
            Self::FirstWorkday => {
                is_workday(weekday) && (date.day() == 1 || (weekday == Weekday::Monday && date.day() <= 3))
            }
            Self::LastWorkday => {
                is_workday(weekday) && (from_end == 0 || (weekday == Weekday::Friday && from_end <= 2))
            }
        }
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);
const MONDAY: Date = Date::constant(1970, 1, 5);

/// Monday to Friday.
pub(crate) fn is_workday(weekday: Weekday) -> bool {
    !matches!(weekday, Weekday::Saturday | Weekday::Sunday)
}

fn days_between(first: Date, last: Date) -> i64 {
    i64::from(first.duration_until(last).as_hours() as i32 / 24)
}

fn monday_of(date: Date) -> Date {
    date.saturating_sub(jiff::Span::new().days(i64::from(date.weekday().to_monday_zero_offset())))
}

fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(calendar: &Calendar, from: Option<Date>, year: i16) -> Vec<String> {
        let mut date = Date::constant(year, 1, 1);
        let mut found = Vec::new();
        while date.year() == year {
            if calendar.covers(date, from) {
                found.push(date.to_string());
            }
            date = date.tomorrow().unwrap();
        }
        found
    }

    fn monthly(days: &[MonthDay], every: u32) -> Calendar {
        let times = Times::At(vec![Time::midnight()]);
        Calendar { days: Days::Monthly { days: days.to_vec(), every }, months: Vec::new(), times }
    }

    #[test]
    fn days_of_months() {
        let first = |day| dates(&monthly(&[day], 1), None, 2026)[..4].to_vec();
        assert_eq!(first(MonthDay::Last), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
        assert_eq!(first(MonthDay::Day(31)), ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]);
        let second_tuesday = MonthDay::Nth(2, Weekday::Tuesday);
        assert_eq!(first(second_tuesday), ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14"]);
        assert_eq!(first(MonthDay::Nth(5, Weekday::Friday))[..2], ["2026-01-30", "2026-05-29"]);
        assert_eq!(first(MonthDay::LastOf(Weekday::Friday))[..2], ["2026-01-30", "2026-02-27"]);
        // 2026-02-01 is a Sunday, 2026-08-01 a Saturday; 2026-01-31 a Saturday, 2026-05-31 a Sunday.
        let workdays = dates(&monthly(&[MonthDay::FirstWorkday], 1), None, 2026);
        assert_eq!([&workdays[0], &workdays[1], &workdays[7]], ["2026-01-01", "2026-02-02", "2026-08-03"]);
        let workdays = dates(&monthly(&[MonthDay::LastWorkday], 1), None, 2026);
        assert_eq!([&workdays[0], &workdays[1], &workdays[4]], ["2026-01-30", "2026-02-27", "2026-05-29"]);
        assert_eq!(workdays.len(), 12);
    }

    #[test]
    fn what_is_counted() {
        let quarters = monthly(&[MonthDay::Day(1)], 3);
        assert_eq!(dates(&quarters, None, 2026), ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]);
        let from = Some(Date::constant(2026, 2, 10));
        assert_eq!(dates(&quarters, from, 2027), ["2027-02-01", "2027-05-01", "2027-08-01", "2027-11-01"]);
        let times = || Times::At(vec![Time::midnight()]);
        let fortnight = Days::Weekly { weekdays: vec![Weekday::Monday, Weekday::Friday], every: 2 };
        let fortnight = Calendar { days: fortnight, months: vec![1], times: times() };
        let from = Some(Date::constant(2026, 1, 7));
        assert_eq!(dates(&fortnight, from, 2026), ["2026-01-05", "2026-01-09", "2026-01-19", "2026-01-23"]);
        let days = Calendar { days: Days::Every(10), months: vec![12], times: times() };
        let from = Some(Date::constant(2026, 12, 24));
        assert_eq!(dates(&days, from, 2026), ["2026-12-04", "2026-12-14", "2026-12-24"]);
    }

    #[test]
    fn exceptions() {
        let date = |month, day| Date::constant(2026, month, day);
        let holidays = Exception::Yearly((12, 24), (1, 2));
        assert!([date(12, 24), date(12, 31), date(1, 1), date(1, 2)].iter().all(|date| holidays.covers(*date)));
        assert!([date(12, 23), date(1, 3), date(6, 1)].iter().all(|date| !holidays.covers(*date)));
        let range = Exception::Dates(date(3, 1), date(3, 2));
        assert!(range.covers(date(3, 2)) && !range.covers(date(3, 3)));
        assert!(Exception::Weekdays(vec![Weekday::Saturday]).covers(date(1, 3)));
    }

    #[test]
    fn windows() {
        let window = |from: &str, to: &str| Window { from: from.parse().unwrap(), to: to.parse().unwrap() }.length();
        assert_eq!([window("08:00", "20:00"), window("22:00", "06:00")], [12 * 3_600, 8 * 3_600]);
        assert_eq!(Window::DAY.length(), 86_399);
    }
}
