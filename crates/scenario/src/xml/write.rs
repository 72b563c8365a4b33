//! A value as an XML document, in the form that [`read`](super::read) gives.

use serde_json::{Map, Value};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// In one line.
    Compact,
    /// With line breaks, and two blanks for each level.
    Indented,
}

/// The document of a map with one entry, the root element. The error says what cannot be written.
pub(crate) fn write(document: &Map<String, Value>, layout: Layout) -> Result<String, String> {
    let mut entries = document.iter();
    let (Some((name, root)), None) = (entries.next(), entries.next()) else {
        return Err(format!("a document is a map with one key, the root element, not with {}", document.len()));
    };
    if root.is_array() {
        return Err("the root element stands once, so it cannot be a list".into());
    }
    let mut writer = Writer { xml: String::new(), layout };
    writer.element(name, root, 0)?;
    Ok(writer.xml)
}

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Element,
    Attribute,
}

struct Writer {
    xml: String,
    layout: Layout,
}

impl Writer {
    fn element(&mut self, name: &str, value: &Value, level: usize) -> Result<(), String> {
        if let Value::Array(items) = value {
            return items.iter().try_for_each(|item| match item {
                Value::Array(_) => Err(format!("`{name}` has lists in a list, and XML has no such thing")),
                item => self.element(name, item, level),
            });
        }
        if !is_name(name) {
            return Err(format!("`{name}` cannot be the name of an element"));
        }
        self.line(level);
        self.xml.push('<');
        self.xml.push_str(name);
        match value {
            Value::Object(members) => self.members(name, members, level),
            value => self.text_element(name, value),
        }
    }

    fn text_element(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let text = plain(name, value)?;
        if text.is_empty() {
            self.xml.push_str("/>");
            return Ok(());
        }
        self.xml.push('>');
        self.escaped(name, &text, Within::Element)?;
        self.close(name);
        Ok(())
    }

    fn members(&mut self, name: &str, members: &Map<String, Value>, level: usize) -> Result<(), String> {
        for (key, value) in members {
            let Some(attribute) = key.strip_prefix('@').filter(|_| !value.is_null()) else { continue };
            if !is_name(attribute) {
                return Err(format!("`{attribute}` cannot be the name of an attribute"));
            }
            self.xml.push(' ');
            self.xml.push_str(attribute);
            self.xml.push_str("=\"");
            self.escaped(attribute, &plain(attribute, value)?, Within::Attribute)?;
            self.xml.push('"');
        }
        let text = members.get("#text").map_or(Ok(String::new()), |text| plain("#text", text))?;
        let children = || members.iter().filter(|(key, _)| !key.starts_with('@') && *key != "#text");
        if text.is_empty() && children().next().is_none() {
            self.xml.push_str("/>");
            return Ok(());
        }
        self.xml.push('>');
        self.escaped(name, &text, Within::Element)?;
        let mut nested = false;
        for (key, value) in children() {
            let before = self.xml.len();
            self.element(key, value, level + 1)?;
            nested |= self.xml.len() > before;
        }
        if nested {
            self.line(level);
        }
        self.close(name);
        Ok(())
    }

    fn close(&mut self, name: &str) {
        self.xml.push_str("</");
        self.xml.push_str(name);
        self.xml.push('>');
    }

    fn line(&mut self, level: usize) {
        if self.layout == Layout::Indented && !self.xml.is_empty() {
            self.xml.push('\n');
            self.xml.push_str(&"  ".repeat(level));
        }
    }

    /// The text with what means something in XML as entities. Blanks that readers would change are written by number
    /// (XML 1.0 §2.11, §3.3.3).
    fn escaped(&mut self, name: &str, text: &str, within: Within) -> Result<(), String> {
        for char in text.chars() {
            match char {
                '&' => self.xml.push_str("&amp;"),
                '<' => self.xml.push_str("&lt;"),
                '>' => self.xml.push_str("&gt;"),
                '"' => self.xml.push_str("&quot;"),
                '\r' => self.xml.push_str("&#13;"),
                '\t' if within == Within::Attribute => self.xml.push_str("&#9;"),
                '\n' if within == Within::Attribute => self.xml.push_str("&#10;"),
                '\t' | '\n' => self.xml.push(char),
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    return Err(format!("the text of `{name}` has a character that XML cannot have: {char:?}"));
                }
                char => self.xml.push(char),
            }
        }
        Ok(())
    }
}

/// The text of a value that has no parts.
fn plain(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Array(_) | Value::Object(_) => Err(format!("`{name}` is a text, not a list or a map")),
    }
}

/// What may be a name: letters, digits, `.`, `-`, `_` and the colon of a prefix; a digit, dot or hyphen not in front
/// (XML 1.0 §2.3, where other alphabets are drawn more finely).
fn is_name(name: &str) -> bool {
    let first = |char: char| char.is_alphabetic() || matches!(char, '_' | ':');
    name.starts_with(first) && name.chars().all(|char| first(char) || char.is_alphanumeric() || ".-".contains(char))
}
