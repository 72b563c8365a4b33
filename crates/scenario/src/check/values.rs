//! Literal values: text, numbers, words, durations, sizes, names.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::duration;
use crate::expression::KEYWORDS;
use crate::text::{Node, Value};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// Names that mean something in every expression: what the engine puts there, and rhai's name for what is global. Its own
/// words are [`KEYWORDS`].
const RESERVED: &[&str] = &["trigger", "item", "index", "vars", "secrets", "env", "run", "error", "resume", "global"];

impl Checker<'_> {
    /// A text. Numbers and the like are not taken for one: what `1.10` becomes would surprise.
    pub(crate) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.wrong_kind(node, what, "text");
        }
        text
    }

    /// True or false.
    pub(crate) fn flag(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => {
                self.wrong_kind(node, what, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number of this range.
    pub(crate) fn whole(&mut self, node: &Node, what: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let Some(number) = node.number() else {
            self.wrong_kind(node, what, "a whole number");
            return None;
        };
        let found = number.as_u64().filter(|number| range.contains(number));
        if found.is_none() {
            let range = match (*range.start(), *range.end()) {
                (start, u64::MAX) => format!("a whole number of at least {start}"),
                (start, end) => format!("a whole number from {start} to {end}"),
            };
            self.report(Diagnostic::out_of_range(node.place, what, &range, &number.to_string()));
        }
        found
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.report(Diagnostic::unknown_word(node.place, what, text, &known));
        }
        found
    }

    /// A duration: `500ms`, `2s`, `5m`, `1h`, `7d`, or a number of seconds.
    pub(crate) fn duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        let found = match &node.value {
            Value::Number(number) => number.as_f64().and_then(duration::of_seconds),
            Value::Text(text) => duration::parse(text),
            _ => {
                self.wrong_kind(node, what, "a duration");
                return None;
            }
        };
        if found.is_none() {
            self.report(Diagnostic::not_a_duration(node.place, what, node.written(self.source)));
        }
        found
    }

    /// A duration that is not nothing.
    pub(crate) fn positive_duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        let duration = self.duration(node, what)?;
        if duration.is_zero() {
            self.report(Diagnostic::out_of_range(node.place, what, "longer than nothing", node.written(self.source)));
            return None;
        }
        Some(duration)
    }

    /// A size in bytes: `500kb`, `10mb`, or a number of bytes. The units are powers of 1,024.
    pub(crate) fn size(&mut self, node: &Node, what: &str) -> Option<u64> {
        let found = match &node.value {
            Value::Number(number) => number.as_u64(),
            Value::Text(text) => parse_size(text),
            _ => {
                self.wrong_kind(node, what, "a size");
                return None;
            }
        };
        let found = found.filter(|size| *size > 0);
        if found.is_none() {
            self.report(Diagnostic::not_a_size(node.place, what, node.written(self.source)));
        }
        found
    }

    /// A name that expressions can say, and that means nothing else there.
    pub(crate) fn identifier(&mut self, node: &Node, what: &str) -> Option<Arc<str>> {
        let name = self.text(node, what)?;
        if !is_plain(name) {
            self.report(Diagnostic::not_an_identifier(node.place, what, name));
            return None;
        }
        if is_reserved(name) {
            self.report(Diagnostic::reserved_name(node.place, what, name));
            return None;
        }
        Some(name.into())
    }
}

/// Whether steps and loops may be called so.
pub fn is_identifier(name: &str) -> bool {
    is_plain(name) && !is_reserved(name)
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || KEYWORDS.contains(&name)
}

fn is_plain(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let letters = name.contains(|c: char| c.is_ascii_alphanumeric());
    begins && letters && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim_start() {
        "b" => 1,
        "kb" => 1 << 10,
        "mb" => 1 << 20,
        "gb" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}
