//! That nothing was lost: the formatted text means what the text meant, and is made of the same characters and the
//! same comments.

use crate::text::{self, Node};

/// Whether the formatted text holds what the text held, which reads as `before`.
pub(super) fn holds_the_same(text: &str, before: &Node, formatted: &str) -> bool {
    let Ok(after) = text::read(formatted) else { return false };
    // Maps are compared without their order: that of known keys means nothing, and no other is changed.
    before.to_json() == after.to_json() && characters(text) == characters(formatted) && words(text) == words(formatted)
}

/// Every character but white space, sorted.
fn characters(text: &str) -> Vec<char> {
    let mut all: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).collect();
    all.sort_unstable();
    all
}

/// The lines and ends of lines that begin with `#`, sorted: comments, and now and then a line of a text.
fn words(text: &str) -> Vec<&str> {
    let begin = |line: &'_ str| {
        let bytes = line.as_bytes();
        (0..bytes.len()).find(|&at| bytes[at] == b'#' && (at == 0 || bytes[at - 1].is_ascii_whitespace()))
    };
    let mut all: Vec<&str> = text.lines().filter_map(|line| Some(line[begin(line)?..].trim_end())).collect();
    all.sort_unstable();
    all
}
