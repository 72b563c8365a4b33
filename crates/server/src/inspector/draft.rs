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

/// What the webhook says to which a request came, as its scenario has it: secrets by their names.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// `verify:`.
    pub(crate) verify: Option<Value>,
    /// `each:`.
    pub(crate) each: Option<Value>,
}

impl Said {
    /// What the webhook of this number, counted from 0 among the webhooks, says in the text of a scenario.
    pub(crate) fn of(text: &str, number: usize) -> Self {
        let mut scenario = scenario::value(text).unwrap_or_default();
        let triggers = match scenario.get_mut("trigger").map(Value::take) {
            Some(Value::Array(triggers)) => triggers,
            trigger => trigger.into_iter().collect(),
        };
        let mut webhooks = triggers.into_iter().filter_map(|mut trigger| trigger.get_mut("webhook").map(Value::take));
        let mut webhook = webhooks.nth(number).unwrap_or_default();
        let mut said = |key: &str| webhook.get_mut(key).map(Value::take);
        Self { verify: said("verify"), each: said("each") }
    }
}

/// The text of a scenario that takes requests like this one at `path`, in canonical form.
pub(crate) fn draft(record: &Record<'_>, path: &str, said: &Said) -> String {
    let text = written(record, path, said);
    scenario::format::format(&text).unwrap_or(text)
}

fn written(record: &Record<'_>, path: &str, said: &Said) -> String {
    let body = content(record).unwrap_or_default();
    let mut text = format!("name: {}\n", quoted(&format!("Requests to {path}")));
    let _ = writeln!(text, "description: Made of a request that came in; change it to what you want to be done.\n");
    let _ = writeln!(text, "trigger:\n  webhook:\n    path: {}", quoted(path));
    let _ = writeln!(text, "    methods: [{}]", quoted(&record.method));
    match (&said.verify, sender(record)) {
        (Some(verify), _) => _ = writeln!(text, "    verify: {}", flow(verify)),
        (None, Some(provider)) => _ = writeln!(text, "    verify: {{ {} }}", provider.example),
        (None, None) => {}
    }
    if let Some(each) = &said.each {
        let _ = writeln!(text, "    each: {}", flow(each));
    }
    if body.is_object() {
        text.push_str("    input:\n");
        write(&mut text, &without_dialect(learn::schema([&body])), 6);
    }
    text.push_str("\nsteps:\n");
    fields(&mut text, &body);
    // Who sends items to run one by one is told that all are taken, so no run has anybody to answer.
    let is_heard = said.each.is_none();
    if is_heard {
        text.push_str("  - respond:\n      json: { received: true }\n");
    }
    text.push_str("  - return: \"{{ request }}\"\n");
    sample(
        &mut text,
        &body,
        if is_heard { "response: { status: 200, json: { received: true } }" } else { "ends: returned" },
    );
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
fn sample(text: &mut String, body: &Value, expected: &str) {
    if body.is_null() || body.to_string().len() > LARGEST_SAMPLE || has_braces(body) {
        return;
    }
    text.push_str("\ntests:\n  - name: takes the request it was made of\n    trigger:\n      body:");
    write_value(text, body, 8);
    let _ = writeln!(text, "    expect:\n      {expected}");
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
