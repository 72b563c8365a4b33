//! Values as YAML that people like to read: short maps in one line, long ones in many, quotes where they are needed.

use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The longest line that is not broken where it could be.
const WIDTH: usize = 118;

/// Maps that are never written in one line.
const OPEN: [&str; 4] = ["actions", "connection", "fields", "parameters"];

/// Words that mean something else where they stand without quotes.
const RESERVED: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A map as a document.
pub(super) fn document(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    entries(map, 0, false, &mut out);
    out
}

/// A list of maps as a document, a line between each.
pub(super) fn list(items: &[Map<String, Value>]) -> String {
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let mut text = String::new();
        entries(item, 2, false, &mut text);
        out.push('-');
        out.push_str(&text[1..]);
    }
    out
}

fn entries(map: &Map<String, Value>, indent: usize, are_open: bool, out: &mut String) {
    for (name, value) in map {
        let pad = " ".repeat(indent);
        let key = scalar(name);
        let in_line = flow(value);
        let is_open = are_open || OPEN.contains(&name.as_str());
        match value {
            Value::Object(inner) if !inner.is_empty() && (is_open || !fits(&pad, &key, &in_line)) => {
                let _ = writeln!(out, "{pad}{key}:");
                entries(inner, indent + 2, name == "actions", out);
            }
            Value::Array(items) if !items.is_empty() && !fits(&pad, &key, &in_line) => {
                let _ = writeln!(out, "{pad}{key}:");
                items.iter().for_each(|item| self::item(item, indent + 2, out));
            }
            _ => {
                let _ = writeln!(out, "{pad}{key}: {in_line}");
            }
        }
    }
}

fn item(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let in_line = flow(value);
    match value {
        Value::Object(map) if !map.is_empty() && !fits(&pad, "-", &in_line) => {
            let mut text = String::new();
            entries(map, indent + 2, false, &mut text);
            let _ = write!(out, "{pad}- {}", &text[indent + 2..]);
        }
        _ => {
            let _ = writeln!(out, "{pad}- {in_line}");
        }
    }
}

fn fits(pad: &str, key: &str, value: &str) -> bool {
    pad.len() + key.chars().count() + value.chars().count() + 2 <= WIDTH
}

/// The value in one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", scalar(key), flow(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text: as it is where that can mean nothing else, else in quotes.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str) -> bool {
    let mut letters = text.chars().peekable();
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/');
    let reserved = RESERVED.contains(&text.to_ascii_lowercase().as_str());
    if !begins || reserved || text.ends_with([' ', ':']) {
        return false;
    }
    while let Some(letter) = letters.next() {
        let is_fine = match letter {
            ' ' | '_' | '.' | '/' | '-' | '(' | ')' | '\'' | '?' | '=' | '+' | '*' | '!' | '…' | '。' => true,
            // Before a space or nothing it would end a key.
            ':' => letters.peek().is_some_and(|next| *next == '/' || next.is_ascii_digit()),
            letter => letter.is_alphanumeric(),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

/// In double quotes, with everything escaped that does not show (YAML 1.2 §5.7).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if is_shown(letter) => out.push(letter),
            letter if u32::from(letter) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => {
                let _ = write!(out, "\\U{:08x}", u32::from(letter));
            }
        }
    }
    out.push('"');
    out
}

fn is_shown(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{1fff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2070}'..='\u{d7ff}' | '\u{f900}'..='\u{fdff}' | '\u{ff00}'..='\u{ffef}' | '\u{1f000}'..='\u{3fffd}')
        && !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::text;
    use serde_json::json;

    /// What could be taken for something else.
    const TEXTS: &[&str] = &[
        "",
        "a",
        "yes",
        "No",
        "null",
        "~",
        "1",
        "1.5",
        "0x1f",
        "012",
        "1_000",
        "a: b",
        "a #b",
        "- a",
        "? a",
        "{a}",
        "[a]",
        "a, b",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "'a'",
        "\"a\"",
        "a\\b",
        "a\nb",
        "\ta",
        " a",
        "a ",
        "a:",
        "a:1",
        "1:2",
        "https://a.example/x?y=1",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{fffe}",
        "\u{202e}",
        "😀",
        "訂單",
        "{{ a }}",
        "<<",
        "=",
        ".inf",
        "e1",
        "2026-01-01",
    ];

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut map = Map::new();
        for text in TEXTS {
            map.insert(format!("k{text}"), json!({ *text: [text, { *text: text }], "n": [null, true, 1, -2.5] }));
        }
        let long: Map<String, Value> = map.iter().map(|(key, value)| (key.repeat(9), value.clone())).collect();
        map.insert("actions".to_owned(), Value::Object(long));
        let written = document(&map);
        let read = text::parse(&written).unwrap_or_else(|(place, why)| panic!("{place:?} {why}\n{written}")).to_json();
        assert_eq!(read, Value::Object(map.clone()), "{written}");
        let written = list(&[map.clone(), map.clone()]);
        assert_eq!(text::parse(&written).unwrap().to_json(), json!([map, map]));
    }
}
