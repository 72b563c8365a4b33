//! Formats written with the tokens of Moment.js, which Make has too: `YYYY-MM-DD HH:mm`. Months and weekdays are English.

use super::calendar::{MONTHS, WEEKDAYS};
use jiff::Zoned;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use std::fmt::Write;

/// A piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'f> {
    /// One of the [tokens](TOKENS).
    Token(&'static str),
    /// What stands for itself.
    Literal(&'f str),
}

/// All tokens that stand for a part of a moment; of those that fit, the longest is meant.
const TOKENS: [&str; 60] = [
    "YYYY",
    "YY",
    "Y",
    "Q",
    "Qo",
    "M",
    "Mo",
    "MM",
    "MMM",
    "MMMM",
    "D",
    "Do",
    "DD",
    "DDD",
    "DDDo",
    "DDDD",
    "d",
    "do",
    "dd",
    "ddd",
    "dddd",
    "e",
    "E",
    "w",
    "wo",
    "ww",
    "W",
    "Wo",
    "WW",
    "gg",
    "gggg",
    "GG",
    "GGGG",
    "H",
    "HH",
    "h",
    "hh",
    "k",
    "kk",
    "A",
    "a",
    "m",
    "mm",
    "s",
    "ss",
    "S",
    "SS",
    "SSS",
    "SSSS",
    "SSSSS",
    "SSSSSS",
    "SSSSSSS",
    "SSSSSSSS",
    "SSSSSSSSS",
    "z",
    "zz",
    "Z",
    "ZZ",
    "X",
    "x",
];

/// Tokens that stand for several.
const SHORTHANDS: [(&str, &str); 6] = [
    ("LTS", "h:mm:ss A"),
    ("LT", "h:mm A"),
    ("LLLL", "dddd, MMMM D, YYYY h:mm A"),
    ("LLL", "MMMM D, YYYY h:mm A"),
    ("LL", "MMMM D, YYYY"),
    ("L", "MM/DD/YYYY"),
];

/// The format in pieces.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            pieces.push(Piece::Literal(literal));
            rest = after;
            continue;
        }
        if let Some((name, meaning)) = SHORTHANDS.iter().find(|(name, _)| rest.starts_with(name)) {
            pieces.extend(self::pieces(meaning)?);
            rest = &rest[name.len()..];
            continue;
        }
        if first == 'y' {
            return Err("in a format the year is `YYYY` and the day `DD`; text stands in `[brackets]`".into());
        }
        let token = TOKENS.iter().filter(|token| rest.starts_with(*token));
        let length = match token.max_by_key(|token| token.len()) {
            Some(token) => {
                pieces.push(Piece::Token(token));
                token.len()
            }
            None => {
                pieces.push(Piece::Literal(&rest[..first.len_utf8()]));
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Ok(pieces)
}

/// The moment in this format.
pub(super) fn format(moment: &Zoned, format: &str) -> Result<String, String> {
    let mut text = String::new();
    for piece in pieces(format)? {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Token(token) => write(moment, token, &mut text),
        }
    }
    Ok(text)
}

fn write(moment: &Zoned, token: &str, out: &mut String) {
    let number = |out: &mut String, number: i64, width: usize| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{number:0width$}");
    };
    let week = moment.date().iso_week_date();
    let weekday = moment.weekday();
    match token {
        "YYYY" | "Y" => number(out, moment.year().into(), 4),
        "YY" => number(out, i64::from(moment.year()) % 100, 2),
        "Q" => number(out, quarter(moment), 1),
        "Qo" => out.push_str(&ordinal(quarter(moment))),
        "Mo" => out.push_str(&ordinal(moment.month().into())),
        "MMM" => out.push_str(&month_name(moment)[..3]),
        "MMMM" => out.push_str(month_name(moment)),
        "Do" => out.push_str(&ordinal(moment.day().into())),
        "DDD" => number(out, moment.day_of_year().into(), 1),
        "DDDo" => out.push_str(&ordinal(moment.day_of_year().into())),
        "DDDD" => number(out, moment.day_of_year().into(), 3),
        "M" | "MM" => number(out, moment.month().into(), token.len()),
        "D" | "DD" => number(out, moment.day().into(), token.len()),
        "d" | "e" => number(out, weekday.to_sunday_zero_offset().into(), 1),
        "do" => out.push_str(&ordinal(weekday.to_sunday_zero_offset().into())),
        "dd" => out.push_str(&weekday_name(weekday)[..2]),
        "ddd" => out.push_str(&weekday_name(weekday)[..3]),
        "dddd" => out.push_str(weekday_name(weekday)),
        "E" => number(out, weekday.to_monday_one_offset().into(), 1),
        "w" | "ww" => number(out, sunday_week(moment.date()).1, token.len()),
        "wo" => out.push_str(&ordinal(sunday_week(moment.date()).1)),
        "gggg" => number(out, sunday_week(moment.date()).0, 4),
        "gg" => number(out, sunday_week(moment.date()).0 % 100, 2),
        "W" | "WW" => number(out, week.week().into(), token.len()),
        "Wo" => out.push_str(&ordinal(week.week().into())),
        "GGGG" => number(out, week.year().into(), 4),
        "GG" => number(out, i64::from(week.year()) % 100, 2),
        "H" | "HH" => number(out, moment.hour().into(), token.len()),
        "h" | "hh" => number(out, (i64::from(moment.hour()) + 11) % 12 + 1, token.len()),
        "k" | "kk" => number(out, if moment.hour() == 0 { 24 } else { moment.hour().into() }, token.len()),
        "A" => out.push_str(if moment.hour() < 12 { "AM" } else { "PM" }),
        "a" => out.push_str(if moment.hour() < 12 { "am" } else { "pm" }),
        "m" | "mm" => number(out, moment.minute().into(), token.len()),
        "s" | "ss" => number(out, moment.second().into(), token.len()),
        "z" | "zz" => out.push_str(moment.time_zone().to_offset_info(moment.timestamp()).abbreviation()),
        "Z" => offset(moment, ":", out),
        "ZZ" => offset(moment, "", out),
        "X" => number(out, moment.timestamp().as_millisecond().div_euclid(1000), 1),
        "x" => number(out, moment.timestamp().as_millisecond(), 1),
        // What remains is a row of `S`: digits of the second's fraction.
        fraction => out.push_str(&format!("{:09}", moment.subsec_nanosecond())[..fraction.len().min(9)]),
    }
}

fn quarter(moment: &Zoned) -> i64 {
    i64::from((moment.month() - 1) / 3 + 1)
}

fn month_name(moment: &Zoned) -> &'static str {
    usize::try_from(moment.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&MONTHS[0])
}

fn weekday_name(day: Weekday) -> &'static str {
    usize::try_from(day.to_monday_zero_offset()).ok().and_then(|day| WEEKDAYS.get(day)).unwrap_or(&WEEKDAYS[0])
}

fn offset(moment: &Zoned, colon: &str, out: &mut String) {
    let minutes = moment.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    // Writing to a String cannot fail.
    let _ = write!(out, "{sign}{:02}{colon}{:02}", minutes.abs() / 60, minutes.abs() % 60);
}

/// The number as English counts: 1st, 2nd, 3rd, 4th, 11th.
pub(in crate::functions) fn ordinal(number: i64) -> String {
    let ending = match (number.unsigned_abs() % 10, number.unsigned_abs() % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Year and week where weeks begin on Sunday and the first is the one with 1 January.
fn sunday_week(date: Date) -> (i64, i64) {
    let day = i64::from(date.day_of_year()) - 1;
    let until_saturday = 6 - i64::from(date.weekday().to_sunday_zero_offset());
    if day + until_saturday >= i64::from(date.days_in_year()) {
        return (i64::from(date.year()) + 1, 1);
    }
    let first = (i64::from(date.weekday().to_sunday_zero_offset()) - day).rem_euclid(7);
    (date.year().into(), (day + first) / 7 + 1)
}

/// The day of an ISO week; none where the year does not have that week.
pub(super) fn day_of_week(year: i16, week: i8, weekday: Weekday) -> Option<Date> {
    ISOWeekDate::new(year, week, weekday).ok().map(ISOWeekDate::date)
}
