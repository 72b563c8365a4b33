//! Functions that read a part of a moment.

use super::calendar::is_weekend;
use super::moment::{Result, moment};
use super::{Call, Function};
use jiff::Zoned;
use rhai::Dynamic;

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "year",
        group: "time",
        signature: "year(moment, zone?) -> number",
        doc: "The year.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".year()"#,
        result: "2026",
        run: year,
    },
    Function {
        name: "quarter",
        group: "time",
        signature: "quarter(moment, zone?) -> number",
        doc: "The quarter of the year, from 1 to 4.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".quarter()"#,
        result: "4",
        run: quarter,
    },
    Function {
        name: "month",
        group: "time",
        signature: "month(moment, zone?) -> number",
        doc: "The month, from 1 to 12.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".month()"#,
        result: "11",
        run: month,
    },
    Function {
        name: "week",
        group: "time",
        signature: "week(moment, zone?) -> number",
        doc: "The week of the year as ISO 8601 counts it, from 1 to 53.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".week()"#,
        result: "47",
        run: week,
    },
    Function {
        name: "day",
        group: "time",
        signature: "day(moment, zone?) -> number",
        doc: "The day of the month.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T23:00:00Z".day("Europe/Prague")"#,
        result: "23",
        run: day,
    },
    Function {
        name: "weekday",
        group: "time",
        signature: "weekday(moment, zone?) -> number",
        doc: "The day of the week as ISO 8601 counts it: 1 is Monday, 7 is Sunday.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".weekday()"#,
        result: "7",
        run: weekday,
    },
    Function {
        name: "day_of_year",
        group: "time",
        signature: "day_of_year(moment, zone?) -> number",
        doc: "The day of the year, from 1.",
        errors: "A text that is no moment.",
        example: r#""2026-02-01".day_of_year()"#,
        result: "32",
        run: day_of_year,
    },
    Function {
        name: "hour",
        group: "time",
        signature: "hour(moment, zone?) -> number",
        doc: "The hour that the clock shows, from 0 to 23.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:00Z".hour("Asia/Tokyo")"#,
        result: "19",
        run: hour,
    },
    Function {
        name: "minute",
        group: "time",
        signature: "minute(moment, zone?) -> number",
        doc: "The minute, from 0 to 59.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:00Z".minute()"#,
        result: "30",
        run: minute,
    },
    Function {
        name: "second",
        group: "time",
        signature: "second(moment, zone?) -> number",
        doc: "The second, from 0 to 59.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:15Z".second()"#,
        result: "15",
        run: second,
    },
    Function {
        name: "millisecond",
        group: "time",
        signature: "millisecond(moment, zone?) -> number",
        doc: "The millisecond, from 0 to 999.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:15.250Z".millisecond()"#,
        result: "250",
        run: millisecond,
    },
    Function {
        name: "days_in_month",
        group: "time",
        signature: "days_in_month(moment, zone?) -> number",
        doc: "How many days the month has.",
        errors: "A text that is no moment.",
        example: r#""2028-02-03".days_in_month()"#,
        result: "29",
        run: days_in_month,
    },
    Function {
        name: "utc_offset",
        group: "time",
        signature: "utc_offset(moment, zone?) -> number",
        doc: "By how many minutes the clock is ahead of UTC.",
        errors: "A text that is no moment.",
        example: r#""2026-07-01".utc_offset("Europe/Prague")"#,
        result: "120",
        run: utc_offset,
    },
    Function {
        name: "is_leap_year",
        group: "time",
        signature: "is_leap_year(moment, zone?) -> bool",
        doc: "Whether the year has 366 days. It may be given as a number.",
        errors: "A text that is no moment; a year outside of 0 to 9999.",
        example: "is_leap_year(2028)",
        result: "true",
        run: is_leap_year,
    },
    Function {
        name: "is_weekend",
        group: "time",
        signature: "is_weekend(moment, zone?) -> bool",
        doc: "Whether the day is a Saturday or a Sunday.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".is_weekend()"#,
        result: "true",
        run: on_weekend,
    },
];

fn part(call: &Call, part: impl FnOnce(Zoned) -> i64) -> Result {
    Ok(part(moment(call, 0, 1)?).into())
}

fn year(call: &mut Call) -> Result {
    part(call, |moment| moment.year().into())
}

fn quarter(call: &mut Call) -> Result {
    part(call, |moment| i64::from((moment.month() - 1) / 3 + 1))
}

fn month(call: &mut Call) -> Result {
    part(call, |moment| moment.month().into())
}

fn week(call: &mut Call) -> Result {
    part(call, |moment| moment.date().iso_week_date().week().into())
}

fn day(call: &mut Call) -> Result {
    part(call, |moment| moment.day().into())
}

fn weekday(call: &mut Call) -> Result {
    part(call, |moment| moment.weekday().to_monday_one_offset().into())
}

fn day_of_year(call: &mut Call) -> Result {
    part(call, |moment| moment.day_of_year().into())
}

fn hour(call: &mut Call) -> Result {
    part(call, |moment| moment.hour().into())
}

fn minute(call: &mut Call) -> Result {
    part(call, |moment| moment.minute().into())
}

fn second(call: &mut Call) -> Result {
    part(call, |moment| moment.second().into())
}

fn millisecond(call: &mut Call) -> Result {
    part(call, |moment| moment.millisecond().into())
}

fn days_in_month(call: &mut Call) -> Result {
    part(call, |moment| moment.days_in_month().into())
}

fn utc_offset(call: &mut Call) -> Result {
    part(call, |moment| i64::from(moment.offset().seconds() / 60))
}

fn is_leap_year(call: &mut Call) -> Result {
    if let Ok(year) = call.any(0).as_int() {
        let year = i16::try_from(year).ok().filter(|year| (0..=9999).contains(year));
        let first = year.and_then(|year| jiff::civil::Date::new(year, 1, 1).ok());
        let first = first.ok_or_else(|| call.unsuitable(0, "a year from 0 to 9999"))?;
        return Ok(first.in_leap_year().into());
    }
    Ok(Dynamic::from_bool(moment(call, 0, 1)?.in_leap_year()))
}

fn on_weekend(call: &mut Call) -> Result {
    Ok(is_weekend(moment(call, 0, 1)?.weekday()).into())
}
