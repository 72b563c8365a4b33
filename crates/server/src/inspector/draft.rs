//! A scenario made of a request: the text to begin with for whoever wants to do something with such requests.

use super::content::content;
use super::record::Record;
use serde_json::Value;
use std::fmt::Write;
use triggers::webhook::learn;
use triggers::webhook::providers::{self, Provider};

/// How many fields of a body are taken up.
const MOST_FIELDS: usize = 30;

/// How many bytes a sample may have that is written into the text.
const LARGEST_SAMPLE: usize = 4_000;

/// The text of a scenario that takes requests like this one at `path`.
pub(crate) fn draft(record: &Record<'_>, path: &str) -> String {
    let body = content(record).unwrap_or_default();
    let mut text = format!("name: {}\n", quoted(&format!("Requests to {path}")));
    let _ = writeln!(text, "description: Made of a request that came in; change it to what you want to be done.\n");
    let _ = writeln!(text, "trigger:\n  webhook:\n    path: {}", quoted(path));
    let _ = writeln!(text, "    methods: [{}]", quoted(&record.method));
    if let Some(provider) = sender(record) {
        let _ = writeln!(text, "    verify: {{ {} }}", provider.example);
    }
    if body.is_object() {
        text.push_str("    input:\n");
        write(&mut text, &without_dialect(learn::schema([&body])), 6);
    }
    text.push_str("\nsteps:\n");
    fields(&mut text, &body);
    text.push_str("  - respond:\n      json: { received: true }\n");
    sample(&mut text, &body);
    text
}

/// The preset whose sender writes such header fields.
fn sender(record: &Record<'_>) -> Option<&'static Provider> {
    let has = |name: &&str| record.header(name).is_some();
    providers::all().find(|provider| provider.telltales.iter().any(has))
}

fn without_dialect(mut schema: Value) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.shift_remove("$schema");
    }
    schema
}

/// A step that gives names to the fields of the body.
fn fields(text: &mut String, body: &Value) {
    let Value::Object(map) = body else {
        text.push_str("  - id: request\n    set: \"{{ trigger.body }}\"\n");
        return;
    };
    text.push_str("  - id: request\n    set:\n");
    if map.is_empty() {
        text.push_str("      body: \"{{ trigger.body }}\"\n");
    }
    for name in map.keys().take(MOST_FIELDS) {
        let place = if is_identifier(name) {
            format!("trigger.body.{name}")
        } else {
            format!("trigger.body[{}]", script(name))
        };
        let _ = writeln!(text, "      {}: {}", quoted(name), quoted(&format!("{{{{ {place} }}}}")));
    }
}

/// A test with the request as its trigger.
fn sample(text: &mut String, body: &Value) {
    if body.is_null() || body.to_string().len() > LARGEST_SAMPLE || has_braces(body) {
        return;
    }
    text.push_str("\ntests:\n  - name: takes the request it was made of\n    trigger:\n      body:");
    write_value(text, body, 8);
    text.push_str("    expect:\n      response: { status: 200, json: { received: true } }\n");
}

/// Whether a text in it would be read as a template.
fn has_braces(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{"),
        Value::Array(items) => items.iter().any(has_braces),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains("{{") || has_braces(value)),
        _ => false,
    }
}

/// A map as a block of YAML, indented so far.
fn write(text: &mut String, value: &Value, indent: usize) {
    let Value::Object(map) = value else { return };
    for (name, value) in map {
        let _ = write!(text, "{:indent$}{}:", "", quoted(name));
        write_value(text, value, indent + 2);
    }
}

/// What stands behind a key: a block where it is a map with something in it, else JSON, which is YAML, too.
fn write_value(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            write(text, value, indent);
        }
        other => _ = writeln!(text, " {}", flow(other)),
    }
}

/// A value on one line. JSON is YAML but for the escapes of characters that YAML does not let stand by themselves.
fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(name, value)| format!("{}: {}", quoted(name), flow(value))).collect();
            if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
        }
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// A text as YAML writes it: bare where that is certain to mean the text, else in quotes.
fn quoted(text: &str) -> String {
    let is_plain = is_identifier(text)
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | "nan" | "inf"
        );
    if is_plain { text.to_owned() } else { script(text) }
}

/// A text in quotes, with everything escaped that is not certain to be printable.
fn script(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            letter if letter.is_alphanumeric() => quoted.push(letter),
            letter if u32::from(letter) <= 0xffff => _ = write!(quoted, "\\u{:04x}", u32::from(letter)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn is_identifier(name: &str) -> bool {
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && name.starts_with(|first: char| first.is_ascii_alphabetic())
}
