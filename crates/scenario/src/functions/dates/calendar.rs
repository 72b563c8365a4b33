//! Functions that go through the calendar: to another moment from this one.

use super::moment::{Result, moment, now, within_calendar, written, zone};
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::as_text;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Span, Unit, Zoned};

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "now",
        group: "time",
        signature: "now(zone?) -> text",
        doc: "The present moment, in UTC or the given zone.",
        errors: "A zone that does not exist.",
        example: "now()",
        result: r#""2026-11-22T10:30:00.250Z""#,
        run: present,
    },
    Function {
        name: "today",
        group: "time",
        signature: "today(zone?) -> text",
        doc: "The midnight at which the present day began, in UTC or the given zone.",
        errors: "A zone that does not exist.",
        example: r#"today("Asia/Tokyo")"#,
        result: r#""2026-11-22T00:00:00.000+09:00""#,
        run: today,
    },
    Function {
        name: "add_years",
        group: "time",
        signature: "add_years(moment, years, zone?) -> text",
        doc: "The moment this many years later; negative ones are earlier. 29 February becomes 28 where it must.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2024-02-29".add_years(1)"#,
        result: r#""2025-02-28T00:00:00.000Z""#,
        run: add_years,
    },
    Function {
        name: "add_months",
        group: "time",
        signature: "add_months(moment, months, zone?) -> text",
        doc: "The moment this many months later; negative ones are earlier. A day that the month does not have \
              becomes its last.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-01-31".add_months(1)"#,
        result: r#""2026-02-28T00:00:00.000Z""#,
        run: add_months,
    },
    Function {
        name: "add_weeks",
        group: "time",
        signature: "add_weeks(moment, weeks, zone?) -> text",
        doc: "The moment this many weeks later, at the same time of day; negative ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22".add_weeks(2)"#,
        result: r#""2026-12-06T00:00:00.000Z""#,
        run: add_weeks,
    },
    Function {
        name: "add_days",
        group: "time",
        signature: "add_days(moment, days, zone?) -> text",
        doc: "The moment this many days later, at the same time of day, even where clocks change in between; negative \
              ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-03-28T12:00".add_days(1, "Europe/Prague")"#,
        result: r#""2026-03-29T12:00:00.000+02:00""#,
        run: add_days,
    },
    Function {
        name: "add_business_days",
        group: "time",
        signature: "add_business_days(moment, days, zone?) -> text",
        doc: "The moment this many working days (Monday to Friday) later; negative ones are earlier. Holidays are not \
              known.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-20".add_business_days(1)"#,
        result: r#""2026-11-23T00:00:00.000Z""#,
        run: add_business_days,
    },
    Function {
        name: "add_hours",
        group: "time",
        signature: "add_hours(moment, hours, zone?) -> text",
        doc: "The moment this many hours later; negative ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T23:30:00Z".add_hours(1)"#,
        result: r#""2026-11-23T00:30:00.000Z""#,
        run: add_hours,
    },
    Function {
        name: "add_minutes",
        group: "time",
        signature: "add_minutes(moment, minutes, zone?) -> text",
        doc: "The moment this many minutes later; negative ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T10:30:00Z".add_minutes(-45)"#,
        result: r#""2026-11-22T09:45:00.000Z""#,
        run: add_minutes,
    },
    Function {
        name: "add_seconds",
        group: "time",
        signature: "add_seconds(moment, seconds, zone?) -> text",
        doc: "The moment this many seconds later; negative ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T10:30:00Z".add_seconds(90)"#,
        result: r#""2026-11-22T10:31:30.000Z""#,
        run: add_seconds,
    },
    Function {
        name: "add_milliseconds",
        group: "time",
        signature: "add_milliseconds(moment, milliseconds, zone?) -> text",
        doc: "The moment this many milliseconds later; negative ones are earlier.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T10:30:00Z".add_milliseconds(1500)"#,
        result: r#""2026-11-22T10:30:01.500Z""#,
        run: add_milliseconds,
    },
    Function {
        name: "set_year",
        group: "time",
        signature: "set_year(moment, year, zone?) -> text",
        doc: "The moment in this year.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22".set_year(2030)"#,
        result: r#""2030-11-22T00:00:00.000Z""#,
        run: set_year,
    },
    Function {
        name: "set_month",
        group: "time",
        signature: "set_month(moment, month, zone?) -> text",
        doc: "The moment in this month of its year, 1 to 12 or an English name; beyond 12 it goes on into the next \
              year.",
        errors: "A text that is no moment; a text that is no month; a date outside of the years 0 to 9999.",
        example: r#""2015-08-07".set_month(17)"#,
        result: r#""2016-05-07T00:00:00.000Z""#,
        run: set_month,
    },
    Function {
        name: "set_day",
        group: "time",
        signature: "set_day(moment, day, zone?) -> text",
        doc: "The moment on this day of its month; beyond the last it goes on into the next month.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2015-08-07".set_day(32)"#,
        result: r#""2015-09-01T00:00:00.000Z""#,
        run: set_day,
    },
    Function {
        name: "set_weekday",
        group: "time",
        signature: "set_weekday(moment, weekday, zone?) -> text",
        doc: "The moment on this day of its week, from 1 (Monday) to 7 (Sunday) or an English name.",
        errors: "A text that is no moment; a text that is no weekday; a date outside of the years 0 to 9999.",
        example: r#""2018-06-27".set_weekday("monday")"#,
        result: r#""2018-06-25T00:00:00.000Z""#,
        run: set_weekday,
    },
    Function {
        name: "set_hour",
        group: "time",
        signature: "set_hour(moment, hour, zone?) -> text",
        doc: "The moment at this hour of its day; beyond 23 it goes on into the next day.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T10:30:00Z".set_hour(8)"#,
        result: r#""2026-11-22T08:30:00.000Z""#,
        run: set_hour,
    },
    Function {
        name: "set_minute",
        group: "time",
        signature: "set_minute(moment, minute, zone?) -> text",
        doc: "The moment at this minute of its hour; beyond 59 it goes on into the next hour.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2015-10-07T11:36:39.138Z".set_minute(61)"#,
        result: r#""2015-10-07T12:01:39.138Z""#,
        run: set_minute,
    },
    Function {
        name: "set_second",
        group: "time",
        signature: "set_second(moment, second, zone?) -> text",
        doc: "The moment at this second of its minute; beyond 59 it goes on into the next minute.",
        errors: "A text that is no moment; a date outside of the years 0 to 9999.",
        example: r#""2026-11-22T10:30:15Z".set_second(0)"#,
        result: r#""2026-11-22T10:30:00.000Z""#,
        run: set_second,
    },
    Function {
        name: "start_of",
        group: "time",
        signature: "start_of(moment, unit, zone?) -> text",
        doc: "Where the `year`, `quarter`, `month`, `week` (Monday), `day`, `hour`, `minute` or `second` of the \
              moment begins.",
        errors: "A text that is no moment; a unit that is none of these.",
        example: r#""2026-11-22T10:30:00Z".start_of("month")"#,
        result: r#""2026-11-01T00:00:00.000Z""#,
        run: start_of,
    },
    Function {
        name: "end_of",
        group: "time",
        signature: "end_of(moment, unit, zone?) -> text",
        doc: "The last millisecond of the `year`, `quarter`, `month`, `week`, `day`, `hour`, `minute` or `second` of \
              the moment.",
        errors: "A text that is no moment; a unit that is none of these.",
        example: r#""2026-02-03".end_of("month")"#,
        result: r#""2026-02-28T23:59:59.999Z""#,
        run: end_of,
    },
];

fn present(call: &mut Call) -> Result {
    let zone = zone(call, 0)?;
    written(&now(call, zone)?)
}

fn today(call: &mut Call) -> Result {
    let zone = zone(call, 0)?;
    written(&within_calendar(now(call, zone)?.start_of_day())?)
}

fn add_years(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_years(count))
}

fn add_months(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_months(count))
}

fn add_weeks(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_weeks(count))
}

fn add_days(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_days(count))
}

fn add_hours(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_hours(count))
}

fn add_minutes(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_minutes(count))
}

fn add_seconds(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_seconds(count))
}

fn add_milliseconds(call: &mut Call) -> Result {
    step(call, |count| Span::new().try_milliseconds(count))
}

fn step(call: &mut Call, span: fn(i64) -> std::result::Result<Span, jiff::Error>) -> Result {
    let from = moment(call, 0, 2)?;
    let moved = span(call.int(1)?).and_then(|span| from.checked_add(span));
    written(&within_calendar(moved)?)
}

/// Whole weeks at once, what remains day by day. From a weekend it starts at the working day before or after it.
fn add_business_days(call: &mut Call) -> Result {
    const OF_A_WEEK: i64 = 5;
    let (mut moment, days) = (moment(call, 0, 2)?, call.int(1)?);
    let direction = days.signum();
    if days != 0 {
        while is_weekend(moment.weekday()) {
            moment = by_days(&moment, -direction)?;
        }
    }
    moment = by_days(&moment, (days / OF_A_WEEK).saturating_mul(7))?;
    for _ in 0..(days % OF_A_WEEK).abs() {
        moment = by_days(&moment, direction)?;
        while is_weekend(moment.weekday()) {
            moment = by_days(&moment, direction)?;
        }
    }
    written(&moment)
}

/// Whether most people are off on this day.
pub(super) fn is_weekend(day: Weekday) -> bool {
    matches!(day, Weekday::Saturday | Weekday::Sunday)
}

fn by_days(moment: &Zoned, days: i64) -> Result<Zoned> {
    within_calendar(Span::new().try_days(days).and_then(|span| moment.checked_add(span)))
}

fn set_year(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let years = call.int(1)?.saturating_sub(moment.year().into());
    written(&within_calendar(Span::new().try_years(years).and_then(|span| moment.checked_add(span)))?)
}

fn set_month(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let months = named(call, "a month: a number or an English name", &MONTHS)?.saturating_sub(moment.month().into());
    written(&within_calendar(Span::new().try_months(months).and_then(|span| moment.checked_add(span)))?)
}

fn set_day(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    written(&by_days(&moment, call.int(1)?.saturating_sub(moment.day().into()))?)
}

fn set_weekday(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let days = named(call, "a weekday: a number from 1 (Monday) or an English name", &WEEKDAYS)?;
    written(&by_days(&moment, days.saturating_sub(moment.weekday().to_monday_one_offset().into()))?)
}

/// The English names of the months.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The English names of the weekdays, from Monday as ISO 8601 has it.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A number, or the number of a name or of its first three letters.
fn named(call: &Call, wanted: &str, names: &[&str]) -> Result<i64> {
    let Some(text) = as_text(call.any(1)) else {
        return call.any(1).as_int().map_err(|_| call.unsuitable(1, wanted));
    };
    let meant = |name: &&str| name.eq_ignore_ascii_case(&text) || name[..3].eq_ignore_ascii_case(&text);
    let position = names.iter().position(meant).ok_or_else(|| call.unsuitable(1, wanted))?;
    Ok(position as i64 + 1)
}

/// Hours are those that the clock shows, so that 8 is 8 also on the day of a change.
fn set_hour(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let hours = call.int(1)?.saturating_sub(moment.hour().into());
    let local = Span::new().try_hours(hours).and_then(|span| moment.datetime().checked_add(span));
    let set = local.and_then(|local| moment.time_zone().to_zoned(local));
    written(&within_calendar(set)?)
}

fn set_minute(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let minutes = call.int(1)?.saturating_sub(moment.minute().into());
    written(&within_calendar(Span::new().try_minutes(minutes).and_then(|span| moment.checked_add(span)))?)
}

fn set_second(call: &mut Call) -> Result {
    let moment = moment(call, 0, 2)?;
    let seconds = call.int(1)?.saturating_sub(moment.second().into());
    written(&within_calendar(Span::new().try_seconds(seconds).and_then(|span| moment.checked_add(span)))?)
}

fn start_of(call: &mut Call) -> Result {
    written(&within_calendar(began(&moment(call, 0, 2)?, unit(call, 1)?))?)
}

fn end_of(call: &mut Call) -> Result {
    let (moment, unit) = (moment(call, 0, 2)?, unit(call, 1)?);
    let (unit_span, millisecond) = (unit.span(), SignedDuration::from_millis(1));
    let end = began(&moment, unit).and_then(|start| start.checked_add(unit_span));
    written(&within_calendar(end.and_then(|next| began(&next, unit)).and_then(|next| next.checked_sub(millisecond)))?)
}

/// What a calendar counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Quarter,
    Of(Unit),
}

impl Period {
    fn span(self) -> Span {
        match self {
            Self::Quarter => Span::new().months(3),
            Self::Of(Unit::Year) => Span::new().years(1),
            Self::Of(Unit::Month) => Span::new().months(1),
            Self::Of(Unit::Week) => Span::new().weeks(1),
            Self::Of(Unit::Day) => Span::new().days(1),
            Self::Of(Unit::Hour) => Span::new().hours(1),
            Self::Of(Unit::Minute) => Span::new().minutes(1),
            Self::Of(_) => Span::new().seconds(1),
        }
    }
}

/// The argument as a unit; plurals are understood.
pub(super) fn unit(call: &Call, position: usize) -> std::result::Result<Period, Fault> {
    let name = call.text(position)?.to_lowercase();
    Ok(match name.strip_suffix('s').unwrap_or(&name) {
        "year" => Period::Of(Unit::Year),
        "quarter" => Period::Quarter,
        "month" => Period::Of(Unit::Month),
        "week" => Period::Of(Unit::Week),
        "day" => Period::Of(Unit::Day),
        "hour" => Period::Of(Unit::Hour),
        "minute" => Period::Of(Unit::Minute),
        "second" => Period::Of(Unit::Second),
        _ => return Err(call.unsuitable(position, "year, quarter, month, week, day, hour, minute or second")),
    })
}

/// Where the period around the moment began.
pub(super) fn began(moment: &Zoned, period: Period) -> std::result::Result<Zoned, jiff::Error> {
    let since = |minutes: i8, seconds: i8| {
        let whole = i64::from(minutes) * 60 + i64::from(seconds);
        moment.checked_sub(SignedDuration::new(whole, moment.subsec_nanosecond()))
    };
    match period {
        Period::Of(Unit::Year) => moment.first_of_year()?.start_of_day(),
        Period::Quarter => {
            let months = Span::new().try_months((moment.month() - 1) % 3)?;
            moment.first_of_month()?.checked_sub(months)?.start_of_day()
        }
        Period::Of(Unit::Month) => moment.first_of_month()?.start_of_day(),
        Period::Of(Unit::Week) => {
            let days = Span::new().try_days(moment.weekday().to_monday_zero_offset())?;
            moment.checked_sub(days)?.start_of_day()
        }
        Period::Of(Unit::Day) => moment.start_of_day(),
        Period::Of(Unit::Hour) => since(moment.minute(), moment.second()),
        Period::Of(Unit::Minute) => since(0, moment.second()),
        Period::Of(_) => since(0, 0),
    }
}
