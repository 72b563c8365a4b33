//! XML as a map, without document types and entities. Webhooks and expressions read it in the same way.
//!
//! An element with neither attributes nor child elements is its text. Any other is a map: `@name` for each
//! attribute, the name of each child element, `#text` for its text if there is some besides blanks. What is repeated
//! becomes a list. The document is a map with the root element in it. Names keep their prefix.
//!
//! A document type is refused, whatever is in it, so there are no entities but the five of XML itself and characters
//! by number: nothing can be expanded or fetched (CWE-611, CWE-776).

mod write;

pub(crate) use write::{Layout, write};

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// How deep elements may nest. Each level may be a list of maps, and JSON of 128 levels is not read any more.
const MOST_DEPTH: usize = 63;

/// How many elements and attributes a document may have: each takes far more memory than its text.
const MOST_NODES: usize = 250_000;

/// Why a text is no XML that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong, in a clause without a final dot.
    pub why: Cow<'static, str>,
    /// Where, in bytes; none where the end is what is missing.
    pub at: Option<u64>,
}

/// The value of a document.
pub fn read(text: &str) -> Result<Value, Malformed> {
    Document::read(text)
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{}, at byte {at}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

/// A document being read.
#[derive(Default)]
struct Document {
    open: Vec<Element>,
    root: Option<(String, Value)>,
    nodes: usize,
}

/// An element that is not closed yet.
struct Element {
    name: String,
    members: Map<String, Value>,
    text: String,
}

impl Document {
    fn read(text: &str) -> Result<Value, Malformed> {
        let mut reader = Reader::from_str(text);
        let mut document = Self::default();
        loop {
            let at = reader.buffer_position();
            match reader.read_event() {
                Ok(Event::Eof) => return document.finish(),
                Ok(event) => document.take(&event).map_err(|why| Malformed { why: why.into(), at: Some(at) })?,
                Err(error) => {
                    return Err(Malformed { why: error.to_string().into(), at: Some(reader.error_position()) });
                }
            }
        }
    }

    fn take(&mut self, event: &Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(start) => self.start(start),
            Event::Empty(start) => self.start(start).and_then(|()| self.end()),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.text(&resolve(reference)?),
            Event::DocType(_) => Err("a document type (DOCTYPE) is not taken"),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        if self.root.is_some() {
            return Err("there is a second root element");
        }
        if self.open.len() == MOST_DEPTH {
            return Err("elements are nested more than 63 deep");
        }
        let mut members = Map::new();
        self.count()?;
        for attribute in start.attributes() {
            self.count()?;
            let attribute = attribute.map_err(|_| "an attribute is malformed")?;
            let value = attribute
                .normalized_value_with(XmlVersion::Implicit1_0, 1, resolve_xml_entity)
                .map_err(|_| "an attribute has an entity that XML itself does not define")?;
            members.insert(format!("@{}", attribute.key.as_ref()), Value::String(value.into_owned()));
        }
        self.open.push(Element { name: start.name().as_ref().to_owned(), members, text: String::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let Some(element) = self.open.pop() else { return Err("an end tag has no start tag") };
        let (name, value) = element.close();
        match self.open.last_mut() {
            Some(parent) => parent.add(name, value),
            None => self.root = Some((name, value)),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), &'static str> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.chars().all(|char| char.is_ascii_whitespace() || char == '\u{feff}') => {}
            None => return Err("there is text outside of the root element"),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > MOST_NODES { Err("there are more than 250,000 elements and attributes") } else { Ok(()) }
    }

    fn finish(self) -> Result<Value, Malformed> {
        match (self.open.last(), self.root) {
            (Some(_), _) => Err(Malformed { why: "the XML ends before its root element does".into(), at: None }),
            (None, None) => Err(Malformed { why: "the XML has no root element".into(), at: None }),
            (None, Some(root)) => Ok(Value::Object(Map::from_iter([root]))),
        }
    }
}

impl Element {
    fn add(&mut self, name: String, value: Value) {
        match self.members.get_mut(&name) {
            None => {
                self.members.insert(name, value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    fn close(mut self) -> (String, Value) {
        if self.members.is_empty() {
            return (self.name, Value::String(self.text));
        }
        if !self.text.trim().is_empty() {
            self.members.insert("#text".to_owned(), Value::String(self.text));
        }
        (self.name, Value::Object(self.members))
    }
}

/// The text of `&name;` or `&#number;`.
fn resolve(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, &'static str> {
    match reference.resolve_char_ref() {
        Ok(Some(char)) => Ok(Cow::Owned(char.to_string())),
        Ok(None) => {
            resolve_xml_entity(reference).map(Cow::Borrowed).ok_or("there is an entity that XML itself does not define")
        }
        Err(_) => Err("a character by number is none"),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_types, reason = "how long a refusal takes is measured")]
mod tests;
