//! The tree of parts that a message is (RFC 2046), walked within bounds.

use crate::head::{Head, split};

/// So many parts are told apart; what is left is not looked into.
const MOST_PARTS: usize = 1_000;
/// So deep are parts looked into.
const DEEPEST: usize = 30;
/// So much header is read over all parts, in bytes: short fields take many times their length in memory.
const MOST_HEAD: usize = 1024 * 1024;

/// A part, and its body as it came.
pub(crate) struct Part<'a> {
    pub(crate) head: Head,
    /// What it is, where it says nothing.
    usual: &'static str,
    pub(crate) body: Body<'a>,
}

/// What a part is made of.
pub(crate) enum Body<'a> {
    /// Bytes, made fit for transfer.
    Bytes(&'a [u8]),
    /// Other parts.
    Parts(Vec<Part<'a>>),
}

/// What is left of the bounds, and what of the message was left out for their sake.
pub(crate) struct Budget {
    parts: usize,
    head: usize,
    pub(crate) notes: Vec<&'static str>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { parts: MOST_PARTS, head: MOST_HEAD, notes: Vec::new() }
    }
}

impl Budget {
    /// Something was left out.
    pub(crate) fn note(&mut self, what: &'static str) {
        if !self.notes.contains(&what) {
            self.notes.push(what);
        }
    }

    fn head(&mut self, fields: &[u8], hint: Option<&str>) -> Head {
        let fields = if fields.len() > self.head {
            self.note("headers are longer than is read");
            &fields[..self.head]
        } else {
            fields
        };
        self.head -= fields.len();
        let head = Head::read(fields, hint);
        if head.is_cut {
            self.note("headers are longer than is read");
        }
        head
    }
}

impl Part<'_> {
    /// Its media type: what it says, or what it is where it says nothing that can be understood.
    pub(crate) fn media_type(&self) -> String {
        self.head.media_type().unwrap_or_else(|| self.usual.to_owned())
    }
}

/// The part that these bytes are.
pub(crate) fn read<'a>(bytes: &'a [u8], hint: Option<&str>, budget: &mut Budget) -> Part<'a> {
    read_as(bytes, "text/plain", hint, 0, budget)
}

fn read_as<'a>(
    bytes: &'a [u8],
    usual: &'static str,
    hint: Option<&str>,
    depth: usize,
    budget: &mut Budget,
) -> Part<'a> {
    let (fields, rest) = split(bytes);
    let head = budget.head(fields, hint);
    let mut part = Part { head, usual, body: Body::Bytes(rest) };
    let media_type = part.media_type();
    let boundary = part.head.parameter("boundary").map(|it| it.trim_end().as_bytes()).filter(|it| !it.is_empty());
    let Some(boundary) = boundary.filter(|_| media_type.starts_with("multipart/")) else { return part };
    if depth >= DEEPEST {
        budget.note("parts are nested deeper than is looked into");
        return part;
    }
    let usual = if media_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
    let mut parts = Vec::new();
    for piece in pieces(rest, boundary) {
        if budget.parts == 0 {
            budget.note("there are more parts than are looked into");
            break;
        }
        budget.parts -= 1;
        parts.push(read_as(piece, usual, hint, depth + 1, budget));
    }
    // A boundary that is never met leaves everything in one piece, which is better shown than lost.
    if !parts.is_empty() {
        part.body = Body::Parts(parts);
    }
    part
}

/// The bytes between the lines that are boundaries. What comes before the first and after the last is for nobody.
fn pieces<'a>(bytes: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut begin: Option<usize> = None;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(kind) = border(line, boundary) {
            // The line break before a boundary belongs to it.
            if let Some(begin) = begin {
                let piece = &bytes[begin..at.max(begin)];
                let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
                pieces.push(piece.strip_suffix(b"\r").unwrap_or(piece));
                // Each piece costs memory; what comes after so many is not looked into.
                if pieces.len() > MOST_PARTS {
                    return pieces;
                }
            }
            begin = (kind == Border::Between).then_some(at + line.len());
            if kind == Border::Last {
                return pieces;
            }
        }
        at += line.len();
    }
    // The end is missing where a mail was cut off.
    if let Some(begin) = begin.filter(|begin| *begin < bytes.len()) {
        pieces.push(&bytes[begin..]);
    }
    pieces
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    Between,
    Last,
}

/// Whether the line is a boundary, and which.
fn border(line: &[u8], boundary: &[u8]) -> Option<Border> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    match rest.strip_prefix(b"--") {
        Some(rest) if rest.trim_ascii().is_empty() => Some(Border::Last),
        _ => rest.trim_ascii().is_empty().then_some(Border::Between),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_whole_lines() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<_> = pieces(text.as_bytes(), b"b").into_iter().map(String::from_utf8_lossy).collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("x\r\n--b\r\none\r\n--b  \r\ntwo\r\n\r\n--b--\r\ny", &["one", "two\r\n"]);
        check("--b\nnot --b and --bb\n--b--", &["not --b and --bb"]);
        check("--b\ncut", &["cut"]);
        check("--b\n--b\n--b--", &["", ""]);
        check("none", &[]);
        check("--b--\n--b\nx", &[]);
    }
}
