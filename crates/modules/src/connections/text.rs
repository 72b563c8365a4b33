//! YAML with the place of every key and value.

use super::place_of;
use scenario::diagnostic::Place;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::options::DuplicateKeyPolicy;
use serde_yaml::{Location, Spanned};
use std::fmt;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) node: Node,
    pub(crate) place: Place,
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(Key, Tree)>),
}

/// How deep lists and maps stand in each other: deeper ones would take the stack.
const MAX_DEPTH: usize = 32;

/// The same, of a text that is read on a stack of its own.
const MAX_DEPTH_OF_LONG: usize = 128;

/// As large is that stack, in bytes.
const STACK: usize = 64 * 1024 * 1024;

/// How many values a text holds.
const MAX_VALUES: usize = 250_000;

/// How many a text holds that someone else wrote, and that is known to be long.
const MAX_VALUES_OF_LONG: usize = 8_000_000;

/// The tree of a text; an error says where and what.
pub(crate) fn parse(text: &str) -> Result<Tree, (Place, String)> {
    parse_within(text, MAX_VALUES, MAX_DEPTH)
}

/// The same, of a text that may be very long and deep.
pub(crate) fn parse_long(text: &str) -> Result<Tree, (Place, String)> {
    let read = || parse_within(text, MAX_VALUES_OF_LONG, MAX_DEPTH_OF_LONG);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        let read = thread.ok().and_then(|thread| thread.join().ok());
        read.unwrap_or_else(|| Err((Place::default(), "it cannot be read".to_owned())))
    })
}

fn parse_within(text: &str, values: usize, depth: usize) -> Result<Tree, (Place, String)> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_depth: depth,
            flow_nesting_limit: depth,
            max_nodes: values,
            max_events: 2 * values,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options::<Tree>(text, options).map_err(|error| {
        let place = place_of(error.location().unwrap_or(Location::UNKNOWN));
        let message = error.to_string();
        if message.contains("budget breached") || message.contains("limit exceeded") {
            return (place, "it holds too many values, or lists and maps nested too deeply".to_owned());
        }
        // The library ends its sentences with the place, which stands apart here.
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        (place, format!("this is no YAML: {message}"))
    })
}

impl Tree {
    /// The tree of a value that stands nowhere.
    pub(crate) fn of(value: Value) -> Self {
        let node = match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(value),
            Value::Number(number) => Node::Number(number),
            Value::String(text) => Node::Text(text),
            Value::Array(items) => Node::List(items.into_iter().map(Self::of).collect()),
            Value::Object(fields) => {
                let key = |text: String| Key { text, place: Place::default() };
                Node::Map(fields.into_iter().map(|(name, value)| (key(name), Self::of(value))).collect())
            }
        };
        Self { node, place: Place::default() }
    }

    /// The value without its places.
    pub(crate) fn to_json(&self) -> Value {
        match &self.node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Number(number) => Value::Number(number.clone()),
            Node::Text(text) => Value::String(text.clone()),
            Node::List(items) => items.iter().map(Self::to_json).collect(),
            Node::Map(fields) => {
                let fields = fields.iter().map(|(key, tree)| (key.text.clone(), tree.to_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Node>::deserialize(deserializer)?;
        Ok(Self { place: place_of(spanned.referenced), node: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        Ok(Self { place: place_of(spanned.referenced), text: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Number::from_f64(value).map_or(Node::Text(value.to_string()), Node::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            fields.push(entry);
        }
        Ok(Node::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let sound = format!("{}1{}", "[".repeat(20), "]".repeat(20));
        assert!(parse(&sound).is_ok());
        for text in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(50_000), "? ".repeat(1_000)] {
            assert!(parse(&text).is_err() && parse_long(&text).is_err());
        }
        let deep: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        let (_, message) = parse(&deep).unwrap_err();
        assert!(message.contains("too deeply"), "{message}");
    }
}
