//! Comments: those of both stay, and conflicts are told by new ones.

use super::alone;
use crate::format::tree::{Below, Row, Trivia, Value};
use crate::format::write;

/// How many lines of what the other text says are shown.
const SHOWN: usize = 12;

/// How wide such a line becomes.
const WIDTH: usize = 160;

/// Ours, without what theirs took out, with what theirs added.
pub(super) fn merged(base: &[Trivia], ours: &[Trivia], theirs: &[Trivia]) -> Vec<Trivia> {
    let is_comment = |it: &&Trivia| **it != Trivia::Blank;
    let gone = |it: &&Trivia| is_comment(it) && base.contains(it) && !theirs.contains(it);
    let new = |it: &&Trivia| is_comment(it) && !base.contains(it) && !ours.contains(it);
    ours.iter().filter(|it| !gone(it)).chain(theirs.iter().filter(new)).cloned().collect()
}

/// What somebody has written about a row that goes: every comment on and in it that was not there before.
pub(super) fn left_behind(base: &Row, ours: &Row) -> Vec<Trivia> {
    let known = all(base);
    all(ours).into_iter().filter(|comment| !known.contains(comment)).map(Trivia::Comment).collect()
}

/// Every comment on and in a row.
fn all(row: &Row) -> Vec<String> {
    fn of_trivia(list: &[Trivia], found: &mut Vec<String>) {
        for trivia in list {
            if let Trivia::Comment(text) = trivia {
                found.push(text.clone());
            }
        }
    }
    fn of_value(value: &Value, found: &mut Vec<String>) {
        if !value.comment.is_empty() {
            found.push(value.comment.trim_start().to_owned());
        }
        if let Below::Block(block) = &value.below {
            for row in block.rows.list() {
                of_trivia(&row.leading, found);
                of_value(&row.value, found);
            }
            of_trivia(&block.tail, found);
        }
    }
    let mut found = Vec::new();
    of_trivia(&row.leading, &mut found);
    of_value(&row.value, &mut found);
    found
}

/// A conflict in words, with what the other text says.
pub(super) fn about(what: &str, theirs: Option<(&str, &Value)>) -> Vec<Trivia> {
    let mut lines = vec![format!("# Imported anew: {what}.")];
    if let Some((key, value)) = theirs {
        let text = write::document(&alone(key, value));
        let mut shown = text.lines().filter(|line| !line.trim().is_empty());
        let cut = |line: &str| match line.char_indices().nth(WIDTH) {
            Some((at, _)) => format!("#   {}…", &line[..at]),
            None => format!("#   {line}"),
        };
        lines.extend(shown.by_ref().take(SHOWN).map(cut));
        if shown.next().is_some() {
            lines.push("#   …".to_owned());
        }
    }
    lines.into_iter().map(Trivia::Comment).collect()
}
