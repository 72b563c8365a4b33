//! From schemas to types of parameters, and to values that fit them.

use super::document::{Document, Merged};
use super::words;
use crate::app::shape::Kind;
use serde_json::{Map, Value, json};

/// How many values of an `enum` become choices.
const MOST_CHOICES: usize = 100;

/// How many values a sample is made of, and how deep.
const MOST_VALUES: usize = 60;
const DEPTH: usize = 5;

/// The longest text in a sample, in characters.
const LONGEST: usize = 120;

/// What a schema says of a parameter.
pub(super) struct Sort {
    pub(super) kind: Kind,
    pub(super) items: Option<Kind>,
    pub(super) choices: Vec<Value>,
    pub(super) default: Option<Value>,
    pub(super) example: Option<Value>,
    pub(super) secret: bool,
}

impl Sort {
    pub(super) fn of(document: &Document, schema: &Value) -> Self {
        let merged = document.merged(schema);
        let kind = kind(&merged);
        let items = (kind == Kind::List).then(|| merged.get("items").map(|items| self::kind(&document.merged(items))));
        let items = items.flatten().filter(|kind| *kind != Kind::Any);
        let choices = choices(&merged, kind);
        let fits = |value: &&Value| if choices.is_empty() { fits(kind, value) } else { choices.contains(value) };
        let default = merged.get("default").filter(fits).and_then(whole);
        let example = merged.example().filter(fits).and_then(whole);
        Self { kind, items, default, example, secret: merged.text("format") == Some("password"), choices }
    }

    /// One of which nothing but the type is known.
    pub(super) fn plain(kind: Kind) -> Self {
        Self { kind, items: None, choices: Vec::new(), default: None, example: None, secret: false }
    }

    /// Where no file can stand, its text can.
    pub(super) fn without_files(&mut self) {
        if self.kind == Kind::File {
            self.kind = Kind::Text;
        }
        self.items = self.items.filter(|kind| *kind != Kind::File);
    }

    /// A header is a line of visible ASCII.
    pub(super) fn as_header(&mut self) {
        if matches!(self.kind, Kind::List | Kind::Map | Kind::Any) {
            *self = Self { secret: self.secret, ..Self::plain(Kind::Text) };
        }
        let is_line = |value: &Value| {
            value.as_str().is_none_or(|text| {
                !text.is_empty() && text.trim() == text && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
            })
        };
        self.choices.retain(is_line);
        self.example = self.example.take().filter(is_line);
        self.default = self.default.take().filter(is_line);
    }

    /// A value that the parameter takes.
    pub(super) fn value(&self) -> Value {
        let made_up = || made_up(self.kind, self.items);
        self.example.clone().or_else(|| self.choices.first().cloned()).unwrap_or_else(made_up)
    }
}

/// The type that the schema is of, among those that parameters have.
fn kind(merged: &Merged<'_>) -> Kind {
    match merged.kind() {
        Some("string") => match merged.text("format") {
            Some("date-time") => Kind::Time,
            Some("uri" | "url") => Kind::Url,
            Some("binary") => Kind::File,
            _ => Kind::Text,
        },
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Flag,
        Some("array") => Kind::List,
        Some("object") => Kind::Map,
        _ if merged.get("enum").and_then(Value::as_array).is_some_and(|all| all.iter().all(Value::is_string)) => {
            Kind::Text
        }
        _ => Kind::Any,
    }
}

fn choices(merged: &Merged<'_>, kind: Kind) -> Vec<Value> {
    let all = merged.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut choices: Vec<Value> = Vec::new();
    for value in all.iter().filter(|value| !value.is_null()) {
        let is_short = value.as_str().is_none_or(|text| !text.is_empty() && text.chars().count() <= LONGEST);
        if kind == Kind::Any || kind == Kind::Flag || !fits(kind, value) || !is_short || choices.len() == MOST_CHOICES {
            return Vec::new();
        }
        if !choices.contains(value) {
            choices.push(value.clone());
        }
    }
    choices
}

/// Whether a parameter of this type takes the value as it stands.
fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Text | Kind::Time | Kind::Path | Kind::Url => value.is_string(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_i64() || value.as_f64().is_some_and(|it| it.abs() < 1e15 && it.abs() > 1e-5),
        Kind::Flag => value.is_boolean(),
        Kind::List => value.is_array(),
        Kind::Map => value.is_object(),
        Kind::File => false,
        Kind::Any => true,
    }
}

/// The value, if it is small enough to be told in full.
fn whole(value: &Value) -> Option<Value> {
    let mut left = MOST_VALUES;
    let told = told(value, &mut left, 0)?;
    (told == *value).then_some(told)
}

/// The value, with long texts and lists cut.
pub(super) fn cut(value: &Value) -> Option<Value> {
    told(value, &mut MOST_VALUES.clone(), 0)
}

fn told(value: &Value, left: &mut usize, depth: usize) -> Option<Value> {
    if depth > DEPTH || *left == 0 {
        return None;
    }
    *left -= 1;
    Some(match value {
        Value::String(text) if text.chars().count() > LONGEST => text.chars().take(LONGEST).collect::<String>().into(),
        Value::Array(items) => items.iter().take(2).filter_map(|item| told(item, left, depth + 1)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| key.len() <= LONGEST);
            let told = fields.map_while(|(key, value)| (*left > 0).then(|| (key, told(value, left, depth + 1))));
            told.filter_map(|(key, value)| Some((key.clone(), value?))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    })
}

/// A value as the schema describes it.
pub(super) fn sample(document: &Document, schema: &Value) -> Value {
    Sampling { document, left: MOST_VALUES, above: Vec::new() }.value(schema).unwrap_or_default()
}

/// A sample that is being made.
struct Sampling<'d> {
    document: &'d Document,
    left: usize,
    /// The schemas that the value stands within: one of them again would never end.
    above: Vec<&'d Value>,
}

impl<'d> Sampling<'d> {
    fn value(&mut self, schema: &'d Value) -> Option<Value> {
        let schema = self.document.resolve(schema);
        if self.above.len() > DEPTH || self.left == 0 || self.above.iter().any(|it| std::ptr::eq(*it, schema)) {
            return None;
        }
        self.left -= 1;
        let merged = self.document.merged(schema);
        if let Some(example) = merged.example().and_then(cut).filter(|it| !it.is_null()) {
            return Some(example);
        }
        if let Some(first) = merged.get("enum").and_then(|all| all.as_array()?.first()) {
            return cut(first);
        }
        self.above.push(schema);
        let value = self.made(&merged);
        self.above.pop();
        Some(value)
    }

    fn made(&mut self, merged: &Merged<'d>) -> Value {
        match kind(merged) {
            Kind::Map => {
                let mut fields = Map::new();
                for (name, property) in merged.properties.iter().filter(|(name, _)| name.len() <= LONGEST) {
                    fields.extend(self.value(property).map(|value| ((*name).to_owned(), value)));
                }
                fields.into()
            }
            Kind::List => merged.get("items").and_then(|items| self.value(items)).into_iter().collect(),
            Kind::Text => match merged.text("format") {
                Some("date") => "2026-01-31".into(),
                Some("uuid") => "00000000-0000-4000-8000-000000000000".into(),
                Some("email") => "ada@example.com".into(),
                _ => "text".into(),
            },
            Kind::Any => Value::Null,
            kind => made_up(kind, None),
        }
    }
}

/// A value of this type.
fn made_up(kind: Kind, items: Option<Kind>) -> Value {
    match kind {
        Kind::Text | Kind::Path | Kind::Any => "A1".into(),
        Kind::Time => "2026-01-31T09:00:00Z".into(),
        Kind::Url => "https://example.com".into(),
        Kind::Integer => 7.into(),
        Kind::Number => json!(1.5),
        Kind::Flag => true.into(),
        Kind::List => vec![made_up(items.unwrap_or(Kind::Text), None)].into(),
        Kind::Map => json!({ "key": "A1" }),
        Kind::File => json!({ "filename": "a.txt", "text": "Hello" }),
    }
}

/// The type, as an app's file writes it; none for a text.
pub(super) fn word(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Text => return None,
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Flag => "flag",
        Kind::Time => "time",
        Kind::List => "list",
        Kind::Map => "map",
        Kind::Any => "any",
        Kind::File => "file",
        Kind::Path => "path",
        Kind::Url => "url",
    })
}

/// A text of the description that may be missing.
pub(super) fn about(document: &Document, schema: &Value, own: Option<&str>) -> String {
    let own = own.filter(|text| !text.trim().is_empty());
    let text = own.or_else(|| document.merged(schema).text("description")).unwrap_or_default();
    words::sentences(text, 200)
}
