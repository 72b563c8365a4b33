//! Moments: Luxon's DateTime and JavaScript's Date are texts here, with functions that read them.

use super::{Kind, Meaning, Translator, Unsaid};
use crate::n8n::js::{Item, Js};
use crate::ours::{Expr, Operator};

impl Translator<'_> {
    pub(super) fn new_object(&mut self, callee: &Js, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        let name = match callee {
            Js::Name(name) => name.as_str(),
            _ => "",
        };
        match (name, arguments) {
            ("Date", []) => Ok(Meaning::Value(Expr::call("now", []), Kind::Time)),
            ("Date" | "DateTime", [Item::One(js)]) => {
                let (expr, kind) = self.typed(js)?;
                Ok(Meaning::Value(if kind == Kind::Number { from_milliseconds(expr) } else { expr }, Kind::Time))
            }
            ("RegExp", _) => Err("a regular expression is computed".to_owned()),
            _ => Err(format!("`new {name}` is not said here")),
        }
    }

    pub(super) fn time_call(&mut self, global: &str, name: &str, values: Vec<Expr>) -> Result<Meaning, Unsaid> {
        let mut values = values.into_iter();
        let first = values.next();
        let expr = match (global, name, first) {
            ("Date", "now", None) => {
                return Ok(Meaning::Value(Expr::call("now", []).method("to_unix_ms", []), Kind::Number));
            }
            ("Date", "parse", Some(text)) => return Ok(Meaning::Value(text.method("to_unix_ms", []), Kind::Number)),
            ("DateTime", "now" | "local", None) => self.zoned("now"),
            ("DateTime", "utc", None) => Expr::call("now", []),
            ("DateTime", "fromISO" | "fromSQL" | "fromJSDate" | "fromRFC2822" | "fromHTTP", Some(text)) => {
                match zone_option(values.next()) {
                    Some(zone) => text.method("to_zone", [zone]),
                    None => text,
                }
            }
            ("DateTime", "fromFormat", Some(text)) => {
                let format = match values.next() {
                    Some(Expr::Text(format)) => Expr::text(format_of(&format)?),
                    _ => return Err("the format of a date is computed".to_owned()),
                };
                text.method("parse_date", [format])
            }
            ("DateTime", "fromMillis", Some(number)) => from_milliseconds(number),
            ("DateTime", "fromSeconds", Some(number)) => Expr::call("from_unix", [number]),
            _ => return Err(format!("`{global}.{name}()` is not said here")),
        };
        Ok(Meaning::Value(expr, Kind::Time))
    }
}

/// `x.to_unix_ms() - 1000` as a moment, said by the shorter way where there is one.
fn from_milliseconds(number: Expr) -> Expr {
    if let Expr::Binary(operator @ (Operator::Plus | Operator::Minus), left, right) = &number
        && let Expr::Method(moment, name, _) = &**left
        && name == "to_unix_ms"
    {
        let amount = match operator {
            Operator::Minus => negative((**right).clone()),
            _ => (**right).clone(),
        };
        return (**moment).clone().method("add_milliseconds", [amount]);
    }
    Expr::call("from_unix_ms", [number])
}

fn negative(number: Expr) -> Expr {
    match number {
        Expr::Int(number) => Expr::Int(-number),
        Expr::Float(number) => Expr::Float(-number),
        other => Expr::Minus(Box::new(other)),
    }
}

/// `{ zone: "…" }`.
fn zone_option(options: Option<Expr>) -> Option<Expr> {
    match options? {
        Expr::Map(entries) => entries.into_iter().find(|(key, _)| key == "zone").map(|(_, zone)| zone),
        _ => None,
    }
}

/// Whether the method is one of moments, though it is not known that the value is one.
pub(super) fn is_method(name: &str, kind: Kind, values: &[Expr]) -> bool {
    let of_any = [
        "toDateTime",
        "toDate",
        "toISO",
        "toISODate",
        "toISOString",
        "toFormat",
        "startOf",
        "endOf",
        "beginningOf",
        "setZone",
        "toUTC",
        "toMillis",
        "diff",
        "diffNow",
        "diffTo",
        "diffToNow",
        "plus",
        "minus",
        "getTime",
        "toRelative",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDay",
        "getHours",
        "getMinutes",
        "getUTCFullYear",
        "isWeekend",
        "toLocaleDateString",
        "toLocaleTimeString",
        "isBetween",
        "setLocale",
        "toSeconds",
        "toUnixInteger",
        "endOfMonth",
    ];
    of_any.contains(&name) || (name == "format" && kind == Kind::Any && matches!(values, [Expr::Text(_), ..]))
}

/// A method of a moment.
pub(super) fn method(of: Expr, name: &str, values: Vec<Expr>) -> Result<Meaning, Unsaid> {
    if let Some(number) = getter(&of, name) {
        return Ok(Meaning::Value(number, Kind::Number));
    }
    let mut values = values.into_iter();
    let first = values.next();
    let (expr, kind) = match (name, first) {
        ("toISO" | "toString" | "toJSON" | "toISOString" | "toJsonString", _) => (as_text(of, name), Kind::Text),
        (
            "toDateTime" | "toDate" | "toJSDate" | "toLocal" | "setLocale" | "reconfigure" | "valueOf" | "toObject",
            _,
        ) => (of, Kind::Time),
        ("toISODate" | "toSQLDate", _) => (of.method("format_date", [Expr::text("YYYY-MM-DD")]), Kind::Text),
        ("toISOTime", _) => (of.method("format_date", [Expr::text("HH:mm:ss.SSSZ")]), Kind::Text),
        ("toFormat" | "format" | "toLocaleString", Some(Expr::Text(format))) if name != "toLocaleString" => {
            (of.method("format_date", [Expr::text(format_of(&format)?)]), Kind::Text)
        }
        ("format", None) => (of.method("format_date", [Expr::text("YYYY-MM-DD")]), Kind::Text),
        ("toLocaleDateString", locale) => (of.method("format_date", [Expr::text(locale_date(locale)?)]), Kind::Text),
        ("toLocaleTimeString", None) => (of.method("format_date", [Expr::text("h:mm:ss A")]), Kind::Text),
        ("toDateString", _) => (of.method("format_date", [Expr::text("ddd MMM DD YYYY")]), Kind::Text),
        ("toUTC", _) => (of.method("to_zone", [Expr::text("UTC")]), Kind::Time),
        ("setZone", Some(zone)) => (of.method("to_zone", [zone]), Kind::Time),
        ("plus" | "minus", Some(amount)) => (moved(of, name, amount, values.next())?, Kind::Time),
        ("startOf" | "beginningOf", Some(Expr::Text(unit))) => {
            (of.method("start_of", [Expr::text(single(&unit))]), Kind::Time)
        }
        ("beginningOf", None) => (of.method("start_of", [Expr::text("week")]), Kind::Time),
        ("endOf", Some(Expr::Text(unit))) => (of.method("end_of", [Expr::text(single(&unit))]), Kind::Time),
        ("endOfMonth", None) => (of.method("end_of", [Expr::text("month")]), Kind::Time),
        ("diff" | "diffTo", Some(other)) => return difference(of, name, other, values.next()),
        ("diffNow" | "diffToNow", unit) => return difference(of, name, Expr::call("now", []), unit),
        ("isBetween", Some(from)) => (of.method("is_between", std::iter::once(from).chain(values)), Kind::Bool),
        ("isWeekend", None) => (of.method("is_weekend", []), Kind::Bool),
        ("hasSame", Some(other)) => (of.method("is_same", std::iter::once(other).chain(values)), Kind::Bool),
        ("toRelative", _) => (of.method("relative_time", []), Kind::Text),
        ("set", Some(Expr::Map(parts))) => (with_parts(of, parts)?, Kind::Time),
        ("extract", Some(Expr::Text(part))) => return property(of, &single(&part)),
        _ => return Err(format!("`.{name}()` of a moment is not said here")),
    };
    Ok(Meaning::Value(expr, kind))
}

/// Methods that give a number.
fn getter(of: &Expr, name: &str) -> Option<Expr> {
    let of = of.clone();
    let less = |expr: Expr, by: i64| expr.binary(Operator::Minus, Expr::Int(by));
    let utc = |of: Expr| if name.starts_with("getUTC") { of.method("to_zone", [Expr::text("UTC")]) } else { of };
    Some(match name {
        "getTime" | "toMillis" => of.method("to_unix_ms", []),
        "toSeconds" | "toUnixInteger" => of.method("to_unix", []),
        "getFullYear" | "getUTCFullYear" => utc(of).method("year", []),
        "getMonth" | "getUTCMonth" => less(utc(of).method("month", []), 1),
        "getDate" | "getUTCDate" => utc(of).method("day", []),
        "getDay" | "getUTCDay" => utc(of).method("weekday", []).binary(Operator::Remainder, Expr::Int(7)),
        "getHours" | "getUTCHours" => utc(of).method("hour", []),
        "getMinutes" | "getUTCMinutes" => utc(of).method("minute", []),
        "getSeconds" | "getUTCSeconds" => utc(of).method("second", []),
        "getMilliseconds" => of.method("millisecond", []),
        _ => return None,
    })
}

/// A moment as text: in UTC where JavaScript says so.
fn as_text(of: Expr, name: &str) -> Expr {
    match (&of, name) {
        (Expr::Call(function, arguments), "toISOString") if function == "now" && arguments.is_empty() => of,
        (Expr::Method(..) | Expr::Call(..), "toISO" | "toString" | "toJSON" | "toJsonString") => of,
        (_, "toISOString") => of.method("to_zone", [Expr::text("UTC")]),
        _ => of.method("parse_date", []),
    }
}

/// A property of a moment.
pub(super) fn property(of: Expr, name: &str) -> Result<Meaning, Unsaid> {
    let ours = match name {
        "year" | "quarter" | "month" | "day" | "hour" | "minute" | "second" | "millisecond" | "weekday" => name,
        "weekNumber" | "week" => "week",
        "ordinal" => "day_of_year",
        "daysInMonth" => "days_in_month",
        "ts" => "to_unix_ms",
        "isValid" => return Ok(Meaning::Value(of.method("is_date", []), Kind::Bool)),
        "weekdayLong" => return Ok(Meaning::Value(of.method("format_date", [Expr::text("dddd")]), Kind::Text)),
        "weekdayShort" => return Ok(Meaning::Value(of.method("format_date", [Expr::text("ddd")]), Kind::Text)),
        "monthLong" => return Ok(Meaning::Value(of.method("format_date", [Expr::text("MMMM")]), Kind::Text)),
        "monthShort" => return Ok(Meaning::Value(of.method("format_date", [Expr::text("MMM")]), Kind::Text)),
        _ => return Err(format!("`.{name}` of a moment is not said here")),
    };
    Ok(Meaning::Value(of.method(ours, []), Kind::Number))
}

/// `.plus({ days: 1 })`, `.plus(1, "days")`.
fn moved(of: Expr, name: &str, amount: Expr, unit: Option<Expr>) -> Result<Expr, Unsaid> {
    let parts = match (amount, unit) {
        (Expr::Map(parts), _) => parts,
        (amount, Some(Expr::Text(unit))) => vec![(unit, amount)],
        (amount, None) => vec![("milliseconds".to_owned(), amount)],
        _ => return Err("the unit of a length of time is computed".to_owned()),
    };
    parts.into_iter().try_fold(of, |of, (unit, amount)| {
        let amount = if name == "minus" { negative(amount) } else { amount };
        let (function, amount) = match single(&unit).as_str() {
            "year" => ("add_years", amount),
            "quarter" => ("add_months", amount.binary(Operator::Times, Expr::Int(3))),
            "month" => ("add_months", amount),
            "week" => match amount {
                Expr::Int(weeks) => ("add_days", Expr::Int(weeks.saturating_mul(7))),
                weeks => ("add_days", weeks.binary(Operator::Times, Expr::Int(7))),
            },
            "day" => ("add_days", amount),
            "hour" => ("add_hours", amount),
            "minute" => ("add_minutes", amount),
            "second" => ("add_seconds", amount),
            "millisecond" => ("add_milliseconds", amount),
            other => return Err(format!("`{other}` is no unit of time")),
        };
        Ok(of.method(function, [amount]))
    })
}

/// `.set({ hour: 9 })`.
fn with_parts(of: Expr, parts: Vec<(String, Expr)>) -> Result<Expr, Unsaid> {
    parts.into_iter().try_fold(of, |of, (unit, value)| {
        let function = match single(&unit).as_str() {
            "year" => "set_year",
            "month" => "set_month",
            "day" => "set_day",
            "weekday" => "set_weekday",
            "hour" => "set_hour",
            "minute" => "set_minute",
            "second" => "set_second",
            other => return Err(format!("`.set()` of {other} is not said here")),
        };
        Ok(of.method(function, [value]))
    })
}

fn difference(of: Expr, name: &str, other: Expr, unit: Option<Expr>) -> Result<Meaning, Unsaid> {
    let unit = match unit {
        Some(Expr::Text(unit)) => Some(unit),
        Some(Expr::List(units)) => match units.as_slice() {
            [Expr::Text(unit)] => Some(unit.clone()),
            _ => return Err("a difference in several units".to_owned()),
        },
        None => None,
        Some(_) => return Err("the unit of a difference is computed".to_owned()),
    };
    // n8n's own `diffTo` gives a number, Luxon's `diff` a length of time.
    if name.contains("To") {
        let unit = plural(unit.as_deref().unwrap_or("days"));
        let span = other.method("date_diff", [of, Expr::text(unit)]);
        return Ok(Meaning::Value(span, Kind::Number));
    }
    let unit = unit.map(|unit| plural(&unit));
    let span = of.method("date_diff", std::iter::once(other).chain(unit.clone().map(Expr::text)));
    Ok(Meaning::Span(span, unit))
}

/// `.days` of a difference.
pub(super) fn span_member(expr: Expr, unit: Option<String>, name: &str) -> Result<Meaning, Unsaid> {
    let own = unit.unwrap_or_else(|| "milliseconds".to_owned());
    if own == plural(name) {
        Ok(Meaning::Value(expr, Kind::Number))
    } else {
        Err(format!("`.{name}` of a difference in {own}"))
    }
}

/// `.as("days")`, `.toObject()` of a difference.
pub(super) fn span_call(expr: Expr, unit: Option<String>, name: &str, values: &[Expr]) -> Result<Meaning, Unsaid> {
    let own = unit.clone().unwrap_or_else(|| "milliseconds".to_owned());
    match (name, values) {
        ("as", [Expr::Text(asked)]) => {
            let Expr::Method(of, function, arguments) = expr else { return Err("a difference".to_owned()) };
            let arguments = arguments.into_iter().take(1).chain([Expr::text(plural(asked))]).collect();
            Ok(Meaning::Value(Expr::Method(of, function, arguments), Kind::Number))
        }
        ("toObject", []) => Ok(Meaning::Value(Expr::Map(vec![(own, expr)]), Kind::Map)),
        ("toMillis" | "valueOf", []) if unit.is_none() => Ok(Meaning::Value(expr, Kind::Number)),
        _ => Err(format!("`.{name}()` of a difference is not said here")),
    }
}

fn single(unit: &str) -> String {
    unit.strip_suffix('s').unwrap_or(unit).to_ascii_lowercase()
}

fn plural(unit: &str) -> String {
    format!("{}s", single(unit))
}

/// How a date is written in the language of a place.
fn locale_date(locale: Option<Expr>) -> Result<&'static str, Unsaid> {
    match locale {
        None => Ok("M/D/YYYY"),
        Some(Expr::Text(locale)) => Ok(match locale.as_str() {
            "en-US" => "M/D/YYYY",
            "en-GB" | "fr-FR" | "es-ES" | "it-IT" | "pt-BR" => "DD/MM/YYYY",
            "de-DE" | "de" => "D.M.YYYY",
            "en-CA" | "sv-SE" => "YYYY-MM-DD",
            "zh-TW" | "zh-CN" | "ja-JP" => "YYYY/M/D",
            _ => return Err(format!("a date as {locale} writes it")),
        }),
        Some(_) => Err("the language of a date is computed".to_owned()),
    }
}

/// A format of Luxon in our words.
fn format_of(format: &str) -> Result<String, Unsaid> {
    // What people carry over from elsewhere is meant as it is meant there.
    if format.contains("YYYY") || format.contains("DD") {
        return Ok(format.to_owned());
    }
    let letters: Vec<char> = format.chars().collect();
    let (mut written, mut at) = (String::new(), 0);
    while at < letters.len() {
        if letters[at] == '\'' {
            let end =
                letters[at + 1..].iter().position(|letter| *letter == '\'').map_or(letters.len(), |end| at + 1 + end);
            written.push_str(&format!("[{}]", letters[at + 1..end].iter().collect::<String>()));
            at = end + 1;
            continue;
        }
        let run = letters[at..].iter().take_while(|letter| **letter == letters[at]).count();
        let token: String = letters[at..at + run].iter().collect();
        written.push_str(&token_of(&token)?);
        at += run;
    }
    Ok(written)
}

fn token_of(token: &str) -> Result<String, Unsaid> {
    Ok(match token {
        "yyyy" | "y" => "YYYY",
        "yy" => "YY",
        "LLLL" => "MMMM",
        "LLL" => "MMM",
        "LL" => "MM",
        "L" => "M",
        "dd" => "DD",
        "d" => "D",
        "EEEE" | "cccc" => "dddd",
        "EEE" | "ccc" => "ddd",
        "E" | "c" => "E",
        "a" => "A",
        "ZZ" => "Z",
        "ZZZ" => "ZZ",
        "MMMM" | "MMM" | "MM" | "M" | "HH" | "H" | "hh" | "h" | "mm" | "m" | "ss" | "s" | "SSS" | "X" | "x" => token,
        "W" => "W",
        "WW" => "WW",
        "ooo" => "DDDD",
        "o" => "DDD",
        other if other.chars().all(|letter| letter.is_ascii_alphabetic()) => {
            return Err(format!("`{other}` in the format of a date is not said here"));
        }
        other => return Ok(other.to_owned()),
    }
    .to_owned())
}
