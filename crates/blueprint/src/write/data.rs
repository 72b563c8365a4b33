//! Values in YAML: small ones on one line, larger ones below their key.

use super::scalar::{Within, folded, on_lines, on_one_line};
use crate::draft::Data;
use crate::ours::{Part, Text};
use std::fmt::Write;

/// How wide a line may become.
pub(super) const WIDTH: usize = 112;

/// How long a string may become before it is folded.
const LONG: usize = 150;

/// How many entries a map on one line may have.
const ENTRIES: usize = 6;

/// Whose braces stand in strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// Ours: those that are meant as text are marked.
    Ours,
    /// Somebody else's: all stand as they are.
    Theirs,
}

/// Writes `key: value` at this indentation, with the line's end.
pub(super) fn entry(out: &mut String, indent: usize, key: &str, value: &Data, braces: Braces) {
    let key = on_one_line(&literal(key, braces), Within::Flow);
    let _ = write!(out, "{:indent$}{key}:", "");
    below(out, indent, key.chars().count() + 1, value, braces);
}

/// Writes what follows a key or a dash: on the same line where it fits.
fn below(out: &mut String, indent: usize, used: usize, value: &Data, braces: Braces) {
    if let Data::Text(text) = value
        && let Some(lines) = on_lines(&written(text, braces), indent + 2)
    {
        let _ = writeln!(out, " {lines}");
        return;
    }
    if let (Data::Text(text), Braces::Ours) = (value, braces)
        && let Some(lines) = text.as_value().and_then(|expr| expr.on_lines(WIDTH.saturating_sub(indent + used + 6)))
    {
        let _ = writeln!(
            out,
            " >-\n{:within$}{{{{ {} }}}}",
            "",
            lines.join(&format!("\n{:within$}", "", within = indent + 2)),
            within = indent + 2
        );
        return;
    }
    if let Data::Text(text) = value
        && let Some(lines) = folded(&written(text, braces), indent + 2, LONG.saturating_sub(indent))
    {
        let _ = writeln!(out, " {lines}");
        return;
    }
    let is_scalar = !matches!(value, Data::List(_) | Data::Map(_));
    let within = if is_scalar { Within::Block } else { Within::Flow };
    if let Some(line) = inline(value, within, braces, 0)
        .filter(|line| is_scalar || value.is_empty() || indent + used + line.chars().count() < WIDTH)
    {
        let _ = writeln!(out, " {line}");
        return;
    }
    out.push('\n');
    match value {
        Data::Map(entries) => entries.iter().for_each(|(key, value)| entry(out, indent + 2, key, value, braces)),
        Data::List(items) => items.iter().for_each(|value| item(out, indent + 2, value, braces)),
        _ => {}
    }
}

/// Writes `- value` at this indentation.
pub(super) fn item(out: &mut String, indent: usize, value: &Data, braces: Braces) {
    let short = inline(value, Within::Flow, braces, 0).filter(|line| indent + line.chars().count() < WIDTH);
    match value {
        Data::Map(entries) if short.is_none() && !entries.is_empty() => {
            let mut lines = String::new();
            entries.iter().for_each(|(key, value)| entry(&mut lines, indent + 2, key, value, braces));
            dashed(out, indent, &lines);
        }
        _ => {
            let _ = write!(out, "{:indent$}-", "");
            below(out, indent, 1, value, braces);
        }
    }
}

/// Puts a dash before lines that are indented by two more.
pub(super) fn dashed(out: &mut String, indent: usize, lines: &str) {
    let rest = lines.get(indent + 2..).unwrap_or_default();
    let _ = write!(out, "{:indent$}- {rest}", "");
}

/// The value on one line, where it is small enough for that.
fn inline(value: &Data, within: Within, braces: Braces, depth: usize) -> Option<String> {
    Some(match value {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::Text(text) => {
            let written = written(text, braces);
            if depth > 0 && written.contains('\n') {
                return None;
            }
            on_one_line(&written, within)
        }
        Data::List(items) if items.is_empty() => "[]".to_owned(),
        Data::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Data::List(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| inline(item, Within::Flow, braces, depth + 1)).collect();
            format!("[{}]", items.filter(|_| depth < 2)?.join(", "))
        }
        Data::Map(entries) => {
            let entry = |(key, value): &(String, Data)| {
                let key = on_one_line(&literal(key, braces), Within::Flow);
                Some(format!("{key}: {}", inline(value, Within::Flow, braces, depth + 1)?))
            };
            let fits = depth < 2 && entries.len() <= ENTRIES;
            format!("{{ {} }}", entries.iter().map(entry).collect::<Option<Vec<_>>>().filter(|_| fits)?.join(", "))
        }
    })
}

fn written(text: &Text, braces: Braces) -> String {
    match braces {
        // Windows ends lines with two characters, of which one is enough.
        Braces::Ours => text.to_string().replace("\r\n", "\n"),
        Braces::Theirs => text
            .parts()
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Value(expr) => format!("{{{{ {expr} }}}}"),
            })
            .collect(),
    }
}

fn literal(key: &str, braces: Braces) -> String {
    if braces == Braces::Ours { Text::literal(key).to_string() } else { key.to_owned() }
}
