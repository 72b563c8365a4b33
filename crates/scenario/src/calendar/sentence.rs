//! From words to a calendar: what each word adds, and whether it comes to something.

use super::Said;
use super::words::{Misread, Token, Unit, Word};
use crate::plan::{Calendar, Days, MonthDay, Times, Window};
use jiff::civil::{Time, Weekday};

/// `every second monday` is one thing to some and another to others.
const AMBIGUOUS: &str =
    "every few weeks, or once a month? As `every 2 weeks on monday` or `on the second monday of the month`";

/// What the words are.
pub(super) fn read(words: &[Word], end: usize) -> Result<Said, Misread> {
    let words: Vec<Word> = words.iter().filter(|word| word.is != Token::Filler).cloned().collect();
    let mut reader = Reader { words: &words, at: 0, found: Found::default() };
    while reader.at < words.len() {
        reader.step()?;
    }
    let calendar = reader.found.calendar(end)?;
    Ok(Said { calendar, zone: reader.found.zone })
}

/// Monday to Friday.
pub(super) fn workdays() -> impl Iterator<Item = Weekday> {
    Weekday::Monday.cycle_forward().take(5)
}

struct Reader<'w> {
    words: &'w [Word],
    at: usize,
    found: Found,
}

/// What is known so far.
#[derive(Default)]
struct Found {
    every_days: Option<u32>,
    every_weeks: Option<u32>,
    every_months: Option<u32>,
    has_year: bool,
    weekdays: Vec<Weekday>,
    month_days: Vec<MonthDay>,
    months: Vec<i8>,
    times: Vec<Time>,
    /// In seconds.
    interval: Option<u32>,
    window: Option<Window>,
    zone: Option<String>,
}

impl Reader<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.words.get(at).map(|word| &word.is)
    }

    fn before(&self) -> Option<&Token> {
        self.at.checked_sub(1).and_then(|at| self.token(at))
    }

    /// Takes in the next word, with those that belong to it.
    fn step(&mut self) -> Result<(), Misread> {
        let Some(Word { at: place, is }) = self.words.get(self.at).cloned() else { return Ok(()) };
        self.at += 1;
        match is {
            Token::Every | Token::And | Token::At | Token::Filler => {}
            Token::Number(number) => {
                self.at -= 1;
                self.number(place, number)?;
            }
            Token::Ordinal(_) | Token::Last => {
                self.at -= 1;
                self.ordinals(place)?;
            }
            Token::Unit(unit) => self.unit(place, unit)?,
            Token::Weekday(first) => self.weekday(first),
            Token::Workday => self.found.weekdays.extend(workdays()),
            Token::Weekend => self.found.weekdays.extend([Weekday::Saturday, Weekday::Sunday]),
            Token::Month(month) => {
                if self.token(self.at) == Some(&Token::To) {
                    return Err(Misread::new(place, "name each month: `in june, july and august`"));
                }
                self.found.months.push(month);
            }
            Token::Time(time) => match (self.token(self.at), self.clock(self.at + 1)) {
                (Some(Token::To), Some(to)) => {
                    self.at += 2;
                    self.window(place, time, to)?;
                }
                _ => self.found.times.push(time),
            },
            Token::Between => {
                let (from, to) = (self.clock(self.at), self.clock(self.at + 2));
                let joined = matches!(self.token(self.at + 1), Some(Token::And | Token::To));
                let (Some(from), Some(to), true) = (from, to, joined) else {
                    return Err(Misread::new(place, "from when to when? As `between 8:00 and 20:00`"));
                };
                self.at += 3;
                self.window(place, from, to)?;
            }
            Token::To => return Err(Misread::new(place, "from what to what?")),
            Token::Zone(zone) => {
                if self.found.zone.replace(zone).is_some() {
                    return Err(Misread::new(place, "there is a second time zone"));
                }
            }
        }
        Ok(())
    }

    /// The time of day at this place; a number alone is an hour.
    fn clock(&self, at: usize) -> Option<Time> {
        match self.token(at)? {
            Token::Time(time) => Some(*time),
            Token::Number(hour) => i8::try_from(*hour).ok().and_then(|hour| Time::new(hour, 0, 0, 0).ok()),
            _ => None,
        }
    }

    fn window(&mut self, place: usize, from: Time, to: Time) -> Result<(), Misread> {
        if self.found.window.replace(Window { from, to }).is_some() {
            return Err(Misread::new(place, "there is a second window"));
        }
        Ok(())
    }

    fn number(&mut self, place: usize, number: u32) -> Result<(), Misread> {
        let (before, after) = (self.before().cloned(), self.token(self.at + 1).cloned());
        self.at += 1;
        let is_every = before == Some(Token::Every);
        match (&before, &after) {
            (Some(Token::Every), Some(Token::Unit(unit))) => {
                self.at += 1;
                return self.every(place, number, *unit);
            }
            // `every other friday`
            (Some(Token::Every), Some(Token::Weekday(_))) => {
                self.found.every_weeks = Some(at_least_one(place, number)?);
                return Ok(());
            }
            // `1日`, `december 25`, `25 december`, `day 15`, `the 1st and 15`
            (_, Some(Token::Unit(Unit::Day))) if !is_every => self.at += 1,
            (Some(Token::Month(_) | Token::Unit(Unit::Day)), _) | (_, Some(Token::Month(_))) => {
                if before == Some(Token::Unit(Unit::Day)) {
                    self.found.every_days = None;
                }
            }
            (Some(Token::At), _) => {
                let time = self.clock(self.at - 1);
                let time = time.ok_or_else(|| Misread::new(place, "there is no such time of day"))?;
                self.found.times.push(time);
                return Ok(());
            }
            _ => return Err(Misread::new(place, format!("it is not said what the {number} counts"))),
        }
        let day = i8::try_from(number).ok().filter(|day| (1..=31).contains(day));
        let day = day.ok_or_else(|| Misread::new(place, format!("no month has a day {number}")))?;
        self.found.month_days.push(MonthDay::Day(day));
        Ok(())
    }

    fn every(&mut self, place: usize, number: u32, unit: Unit) -> Result<(), Misread> {
        let number = at_least_one(place, number)?;
        match unit {
            Unit::Second => self.interval(place, number),
            Unit::Minute => self.interval(place, number.saturating_mul(60)),
            Unit::HalfHour => self.interval(place, number.saturating_mul(1_800)),
            Unit::Hour => self.interval(place, number.saturating_mul(3_600)),
            Unit::Day => {
                self.found.every_days = Some(number);
                Ok(())
            }
            Unit::Week => {
                self.found.every_weeks = Some(number);
                Ok(())
            }
            Unit::Month => {
                self.found.every_months = Some(number);
                Ok(())
            }
            Unit::Year if number == 1 => {
                self.found.has_year = true;
                Ok(())
            }
            Unit::Year => Err(Misread::new(place, "years cannot be left out")),
        }
    }

    fn unit(&mut self, place: usize, unit: Unit) -> Result<(), Misread> {
        if self.before_is_other_than_every() && matches!(unit, Unit::Second | Unit::Minute | Unit::HalfHour) {
            return Err(Misread::new(place, "how many, and of what?"));
        }
        // `of the month` counts nothing anew.
        if unit == Unit::Month && self.found.every_months.is_some() {
            return Ok(());
        }
        self.every(place, 1, unit)
    }

    fn before_is_other_than_every(&self) -> bool {
        self.at >= 2 && self.token(self.at - 2) != Some(&Token::Every)
    }

    fn interval(&mut self, place: usize, seconds: u32) -> Result<(), Misread> {
        if seconds >= 86_400 {
            return Err(Misread::new(place, "what comes less than once a day is counted in days"));
        }
        if self.found.interval.replace(seconds).is_some() {
            return Err(Misread::new(place, "there is a second interval"));
        }
        Ok(())
    }

    fn weekday(&mut self, first: Weekday) {
        let Some((Token::To, Token::Weekday(last))) = self.token(self.at).zip(self.token(self.at + 1)) else {
            return self.found.weekdays.push(first);
        };
        let last = *last;
        self.at += 2;
        let until = first.until(last).unsigned_abs();
        self.found.weekdays.extend(first.cycle_forward().take(usize::from(until) + 1));
    }

    /// `the 1st and 15th`, `first and third monday`, `last day`, `first workday`.
    fn ordinals(&mut self, place: usize) -> Result<(), Misread> {
        let is_every = self.before() == Some(&Token::Every);
        let mut numbers = Vec::new();
        loop {
            match self.token(self.at) {
                Some(Token::Ordinal(number)) => numbers.push(Some(*number)),
                Some(Token::Last) => numbers.push(None),
                Some(Token::And) if matches!(self.token(self.at + 1), Some(Token::Ordinal(_) | Token::Last)) => {}
                _ => break,
            }
            self.at += 1;
        }
        let next = self.token(self.at).cloned();
        let too_many = || Misread::new(place, "no month has so many of a weekday");
        match next {
            Some(Token::Weekday(weekday)) => {
                self.at += 1;
                if is_every
                    && matches!(numbers[..], [Some(2..)])
                    && self.token(self.at) != Some(&Token::Unit(Unit::Month))
                {
                    return Err(Misread::new(place, AMBIGUOUS));
                }
                for number in numbers {
                    let number = number.map(|n| if n <= 5 { Ok(n) } else { Err(too_many()) }).transpose()?;
                    let day = number.map_or(MonthDay::LastOf(weekday), |n| MonthDay::Nth(n, weekday));
                    self.found.month_days.push(day);
                }
            }
            Some(Token::Workday) => {
                self.at += 1;
                for number in numbers {
                    self.found.month_days.push(match number {
                        None => MonthDay::LastWorkday,
                        Some(1) => MonthDay::FirstWorkday,
                        Some(_) => return Err(Misread::new(place, "only the first and the last workday are known")),
                    });
                }
            }
            next => {
                let is_day = next == Some(Token::Unit(Unit::Day));
                if numbers.contains(&None) && !is_day {
                    return Err(Misread::new(place, "the last of what?"));
                }
                self.at += usize::from(is_day);
                self.found.month_days.extend(numbers.into_iter().map(|n| n.map_or(MonthDay::Last, MonthDay::Day)));
            }
        }
        Ok(())
    }
}

/// The order in which days of a month are said: `the first Monday, the last day and the 1st`.
pub(super) fn rank(day: MonthDay) -> (u8, i8, i8) {
    match day {
        MonthDay::Nth(n, weekday) => (0, weekday.to_monday_zero_offset(), n),
        MonthDay::LastOf(weekday) => (1, weekday.to_monday_zero_offset(), 0),
        MonthDay::FirstWorkday => (2, 0, 0),
        MonthDay::LastWorkday => (3, 0, 0),
        MonthDay::Last => (4, 0, 0),
        MonthDay::Day(day) => (5, 0, day),
    }
}

fn at_least_one(place: usize, number: u32) -> Result<u32, Misread> {
    if number == 0 { Err(Misread::new(place, "nothing comes every 0th time")) } else { Ok(number) }
}

impl Found {
    fn calendar(&mut self, end: usize) -> Result<Calendar, Misread> {
        let missing = |problem: &str| Err(Misread::new(end, problem));
        self.times.sort_unstable();
        self.times.dedup();
        let times = match (self.interval, self.window) {
            (Some(_), _) if !self.times.is_empty() => {
                return missing(
                    "it has an interval and times of day: an interval wants a window, as `from 8:00 to 20:00`",
                );
            }
            (Some(period), window) => Times::Every { period, window: window.unwrap_or(Window::DAY) },
            (None, Some(_)) => return missing("how often between these times? As `every 2 hours`"),
            (None, None) if self.times.is_empty() => return missing("at which time of day? As `at 09:00`"),
            (None, None) => Times::At(std::mem::take(&mut self.times)),
        };
        let days = self.days().map_err(|problem| Misread::new(end, problem))?;
        let mut months = std::mem::take(&mut self.months);
        months.sort_unstable();
        months.dedup();
        let calendar = Calendar { days, months, times };
        if calendar.has_no_day() {
            return missing("no month has that day");
        }
        Ok(calendar)
    }

    fn days(&mut self) -> Result<Days, &'static str> {
        let mut weekdays = std::mem::take(&mut self.weekdays);
        weekdays.sort_unstable_by_key(|day| day.to_monday_zero_offset());
        weekdays.dedup();
        let mut days = std::mem::take(&mut self.month_days);
        days.sort_unstable_by_key(|day| rank(*day));
        days.dedup();
        match (weekdays.is_empty(), days.is_empty()) {
            (false, false) => Err("it has weekdays and days of the month: write two schedules"),
            (false, true) if self.every_days.is_some_and(|days| days > 1) => Err("it has weekdays and counts days"),
            (false, true) if self.every_months.is_some() => {
                Err("which one of the month? As `first monday of the month`")
            }
            (false, true) => Ok(Days::Weekly { weekdays, every: self.every_weeks.unwrap_or(1) }),
            (true, false) if self.every_weeks.is_some() => Err("it has days of the month and counts weeks"),
            (true, false) if self.every_days.is_some() => Err("it has days of the month and counts days"),
            (true, false) if self.has_year && self.months.is_empty() => Err("in which month?"),
            (true, false) => Ok(Days::Monthly { days, every: self.every_months.unwrap_or(1) }),
            (true, true) if self.every_weeks.is_some() => Err("on which weekday?"),
            (true, true) if self.every_months.is_some() || self.has_year => Err("on which day of the month?"),
            (true, true) if self.every_days.is_none() && self.interval.is_none() => {
                Err("on which days? As `every day`")
            }
            (true, true) => Ok(Days::Every(self.every_days.unwrap_or(1))),
        }
    }
}

impl Calendar {
    /// Whether it names days of months that these do not have.
    fn has_no_day(&self) -> bool {
        let Days::Monthly { days, .. } = &self.days else { return false };
        let longest = |month: &i8| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let most = self.months.iter().map(longest).max().unwrap_or(31);
        days.iter().all(|day| matches!(day, MonthDay::Day(day) if *day > most))
    }
}
