//! Functions for moments.

use super::{Arguments, Type, Typed, sure};
use crate::ours::{Expr, Operator};

/// Those that shift a moment, by both names.
const SHIFTS: [(&str, &str); 6] = [
    ("addSeconds", "add_seconds"),
    ("addMinutes", "add_minutes"),
    ("addHours", "add_hours"),
    ("addDays", "add_days"),
    ("addMonths", "add_months"),
    ("addYears", "add_years"),
];

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub(super) fn call(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    if let Some((_, ours)) = SHIFTS.iter().find(|(theirs, _)| *theirs == name) {
        let (moment, by) = (given.next().into_date(), given.next().into_number());
        return sure(moment.method(*ours, [by]), Type::Date);
    }
    match name {
        "formatDate" => {
            let (moment, format) = (given.next().into_date(), given.next().into_text());
            let zone = given.given().map(Typed::into_text);
            sure(moment.method("format_date", [format].into_iter().chain(zone)), Type::Text)
        }
        "parseDate" => {
            let text = given.next().into_text();
            let (format, zone) = (given.given().map(Typed::into_text), given.given().map(Typed::into_text));
            let format = format.or_else(|| zone.is_some().then(|| Expr::text("")));
            sure(text.method("parse_date", format.into_iter().chain(zone)), Type::Date)
        }
        "setSecond" => part(given, Part { set: "set_second", add: "add_seconds", first: 0, last: 59, names: &[] }),
        "setMinute" => part(given, Part { set: "set_minute", add: "add_minutes", first: 0, last: 59, names: &[] }),
        "setHour" => part(given, Part { set: "set_hour", add: "add_hours", first: 0, last: 23, names: &[] }),
        "setDate" => part(given, Part { set: "set_day", add: "add_days", first: 1, last: 28, names: &[] }),
        "setMonth" => part(given, Part { set: "set_month", add: "add_months", first: 1, last: 12, names: &MONTHS }),
        "setYear" => {
            let (moment, year) = (given.next().into_date(), given.next().into_number());
            sure(moment.method("set_year", [year]), Type::Date)
        }
        "setDay" => weekday(given),
        "dateDifference" | "dateDiff" => {
            let (moment, other) = (given.next().into_date(), given.next().into_date());
            let unit = given.given().map(Typed::into_text).filter(|unit| *unit != Expr::text("milliseconds"));
            sure(moment.method("date_diff", [other].into_iter().chain(unit)), Type::Number)
        }
        _ => None,
    }
}

/// A part of a moment, and how it is set.
struct Part {
    set: &'static str,
    add: &'static str,
    first: i64,
    last: i64,
    names: &'static [&'static str],
}

/// What is out of range carries over.
fn part(given: &mut Arguments, part: Part) -> Option<Result<Typed, String>> {
    let (moment, value) = (given.next().into_date(), given.next());
    let value = named(&value, part.names).map_or_else(|| value.into_number(), Expr::Int);
    let set = match value {
        Expr::Int(number) if (part.first..=part.last).contains(&number) => moment.method(part.set, [value]),
        Expr::Int(number) => {
            moment.method(part.set, [Expr::Int(part.first)]).method(part.add, [Expr::Int(number - part.first)])
        }
        other => {
            let by = if part.first == 0 { other } else { other.binary(Operator::Minus, Expr::Int(part.first)) };
            moment.method(part.set, [Expr::Int(part.first)]).method(part.add, [by])
        }
    };
    sure(set, Type::Date)
}

/// A day of the week that begins on Sunday: with all days moved by one, it is ours, which begins on Monday.
fn weekday(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (moment, day) = (given.next().into_date(), given.next());
    let day = named(&day, &WEEKDAYS).map_or_else(|| day.into_number(), Expr::Int);
    let (weeks, day) = match day {
        Expr::Int(day) => ((day - 1).div_euclid(7), Expr::Int((day - 1).rem_euclid(7) + 1)),
        other => (0, other),
    };
    let moved = moment.method("add_days", [Expr::Int(1)]).method("set_weekday", [day]);
    sure(moved.method("add_days", [Expr::Int(weeks * 7 - 1)]), Type::Date)
}

/// The number, from 1, of what has a name.
fn named(value: &Typed, names: &[&str]) -> Option<i64> {
    let name = value.as_literal()?;
    let at = names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    i64::try_from(at).ok().map(|at| at + 1)
}
