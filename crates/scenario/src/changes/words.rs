//! How values and names are written into sentences.

use super::values::Difference;
use crate::text::{Node, Value};
use std::collections::HashMap;

/// Texts that are longer, or have several lines, are not shown whole.
const LONGEST: usize = 80;

impl Node {
    /// The value without quotes, shortened.
    pub(super) fn plain(&self) -> String {
        match self.text() {
            Some(text) => shortened(text),
            None => shortened(&self.to_json().to_string()),
        }
    }
}

/// The value as it would stand in a sentence: texts in quotes.
pub(super) fn quoted(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => format!("\"{}\"", shortened(text)),
        Value::Null => "nothing".to_owned(),
        _ => node.plain(),
    }
}

/// A part of the text: `` `total > 0` ``.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", shortened(text))
}

/// That a value came, went, or became another.
pub(super) fn changed(what: &str, before: Option<&Node>, after: Option<&Node>) -> String {
    match (before, after) {
        (Some(was), Some(is)) => match (was.text(), is.text()) {
            (Some(was), Some(is)) if is_long(was) || is_long(is) => format!("{what} was rewritten: {}", lines(was, is)),
            _ => format!("{what}: {} → {}", quoted(was), quoted(is)),
        },
        (None, Some(is)) => format!("{what} is {} now", quoted(is)),
        (Some(was), None) => format!("{what} was taken out; it was {}", quoted(was)),
        (None, None) => format!("{what} changed"),
    }
}

/// What one difference is, of something that is called so.
pub(super) fn told(what: &str, one: &Difference<'_>) -> String {
    match (one.is_item, one.before, one.after) {
        (true, None, Some(is)) => format!("{what} has {} now, too", quoted(is)),
        (true, Some(was), None) => format!("{what} no longer has {}", quoted(was)),
        _ => changed(what, one.before, one.after),
    }
}

/// How many lines of a text came and went.
pub(super) fn lines(was: &str, is: &str) -> String {
    match (missing(is, was), missing(was, is)) {
        (0, 0) => "its lines stand in another order".to_owned(),
        (new, 0) => format!("{} new", count(new, "line")),
        (0, gone) => format!("{} gone", count(gone, "line")),
        (new, gone) => format!("{} new, {gone} gone", count(new, "line")),
    }
}

/// How many lines of a text are not, or less often, among those of another.
fn missing(from: &str, among: &str) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    among.lines().for_each(|line| *left.entry(line).or_default() += 1);
    let is_missing = |line: &str| match left.get_mut(line) {
        Some(times @ 1..) => {
            *times -= 1;
            false
        }
        _ => true,
    };
    from.lines().map(is_missing).filter(|missing| *missing).count()
}

/// `1 step`, `3 steps`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn is_long(text: &str) -> bool {
    text.trim_end().contains('\n') || text.chars().count() > LONGEST
}

fn shortened(text: &str) -> String {
    let line = text.trim_end().replace('\n', " ⏎ ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}
