//! Formatter by Zapier: texts, numbers, dates and lists.

use super::file::Node;
use super::values::{Values, numeric, present};
use crate::draft::Data;
use crate::ours::{Expr, Operator};
use serde_json::Value;

/// The value that a formatter step gives.
pub(super) fn value(node: &Node<'_>, values: &mut Values<'_>) -> Result<Data, String> {
    let transform = match node.text("transform") {
        "" => node.action,
        transform => transform,
    };
    let inputs =
        ["inputs", "input", "text", "value", "line_items"].iter().map(|key| node.get(key)).find(|it| !it.is_null());
    let of = values.expr(inputs.unwrap_or(&Value::Null));
    let name = transform.rsplit('.').next().unwrap_or(transform);
    if let Some(said) = plain_text(name, &of) {
        return Ok(Data::value(said));
    }
    let is_date = transform.starts_with("date") || node.action.contains("date");
    let said = match name {
        "lookup" | "util_lookup" | "lookup_table" => return lookup(node, of, values),
        "default_value" | "default" => of.method("if_empty", [values.expr(node.get("default"))]),
        "formatting" if is_date => date(node, of)?,
        "add_subtract_time" | "manipulate" if is_date => shifted(node, of)?,
        "formatting" | "format_number" => numeric(of).method("format_number", number(node, "decimals").map(Expr::Int)),
        "round" => numeric(of).method("round", number(node, "decimals").map(Expr::Int)),
        "random" | "random_number" => {
            let (low, high) = (number(node, "lower").unwrap_or(0), number(node, "upper").unwrap_or(100));
            Expr::call("random_int", [Expr::Int(low), Expr::Int(high)])
        }
        "math" | "perform_math" => math(node, of)?,
        _ => text_or_list(node, name, of)?,
    };
    Ok(Data::value(said))
}

fn number(node: &Node<'_>, key: &str) -> Option<i64> {
    node.text(key).parse::<i64>().ok().or_else(|| node.get(key).as_i64())
}

/// A transformation of a text that has no settings.
fn plain_text(name: &str, of: &Expr) -> Option<Expr> {
    let text = present(of.clone());
    let first_of = |function: &str| present(of.clone()).method(function, []).method("first", []);
    Some(match name {
        "capitalize" | "title_case" | "titlecase" => text.method("title_case", []),
        "lowercase" | "lower" => text.method("lower", []),
        "uppercase" | "upper" => text.method("upper", []),
        "trim_whitespace" | "trim" => text.method("trim", []),
        "word_count" => text.method("word_count", []),
        "length" => text.method("len", []),
        "remove_html" | "striphtml" | "strip_html" => text.method("strip_html", []),
        "url_encode" => text.method("encode_url_component", []),
        "url_decode" => text.method("decode_url", []),
        "convert_to_ascii" => text.method("ascii", []),
        "extract_email" => first_of("extract_emails"),
        "extract_url" => first_of("extract_urls"),
        "extract_number" => first_of("extract_numbers"),
        _ => return None,
    })
}

/// A transformation of a text or a list that has settings.
fn text_or_list(node: &Node<'_>, name: &str, of: Expr) -> Result<Expr, String> {
    let text = present(of.clone());
    let word = |key: &str| Expr::text(marks(node.text(key)));
    let separator =
        |unless: &str| if node.text("separator").is_empty() { Expr::text(unless) } else { word("separator") };
    Ok(match name {
        "extract_pattern" | "re_extract" if !node.text("pattern").is_empty() => {
            text.method("match_first", [word("pattern")])
        }
        "replace" => text.method("replace", [word("find"), word("replace")]),
        "truncate" => match number(node, "max_length").or_else(|| number(node, "length")) {
            Some(length) => text.method("truncate", [Expr::Int(length), Expr::text("")]),
            None => return Err("how long the text becomes is not known".to_owned()),
        },
        "split" | "split_text" => {
            let parts = text.method("split", [separator(" ")]);
            match node.text("segment_index") {
                "" | "first" => parts.method("first", []),
                "last" => parts.method("last", []),
                "all" | "all_li" | "line_items" => parts,
                place => match place.parse::<i64>() {
                    Ok(place) => parts.maybe_item(Expr::Int(place)),
                    Err(_) => return Err(format!("the segment “{place}” is not known")),
                },
            }
        }
        "spreadsheet_formula" => return Err("it computes a formula of a spreadsheet".to_owned()),
        "line_item_to_text" | "li_to_text" => of.method("to_list", []).method("join", [separator(",")]),
        "text_to_line_item" | "string_to_li" => text.method("split", [Expr::text(",")]),
        "pick_from_list" => {
            let function = match node.text("operation") {
                "last" => "last",
                "random" => "random_item",
                _ => "first",
            };
            of.method("to_list", []).method(function, [])
        }
        other => return Err(format!("the transformation “{other}” is not known")),
    })
}

/// `[:space:]` and its like are signs.
fn marks(text: &str) -> String {
    [("[:space:]", " "), ("[:newline:]", "\n"), ("[:tab:]", "\t")]
        .iter()
        .fold(text.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
}

fn date(node: &Node<'_>, of: Expr) -> Result<Expr, String> {
    let format = match node.text("to_format") {
        "" => return Ok(of.method("parse_date", [])),
        "X" => return Ok(of.method("to_unix", [])),
        format => format,
    };
    let from = node.text("from_format");
    let of = if from.is_empty() { of } else { of.method("parse_date", [Expr::text(from)]) };
    let zone = Some(node.text("to_timezone")).filter(|zone| zone.contains('/')).map(Expr::text);
    Ok(of.method("format_date", std::iter::once(Expr::text(format)).chain(zone)))
}

/// `+1 day`, `-2 hours 30 minutes`.
fn shifted(node: &Node<'_>, of: Expr) -> Result<Expr, String> {
    let expression = node.text("expression");
    let unknown = || format!("the shift “{expression}” is not known");
    let mut words = expression.split_whitespace();
    let mut of = of;
    let mut sign = 1_i64;
    while let Some(word) = words.next() {
        let (own, digits) = match word.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => (sign, word),
        };
        sign = own;
        let digits = if digits.is_empty() { words.next().unwrap_or_default() } else { digits };
        let amount: i64 = digits.parse().map_err(|_| unknown())?;
        let unit = words.next().ok_or_else(unknown)?.trim_end_matches(',').trim_end_matches('s').to_ascii_lowercase();
        let function = match unit.as_str() {
            "year" => "add_years",
            "month" => "add_months",
            "week" => "add_weeks",
            "day" => "add_days",
            "hour" => "add_hours",
            "minute" => "add_minutes",
            "second" => "add_seconds",
            _ => return Err(unknown()),
        };
        of = of.method(function, [Expr::Int(sign.saturating_mul(amount))]);
    }
    match node.text("to_format") {
        "" => Ok(of),
        format => Ok(of.method("format_date", [Expr::text(format)])),
    }
}

fn math(node: &Node<'_>, of: Expr) -> Result<Expr, String> {
    let numbers = match of {
        Expr::List(items) => items.into_iter().map(numeric).collect::<Vec<_>>(),
        one => vec![numeric(one)],
    };
    let operator = match node.text("operation") {
        "add" | "+" => Operator::Plus,
        "subtract" | "-" => Operator::Minus,
        "multiply" | "*" => Operator::Times,
        "divide" | "/" => Operator::Divided,
        "negative" => {
            return numbers
                .into_iter()
                .next()
                .map(|number| Expr::Minus(Box::new(number)))
                .ok_or_else(|| "it has no number".to_owned());
        }
        other => return Err(format!("the operation “{other}” is not known")),
    };
    let all = numbers.into_iter().reduce(|all, next| all.binary(operator, next));
    all.ok_or_else(|| "it has no numbers".to_owned())
}

fn lookup(node: &Node<'_>, of: Expr, values: &mut Values<'_>) -> Result<Data, String> {
    let key = match node.get("lookup_key") {
        Value::Null => of,
        key => values.expr(key),
    };
    let table = ["table", "lookup_table"].iter().find_map(|key| node.get(key).as_object());
    let Some(table) = table else { return Err("its table is not given".to_owned()) };
    let entries = table.iter().map(|(key, value)| (key.clone(), values.expr(value))).collect();
    let fallback = values.expr(node.get("fallback"));
    let found = Expr::Map(entries).maybe_item(present(key).method("to_text", []));
    Ok(Data::value(if fallback == Expr::Nothing { found } else { found.or_else(fallback) }))
}
