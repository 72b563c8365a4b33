//! A scenario's YAML text as a tree of values that know where they stand.
//!
//! Everything after this looks at [`Node`]s only, so every finding can name its line and column. The tree is built
//! in one go by the YAML reader's own visitor; what a scenario never needs (a second document, huge texts, aliases
//! that multiply) is refused here.

mod places;

use crate::diagnostic::{Diagnostic, Place};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_yaml::options::DuplicateKeyPolicy;
use serde_yaml::{Location, Options, Spanned};
use std::fmt;

pub(crate) use places::Places;

/// The longest text that is read, in bytes. The largest scenarios people write have a few thousand lines.
pub const MAX_TEXT: usize = 1 << 20;
/// How deep lists and maps may stand in one another.
const MAX_DEPTH: usize = 64;
/// How many values a text may hold.
const MAX_NODES: usize = 200_000;
/// How many bytes all texts, numbers and words may have: aliases repeat what they name.
const MAX_SCALARS: usize = 2 * MAX_TEXT;
/// How many parser events aliases may add: a value is one event, a list or map two.
const MAX_ALIASED: usize = 1_000;

/// A value of the text.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it begins.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) value: Value,
    /// The bytes of the text it was written as (quotes included; a list's or map's are its first).
    bytes: (usize, usize),
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) node: Node,
}

/// A key of a map.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// The bytes of the text it was written as.
    bytes: (usize, usize),
}

impl Key {
    /// The same place with another name.
    pub(crate) fn called(&self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self.clone() }
    }

    /// Where its characters stand in the source.
    pub(crate) fn places<'n>(&'n self, source: &'n str) -> Places<'n> {
        Places::new(source, self.bytes, self.place, &self.text)
    }
}

/// Reads a text. Duplicate keys stay in the tree: they are found with everything else.
pub(crate) fn read(text: &str) -> Result<Node, Box<Diagnostic>> {
    if text.len() > MAX_TEXT {
        return Err(Diagnostic::text_too_large(MAX_TEXT).into());
    }
    serde_yaml::from_str_with_options::<Spanned<Value>>(text, options())
        .map(node_of)
        .map_err(|error| syntax_error(text, &error).into())
}

/// What a text says, unchecked and without its places; an error says why it is no YAML.
pub fn value(text: &str) -> Result<serde_json::Value, Box<Diagnostic>> {
    read(text).map(|node| node.to_json())
}

impl Node {
    /// The text, where the value is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where the value is one.
    pub(crate) fn number(&self) -> Option<&Number> {
        match &self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// What people call this kind of value.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.node)
    }

    /// A map of these entries, which stands here in place of the value itself.
    pub(crate) fn with_entries(&self, entries: Vec<Entry>, place: Place) -> Self {
        Self { place, value: Value::Map(entries), bytes: self.bytes }
    }

    /// The characters it was written as, for a scalar.
    pub(crate) fn written<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.bytes.0..self.bytes.0 + self.bytes.1).unwrap_or_default()
    }

    /// Where the characters of its decoded text stand in the source.
    pub(crate) fn places<'n>(&'n self, source: &'n str) -> Places<'n> {
        Places::new(source, self.bytes, self.place, self.text().unwrap_or_else(|| self.written(source)))
    }

    /// The value without its places.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|e| (e.key.text.clone(), e.node.to_json())).collect(),
        }
    }
}

fn options() -> Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            flow_nesting_limit: MAX_DEPTH,
            max_total_scalar_bytes: MAX_SCALARS,
        },
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: MAX_ALIASED, max_replay_stack_depth: 16 },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: serde_yaml::options::NonFiniteFloatPolicy::AsString,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

/// The diagnostic for a text that is no YAML. Braces without quotes get words of their own: YAML takes them for a
/// map, and its complaint about that helps no one.
fn syntax_error(text: &str, error: &serde_yaml::Error) -> Diagnostic {
    let error = error.without_snippet();
    let place = error.location().map_or(Place { line: 1, column: 1 }, |location| place_of(&location));
    let message = error.to_string();
    // The reader words one limit like a syntax error, and wraps others in the alias that led to them.
    if message.contains("budget breached") || message.contains("limit exceeded") {
        return Diagnostic::too_large(place, "it holds too many values, or lists and maps nested too deeply");
    }
    if matches!(error, serde_yaml::Error::MultipleDocuments { .. }) {
        return Diagnostic::yaml_syntax(place, "`---` begins a second document, and a scenario is one");
    }
    let line = text.lines().nth(place.line.saturating_sub(1) as usize).unwrap_or_default();
    let before: String = line.chars().take(place.column as usize).collect();
    if before.trim_end().ends_with('{') && line.contains("{{") {
        return Diagnostic::unquoted_braces(place);
    }
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(before, _)| before);
    Diagnostic::yaml_syntax(place, message.lines().next().unwrap_or_default().trim_end_matches('.'))
}

fn place_of(location: &Location) -> Place {
    let clamp = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Place { line: clamp(location.line()), column: clamp(location.column()) }
}

fn node_of(spanned: Spanned<Value>) -> Node {
    Node { place: place_of(&spanned.defined), bytes: bytes_of(&spanned.defined), value: spanned.value }
}

fn bytes_of(location: &Location) -> (usize, usize) {
    let span = location.span();
    (span.byte_offset().unwrap_or_default() as usize, span.byte_len().unwrap_or_default() as usize)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("this number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(node_of(item));
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Value>>()? {
            let (place, bytes) = (place_of(&key.defined), bytes_of(&key.defined));
            map.push(Entry { key: Key { text: key.value, place, bytes }, node: node_of(value) });
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests;
