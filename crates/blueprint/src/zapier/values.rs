//! Values of parameters: text, and references to what earlier steps gave.

use crate::draft::Data;
use crate::ours::{Expr, Operator, Part, Text};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many levels a reference may go down.
const DEEPEST: usize = 40;

/// Where what a step gave is found.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) base: Expr,
    pub(crate) shape: Shape,
}

/// How its fields are found.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// By their names.
    Plain,
    /// By their names, below one of ours where they are not at the top: `(theirs, ours)`.
    Named(&'static [(&'static str, &'static str)]),
    /// All of it is one field.
    Single(&'static str),
    /// The cells of a row, by their columns' letters.
    Cells,
    /// The moment of a schedule.
    Moment,
}

/// What earlier steps gave, by their ids.
pub(crate) type Readings = BTreeMap<String, Reading>;

/// The translation of values, and how many expressions were in them.
#[derive(Debug)]
pub(crate) struct Values<'r> {
    readings: &'r Readings,
    pub(crate) total: usize,
    /// Those that are not said, with their reasons.
    pub(crate) unsaid: Vec<String>,
}

impl Reading {
    pub(crate) fn plain(base: Expr) -> Self {
        Self { base, shape: Shape::Plain }
    }

    /// A field within a field: `items`, `0`, `name`.
    fn at(&self, keys: &[String]) -> Expr {
        let Some((first, rest)) = keys.split_first() else { return self.base.clone() };
        let base = self.base.clone();
        let start = match &self.shape {
            Shape::Plain => return path(base, keys),
            Shape::Named(names) => match names.iter().find(|(theirs, _)| theirs == first) {
                Some((_, "")) => base,
                Some((_, ours)) => ours.split('.').fold(base, |of, key| of.maybe(key)),
                None => return path(base, keys),
            },
            Shape::Single(name) if name == first => base,
            Shape::Single(_) => return path(base, keys),
            Shape::Cells => match first.strip_prefix("COL$").map(column) {
                Some(Some(place)) => base.method("values", []).maybe_item(Expr::Int(place)),
                _ => return path(base, keys),
            },
            Shape::Moment => moment(base, first),
        };
        path(start, rest)
    }
}

/// The place of a column by its letters, from 0.
pub(crate) fn column(letters: &str) -> Option<i64> {
    let is_column = (1..=3).contains(&letters.len()) && letters.bytes().all(|letter| letter.is_ascii_uppercase());
    is_column.then(|| letters.bytes().fold(0, |place, letter| place * 26 + i64::from(letter - b'A') + 1) - 1)
}

fn moment(at: Expr, field: &str) -> Expr {
    let format = match field {
        "date_day" => "D",
        "date_month" => "M",
        "date_year" => "YYYY",
        "time_hour" => "H",
        "time_minute" => "m",
        "time_second" => "s",
        "day_of_week" | "pretty_day_of_week" => "dddd",
        "pretty_date" => "MMM D, YYYY",
        "pretty_time" => "hh:mm A",
        _ => return at,
    };
    at.method("format_date", [Expr::text(format)])
}

/// `of.items[].name` are the names of all items.
fn path(of: Expr, keys: &[String]) -> Expr {
    let Some((first, rest)) = keys.split_first() else { return of };
    if let Some(list) = first.strip_suffix("[]") {
        let of = if list.is_empty() { of } else { of.maybe(list) };
        if rest.is_empty() {
            return of;
        }
        let item = path(Expr::name("item"), rest);
        return of.or_else(Expr::List(Vec::new())).method("map", [Expr::closure("item", item)]);
    }
    match first.parse::<i64>() {
        Ok(place) => path(of.maybe_item(Expr::Int(place)), rest),
        Err(_) => path(crate::n8n::field_of(of, first), rest),
    }
}

impl<'r> Values<'r> {
    pub(crate) fn new(readings: &'r Readings) -> Self {
        Self { readings, total: 0, unsaid: Vec::new() }
    }

    /// A value with its references.
    pub(crate) fn data(&mut self, value: &Value) -> Data {
        match value {
            Value::String(text) => Data::Text(self.text(text)),
            Value::Array(items) => Data::List(items.iter().map(|item| self.data(item)).collect()),
            Value::Object(entries) => {
                Data::Map(entries.iter().map(|(key, value)| (key.clone(), self.data(value))).collect())
            }
            other => Data::of(other),
        }
    }

    /// A text with its references.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        let mut said = Text::default();
        let mut rest = text;
        while let Some(begin) = rest.find("{{") {
            let Some(end) = rest[begin..].find("}}").map(|end| begin + end) else { break };
            said.push(Part::Literal(rest[..begin].to_owned()));
            let value = self.reference(rest[begin + 2..end].trim());
            match value {
                Some(expr) => said.push(Part::Value(expr)),
                None => said.push(Part::Literal(rest[begin..end + 2].to_owned())),
            }
            rest = &rest[end + 2..];
        }
        said.push(Part::Literal(rest.to_owned()));
        said
    }

    /// A value as an expression.
    pub(crate) fn expr(&mut self, value: &Value) -> Expr {
        self.data(value).into_expr()
    }

    /// What stands in braces, or alone in a filter.
    pub(crate) fn reference(&mut self, written: &str) -> Option<Expr> {
        self.total += 1;
        let found = self.found(written);
        if found.is_none() {
            let shown: String = written.chars().take(60).collect();
            self.unsaid.push(format!("`{shown}` is not known"));
        }
        found
    }

    fn found(&self, written: &str) -> Option<Expr> {
        match written {
            "zap_meta_human_now" => return Some(Expr::call("now", [])),
            "zap_meta_timestamp" => return Some(Expr::call("now", []).method("to_unix", [])),
            "zap_meta_utc_iso" => return Some(Expr::call("now", [])),
            _ => {}
        }
        if let Some(code) = written.strip_prefix('=') {
            return self.gives(code.trim());
        }
        // Line items have a path behind the brackets: `12__items[]name`.
        let written = written.replace("[]", "[]__");
        let mut keys = written.split("__").filter(|key| !key.is_empty()).map(str::to_owned);
        let reading = self.readings.get(&keys.next()?)?;
        let keys: Vec<String> = keys.take(DEEPEST + 1).collect();
        (keys.len() <= DEEPEST).then(|| reading.at(&keys))
    }

    /// `gives["12"]["key"]`, `Object.to_json(output["12"])`.
    fn gives(&self, code: &str) -> Option<Expr> {
        if let Some(inner) = code.strip_prefix("Object.to_json(").and_then(|rest| rest.strip_suffix(')')) {
            return Some(self.gives(inner.trim())?.method("to_json", []));
        }
        let rest = code.strip_prefix("gives").or_else(|| code.strip_prefix("output"))?;
        let mut keys = Vec::new();
        let mut rest = rest.trim();
        while let Some(inside) = rest.strip_prefix('[').filter(|_| keys.len() <= DEEPEST) {
            let inside = inside.trim_start();
            let quote = inside.chars().next()?;
            if matches!(quote, '"' | '\'') {
                let end = inside[1..].find(quote)?;
                keys.push(inside[1..=end].to_owned());
                rest = inside[end + 2..].trim_start().strip_prefix(']')?.trim_start();
            } else {
                let end = inside.find(']')?;
                keys.push(inside[..end].trim().to_owned());
                rest = inside[end + 1..].trim_start();
            }
        }
        let (first, keys) = keys.split_first()?;
        rest.is_empty().then(|| self.readings.get(first).map(|reading| reading.at(keys)))?
    }
}

/// A value that may be missing, as a text.
pub(crate) fn present(value: Expr) -> Expr {
    match &value {
        Expr::Field(_, _, crate::ours::Presence::May) | Expr::Item(_, _, crate::ours::Presence::May) => {
            value.or_else(Expr::text(""))
        }
        _ => value,
    }
}

/// A value as a number.
pub(crate) fn numeric(value: Expr) -> Expr {
    match &value {
        Expr::Int(_) | Expr::Float(_) => value,
        Expr::Text(text) => match (text.trim().parse::<i64>(), text.trim().parse::<f64>()) {
            (Ok(whole), _) => Expr::Int(whole),
            (_, Ok(float)) if float.is_finite() => Expr::Float(float),
            _ => value,
        },
        Expr::Binary(Operator::Plus | Operator::Minus | Operator::Times | Operator::Divided, ..) => value,
        _ => match present(value) {
            Expr::Binary(Operator::Default, of, _) => of.or_else(Expr::Int(0)),
            other => other,
        }
        .method("parse_number", []),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut readings = Readings::new();
        let trigger = Expr::name("trigger").field("data");
        readings.insert("1".to_owned(), Reading::plain(trigger));
        readings.insert("2".to_owned(), Reading { base: Expr::name("row"), shape: Shape::Cells });
        let mut values = Values::new(&readings);
        let said = values.text(text);
        let said = match said.as_value() {
            Some(expr) => expr.to_string(),
            None => Expr::Joined(said.parts().to_vec()).to_string(),
        };
        let unsaid = values.unsaid.concat();
        assert_eq!(format!("{said}{unsaid}"), expected, "{text}");
    }

    #[test]
    fn references_are_read() {
        check("{{1__name}}", "trigger.data?.name");
        check("Hi {{1__user__first name}}!", "`Hi ${trigger.data?.user?[\"first name\"]}!`");
        check("{{1__lines[]sku}}", "(trigger.data?.lines ?? []).map(|item| item?.sku)");
        check("{{=gives[\"1\"][\"a\"]['b']}}", "trigger.data?.a?.b");
        check("{{=Object.to_json(output['1'])}}", "trigger.data.to_json()");
        check("{{2__COL$C}}", "row.values()?[2]");
        check("{{1__list__0__x}}", "trigger.data?.list?[0]?.x");
        check("{{zap_meta_human_now}}", "now()");
    }

    #[test]
    fn what_is_not_known_stays_and_is_told() {
        check("{{9__a}}", "`{{9__a}}``9__a` is not known");
        check("{{=Math.max(1)}}", "`{{=Math.max(1)}}``=Math.max(1)` is not known");
        check("{{open", "`{{open`");
    }
}
