//! Strings of n8n: text and `{{ … }}`, where they begin with `=`.

use super::{Sight, Translator, Unsaid};
use crate::draft::Data;
use crate::n8n::js::{self, Entry, Item, Js};
use crate::ours::{Expr, Part, Text};
use serde_json::Value;

/// A part of a string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    Text(String),
    /// What stands between the braces.
    Code(String),
}

/// What became of a string, and how many expressions were in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) total: usize,
    /// Those that are not said in our language: their source and the reason.
    pub(crate) unsaid: Vec<(String, Unsaid)>,
}

/// The parts of a string that begins with `=`, without that.
pub(crate) fn parts(text: &str) -> Vec<Written> {
    let (mut parts, mut rest, mut literal) = (Vec::new(), text, String::new());
    while let Some(begin) = rest.find("{{") {
        let Some(end) = rest[begin..].find("}}").map(|end| begin + end) else { break };
        if rest[..begin].ends_with('\\') {
            literal.push_str(&rest[..begin - 1]);
            literal.push_str("{{");
            rest = &rest[begin + 2..];
            continue;
        }
        // A map that is closed at the end has three braces.
        let end = if rest[end..].starts_with("}}}") && is_open(&rest[begin + 2..end]) { end + 1 } else { end };
        literal.push_str(&rest[..begin]);
        if !literal.is_empty() {
            parts.push(Written::Text(std::mem::take(&mut literal)));
        }
        parts.push(Written::Code(rest[begin + 2..end].trim().to_owned()));
        rest = &rest[end + 2..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Written::Text(literal));
    }
    parts
}

/// Whether a brace is open at the end.
fn is_open(code: &str) -> bool {
    code.matches('{').count() > code.matches('}').count()
}

/// A value of a parameter: its strings that begin with `=` are expressions. What cannot be said is asked of `instead`,
/// by its source.
pub(crate) fn said(
    value: &Value,
    sight: &Sight,
    tally: &mut Said,
    instead: &mut dyn FnMut(&str) -> Option<Expr>,
) -> Data {
    match value {
        Value::String(text) => match text.strip_prefix('=') {
            Some(written) => string(written, sight, tally, instead),
            None => Data::text(text.as_str()),
        },
        Value::Array(items) => Data::List(items.iter().map(|item| said(item, sight, tally, instead)).collect()),
        Value::Object(entries) => {
            Data::map(entries.iter().map(|(key, value)| (key.as_str(), said(value, sight, tally, instead))))
        }
        other => Data::of(other),
    }
}

fn string(written: &str, sight: &Sight, tally: &mut Said, instead: &mut dyn FnMut(&str) -> Option<Expr>) -> Data {
    let parts = parts(written);
    if let [Written::Code(code)] = parts.as_slice() {
        return one(code, sight, tally, instead);
    }
    let mut text = Text::default();
    for part in parts {
        match part {
            Written::Text(literal) => text.push(Part::Literal(literal)),
            Written::Code(code) => match one(&code, sight, tally, instead) {
                Data::Text(inner) => inner.parts().iter().for_each(|part| text.push(part.clone())),
                other => text.push(Part::Value(other.into_expr())),
            },
        }
    }
    Data::Text(text)
}

/// One expression: a map or list that is written out becomes one here.
fn one(code: &str, sight: &Sight, tally: &mut Said, instead: &mut dyn FnMut(&str) -> Option<Expr>) -> Data {
    tally.total += 1;
    match read(code, sight) {
        Ok(data) => data,
        Err(reason) => match instead(code) {
            Some(expr) => Data::value(expr),
            None => {
                tally.unsaid.push((code.to_owned(), reason));
                Data::Null
            }
        },
    }
}

fn read(code: &str, sight: &Sight) -> Result<Data, Unsaid> {
    let js = js::parse(code).map_err(|fault| format!("it cannot be read: {} at {}", fault.message, fault.at + 1))?;
    data(&js, sight)
}

/// The value, with maps and lists written out.
pub(crate) fn data(js: &Js, sight: &Sight) -> Result<Data, Unsaid> {
    match js {
        Js::Map(entries) => {
            let fields = entries.iter().map(|entry| match entry {
                Entry::Field(key, js) => Some((key.as_str(), js)),
                _ => None,
            });
            match fields.collect::<Option<Vec<_>>>() {
                Some(fields) => {
                    let fields = fields.into_iter().map(|(key, js)| Ok((key.to_owned(), data(js, sight)?)));
                    fields.collect::<Result<_, Unsaid>>().map(Data::Map)
                }
                None => value(js, sight),
            }
        }
        Js::List(items) => {
            let items: Option<Vec<_>> = items
                .iter()
                .map(|item| match item {
                    Item::One(js) => Some(js),
                    Item::Spread(_) => None,
                })
                .collect();
            match items {
                Some(items) => items.into_iter().map(|js| data(js, sight)).collect::<Result<_, _>>().map(Data::List),
                None => value(js, sight),
            }
        }
        _ => value(js, sight),
    }
}

fn value(js: &Js, sight: &Sight) -> Result<Data, Unsaid> {
    let expr = Translator::new(sight).expr(js)?;
    Ok(match expr {
        Expr::Nothing => Data::Null,
        Expr::Bool(value) => Data::Bool(value),
        Expr::Int(number) => Data::int(number),
        Expr::Float(number) => serde_json::Number::from_f64(number).map_or(Data::Null, Data::Number),
        Expr::Text(text) => Data::text(text),
        Expr::Joined(parts) => Data::Text(Text::of(parts)),
        other => Data::value(other),
    })
}

/// A text that is JSON once its values are put in, as a value: where each of them stands in the place of a value or in
/// a text. None where it is no such JSON.
pub(crate) fn json_template(
    text: &str,
    sight: &Sight,
    tally: &mut Said,
    instead: &mut dyn FnMut(&str) -> Option<Expr>,
) -> Option<Data> {
    let Some(written) = text.strip_prefix('=') else {
        return serde_json::from_str::<Value>(text).ok().map(|value| Data::of(&value));
    };
    let parts = parts(written);
    if let [Written::Code(code)] = parts.as_slice() {
        return stringified(code, sight, tally);
    }
    let mut codes = Vec::new();
    let mut json = String::new();
    for part in parts {
        match part {
            Written::Text(literal) => json.push_str(&literal),
            Written::Code(code) => {
                // In a text the mark stands as it is, elsewhere it is a text of its own.
                let mark = format!("\u{1}{}\u{2}", codes.len());
                json.push_str(&if is_in_text(&json) { mark } else { format!("\"\u{3}{mark}\"") });
                codes.push(code);
            }
        }
    }
    let json = json.replace('\u{1}', "\\u0001").replace('\u{2}', "\\u0002").replace('\u{3}', "\\u0003");
    let value: Value = serde_json::from_str(&json).ok()?;
    Some(filled(&value, &codes, sight, tally, instead))
}

/// `JSON.stringify(x)`: the value itself.
fn stringified(code: &str, sight: &Sight, tally: &mut Said) -> Option<Data> {
    let js = js::parse(code).ok()?;
    let inner = match &js {
        Js::Call { callee, arguments, .. } => match (&**callee, arguments.as_slice()) {
            (Js::Member { of, name, .. }, [Item::One(value), ..])
                if name == "stringify" && **of == Js::Name("JSON".to_owned()) =>
            {
                value
            }
            _ => return None,
        },
        Js::Map(_) | Js::List(_) => &js,
        _ => return None,
    };
    let found = data(inner, sight).ok()?;
    tally.total += 1;
    Some(found)
}

fn is_in_text(json: &str) -> bool {
    let mut is_in = false;
    let mut letters = json.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if is_in => {
                letters.next();
            }
            '"' => is_in = !is_in,
            _ => {}
        }
    }
    is_in
}

fn filled(
    value: &Value,
    codes: &[String],
    sight: &Sight,
    tally: &mut Said,
    instead: &mut dyn FnMut(&str) -> Option<Expr>,
) -> Data {
    match value {
        Value::String(text) => match text.strip_prefix('\u{3}') {
            Some(mark) => marked(mark, codes, sight, tally, instead).pop().unwrap_or(Data::Null),
            None => {
                let mut whole = Text::default();
                for part in marked(text, codes, sight, tally, instead) {
                    match part {
                        Data::Text(inner) => inner.parts().iter().for_each(|part| whole.push(part.clone())),
                        other => whole.push(Part::Value(other.into_expr())),
                    }
                }
                as_text(whole)
            }
        },
        Value::Array(items) => {
            Data::List(items.iter().map(|item| filled(item, codes, sight, tally, instead)).collect())
        }
        Value::Object(entries) => Data::Map(
            entries.iter().map(|(key, value)| (key.clone(), filled(value, codes, sight, tally, instead))).collect(),
        ),
        other => Data::of(other),
    }
}

/// What stands in quotes stays a text, whatever its value is.
fn as_text(text: Text) -> Data {
    match text.as_value() {
        Some(Expr::Method(_, name, _)) if name == "to_json" || name == "to_text" => Data::Text(text),
        Some(expr) => Data::value(expr.clone().method("to_text", [])),
        None => Data::Text(text),
    }
}

/// The parts of a text with marks.
fn marked(
    text: &str,
    codes: &[String],
    sight: &Sight,
    tally: &mut Said,
    instead: &mut dyn FnMut(&str) -> Option<Expr>,
) -> Vec<Data> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1}') {
        if !before.is_empty() {
            parts.push(Data::text(before));
        }
        let Some((number, after)) = behind.split_once('\u{2}') else { break };
        if let Some(code) = number.parse::<usize>().ok().and_then(|number| codes.get(number)) {
            parts.push(one(code, sight, tally, instead));
        }
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Data::text(rest));
    }
    parts
}
