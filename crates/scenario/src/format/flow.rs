//! Flow collections on one line: `{ a: 1, b: [2, 3] }`.

use super::order::{self, Shape};
use super::scalar::end_of_quoted;
use std::collections::HashSet;

/// No flow collection nests deeper: others are left alone.
const MAX_DEPTH: usize = 32;

/// A value in a flow collection.
enum Flow<'t> {
    /// As written.
    Scalar(&'t str),
    List(Vec<Flow<'t>>),
    Map(Vec<(&'t str, Option<Flow<'t>>)>),
}

/// The collection with even spaces and its keys in order; none where it is no collection, or one with something in it
/// that is better left alone.
pub(super) fn tidy(head: &str, shape: Option<&'static Shape>) -> Option<String> {
    let mut reader = Reader { text: head, at: 0 };
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.at < head.len() || matches!(value, Flow::Scalar(_)) {
        return None;
    }
    let mut out = String::with_capacity(head.len());
    write(value, shape, &mut out);
    Some(out)
}

/// The parts of a collection as they are written: entries with their keys, or items, whose keys are empty. None where
/// it is no collection, or one with something in it that is better left alone.
pub(crate) fn parts(head: &str) -> Option<(Collection, Vec<(&str, &str)>)> {
    let mut reader = Reader { text: head, at: 0 };
    let (collection, end) = match head.chars().next()? {
        '{' => (Collection::Map, '}'),
        '[' => (Collection::List, ']'),
        _ => return None,
    };
    reader.at = 1;
    let mut parts = Vec::new();
    if reader.take(end).is_none() {
        loop {
            reader.skip_blanks();
            let key = match collection {
                Collection::Map => reader.scalar()?,
                Collection::List => "",
            };
            if collection == Collection::Map {
                reader.take(':')?;
            }
            reader.skip_blanks();
            let begin = reader.at;
            reader.value(1)?;
            parts.push((key, head[begin..reader.at].trim_end()));
            if reader.take(end).is_some() {
                break;
            }
            reader.take(',')?;
        }
    }
    reader.skip_blanks();
    (reader.at == head.len()).then_some((collection, parts))
}

/// What a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collection {
    Map,
    List,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.skip_blanks();
        self.rest().starts_with(wanted).then(|| self.at += wanted.len_utf8())
    }

    fn value(&mut self, depth: usize) -> Option<Flow<'t>> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_blanks();
        match self.rest().chars().next()? {
            '[' => self.list(depth),
            '{' => self.map(depth),
            _ => self.scalar().map(Flow::Scalar),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Flow<'t>> {
        self.take('[')?;
        let mut items = Vec::new();
        if self.take(']').is_some() {
            return Some(Flow::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(']').is_some() {
                return Some(Flow::List(items));
            }
            self.take(',')?;
        }
    }

    fn map(&mut self, depth: usize) -> Option<Flow<'t>> {
        self.take('{')?;
        let mut entries = Vec::new();
        if self.take('}').is_some() {
            return Some(Flow::Map(entries));
        }
        loop {
            self.skip_blanks();
            let key = self.scalar()?;
            self.skip_blanks();
            let value = match self.take(':') {
                Some(()) => Some(self.value(depth + 1)?),
                None => None,
            };
            entries.push((key, value));
            if self.take('}').is_some() {
                return Some(Flow::Map(entries));
            }
            self.take(',')?;
        }
    }

    /// A quoted or plain text. Anchors, tags and comments are left to those who know them.
    fn scalar(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let length = match rest.chars().next()? {
            '"' | '\'' => end_of_quoted(rest)?,
            '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '#' | '?' | '{' | '[' | '}' | ']' | ',' => return None,
            '<' if rest.starts_with("<<") => return None,
            _ => plain_length(rest)?,
        };
        let scalar = rest[..length].trim_end();
        self.at += length;
        (!scalar.is_empty()).then_some(scalar)
    }
}

/// How long a plain text in a flow collection is (YAML 1.2, 7.3.3).
fn plain_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b',' | b']' | b'}' => return Some(at),
            b'{' | b'[' => return None,
            b':' if matches!(bytes.get(at + 1), None | Some(b' ' | b'\t' | b',' | b']' | b'}' | b'{' | b'[')) => {
                return Some(at);
            }
            b'#' if at > 0 && matches!(bytes[at - 1], b' ' | b'\t') => return None,
            _ => {}
        }
    }
    None
}

fn write(value: Flow<'_>, shape: Option<&'static Shape>, out: &mut String) {
    match value {
        Flow::Scalar(text) => out.push_str(text),
        Flow::List(items) => {
            out.push('[');
            for (position, item) in items.into_iter().enumerate() {
                out.push_str(if position > 0 { ", " } else { "" });
                write(item, shape, out);
            }
            out.push(']');
        }
        Flow::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Flow::Map(entries) => {
            for (position, (key, value)) in sorted(entries, shape).into_iter().enumerate() {
                out.push_str(if position > 0 { ", " } else { "{ " });
                out.push_str(key);
                if let Some(value) = value {
                    out.push_str(": ");
                    write(value, order::below(shape, key), out);
                }
            }
            out.push_str(" }");
        }
    }
}

type Entries<'t> = Vec<(&'t str, Option<Flow<'t>>)>;

fn sorted<'t>(mut entries: Entries<'t>, shape: Option<&'static Shape>) -> Entries<'t> {
    let mut seen = HashSet::new();
    if let Some(shape) = shape
        && entries.iter().all(|(key, _)| seen.insert(*key))
    {
        entries.sort_by_key(|(key, _)| order::rank(shape, key));
    }
    entries
}
