//! What bodies have in common: a JSON Schema learnt from samples.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use url::Url;
use uuid::Uuid;

/// How deep a schema goes; what lies deeper may be anything.
const DEEPEST: usize = 32;

/// How many properties of a map are told apart; those that come later may be anything.
const MOST_PROPERTIES: usize = 500;

/// How many different texts make a list of them, how long they are at most, and how often each comes on average.
const MOST_CHOICES: usize = 8;
const LONGEST_CHOICE: usize = 40;
const REPEATED: u64 = 4;

/// The schema that all of these samples satisfy, and that says as much as they do: types, which properties are always
/// there, formats of texts, and the few texts that come again and again.
pub fn schema<'v>(samples: impl IntoIterator<Item = &'v Value>) -> Value {
    let mut learner = Learner::default();
    samples.into_iter().for_each(|sample| learner.see(sample));
    learner.schema()
}

/// Learns from one sample after the other; what it holds grows with what is different in them, within bounds.
#[derive(Debug, Default)]
pub struct Learner(Shape);

impl Learner {
    /// Takes in a sample.
    pub fn see(&mut self, sample: &Value) {
        self.0.see(sample, DEEPEST);
    }

    /// How many samples there were.
    pub fn samples(&self) -> u64 {
        self.0.seen
    }

    /// What they have in common, as [`schema`] says it.
    pub fn schema(&self) -> Value {
        let mut schema = self.0.schema();
        if let Value::Object(schema) = &mut schema {
            schema.shift_insert(0, "$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        }
        schema
    }
}

/// What was seen in one place.
#[derive(Debug, Default)]
struct Shape {
    /// How many values.
    seen: u64,
    nulls: u64,
    booleans: u64,
    integers: u64,
    numbers: u64,
    texts: Option<Texts>,
    /// What the items of lists are like.
    items: Option<Box<Shape>>,
    maps: Option<Maps>,
}

/// What texts are like.
#[derive(Debug)]
struct Texts {
    seen: u64,
    /// Formats that all of them have.
    formats: Vec<&'static str>,
    /// The different ones; none: they are too many, or too long.
    choices: Option<BTreeMap<String, u64>>,
}

/// What maps are like.
#[derive(Debug, Default)]
struct Maps {
    seen: u64,
    /// In the order in which they were seen first.
    properties: Vec<(String, Shape)>,
    places: BTreeMap<String, usize>,
}

impl Shape {
    fn see(&mut self, value: &Value, depth: usize) {
        self.seen += 1;
        match value {
            Value::Null => self.nulls += 1,
            Value::Bool(_) => self.booleans += 1,
            Value::Number(number) if number.is_f64() => self.numbers += 1,
            Value::Number(_) => self.integers += 1,
            Value::String(text) => self.texts.get_or_insert_default().see(text),
            Value::Array(items) => {
                let shape = self.items.get_or_insert_default();
                if depth > 0 {
                    items.iter().for_each(|item| shape.see(item, depth - 1));
                }
            }
            Value::Object(map) => {
                let maps = self.maps.get_or_insert_default();
                maps.seen += 1;
                if depth > 0 {
                    map.iter().for_each(|(name, value)| maps.see(name, value, depth - 1));
                }
            }
        }
    }

    fn schema(&self) -> Value {
        let mut types = Vec::new();
        let mut schema = Map::new();
        let simple = [(self.booleans, "boolean"), (self.numbers, "number")];
        types.extend(simple.iter().filter(|(seen, _)| *seen > 0).map(|(_, name)| *name));
        if self.integers > 0 && self.numbers == 0 {
            types.push("integer");
        }
        if let Some(texts) = &self.texts {
            types.push("string");
            texts.add_to(&mut schema, self.seen);
        }
        if let Some(items) = &self.items {
            types.push("array");
            if items.seen > 0 {
                schema.insert("items".to_owned(), items.schema());
            }
        }
        if let Some(maps) = &self.maps {
            types.push("object");
            maps.add_to(&mut schema);
        }
        if self.nulls > 0 {
            types.push("null");
        }
        let types = match types.as_slice() {
            [] => return json!({}),
            [one] => json!(one),
            several => json!(several),
        };
        schema.shift_insert(0, "type".to_owned(), types);
        Value::Object(schema)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { seen: 0, formats: FORMATS.iter().map(|(name, _)| *name).collect(), choices: Some(BTreeMap::new()) }
    }
}

impl Texts {
    fn see(&mut self, text: &str) {
        self.seen += 1;
        self.formats.retain(|format| FORMATS.iter().any(|(name, fits)| name == format && fits(text)));
        let Some(choices) = &mut self.choices else { return };
        if text.len() > LONGEST_CHOICE || (choices.len() == MOST_CHOICES && !choices.contains_key(text)) {
            self.choices = None;
            return;
        }
        *choices.entry(text.to_owned()).or_default() += 1;
    }

    /// `all` is how many values were seen in this place: a list of texts is one of all values.
    fn add_to(&self, schema: &mut Map<String, Value>, all: u64) {
        if let Some(format) = self.formats.first() {
            schema.insert("format".to_owned(), json!(format));
            return;
        }
        let Some(choices) = &self.choices else { return };
        let enough = (choices.len() as u64).saturating_mul(REPEATED).max(3 * REPEATED);
        if all == self.seen && self.seen >= enough && choices.values().all(|seen| *seen > 1) {
            schema.insert("enum".to_owned(), json!(choices.keys().collect::<Vec<_>>()));
        }
    }
}

impl Maps {
    fn see(&mut self, name: &str, value: &Value, depth: usize) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None if self.properties.len() == MOST_PROPERTIES => return,
            None => {
                self.places.insert(name.to_owned(), self.properties.len());
                self.properties.push((name.to_owned(), Shape::default()));
                self.properties.len() - 1
            }
        };
        self.properties[place].1.see(value, depth);
    }

    fn add_to(&self, schema: &mut Map<String, Value>) {
        if self.properties.is_empty() {
            return;
        }
        let properties = self.properties.iter().map(|(name, shape)| (name.clone(), shape.schema()));
        schema.insert("properties".to_owned(), Value::Object(properties.collect()));
        let always = self.properties.iter().filter(|(_, shape)| shape.seen == self.seen).map(|(name, _)| name);
        let always: Vec<&String> = always.collect();
        if !always.is_empty() {
            schema.insert("required".to_owned(), json!(always));
        }
    }
}

/// The name of a format, and whether a text has it.
type Format = (&'static str, fn(&str) -> bool);

/// Formats of texts (JSON Schema 2020-12, Validation §7.3), the narrowest first.
const FORMATS: [Format; 7] = [
    ("date-time", |text| text.parse::<Timestamp>().is_ok()),
    ("date", |text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
    ("uuid", |text| text.len() == 36 && Uuid::try_parse(text).is_ok()),
    ("ipv4", |text| text.parse::<Ipv4Addr>().is_ok()),
    ("ipv6", |text| text.parse::<Ipv6Addr>().is_ok()),
    ("email", is_email),
    ("uri", |text| text.contains("://") && Url::parse(text).is_ok()),
];

/// Whether a text is an address as most are: one `@`, and a name with a dot behind it.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let plain = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "@<>,;:\"".contains(c));
    plain(local) && plain(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
}

#[cfg(test)]
mod tests;
