//! Where the characters of a decoded scalar stand in the text: quotes, escapes, indentation and folded lines lie
//! between the two.

use crate::diagnostic::Place;
use std::cell::OnceCell;

/// The places of a scalar's decoded characters, found when first asked for.
pub(crate) struct Places<'n> {
    written: &'n str,
    start: Place,
    decoded: &'n str,
    /// Whether the characters stand in the source just as they were decoded.
    verbatim: bool,
    table: OnceCell<Vec<Place>>,
}

impl<'n> Places<'n> {
    /// For the scalar that stands at `bytes` of the source, begins at `start` and was decoded to `decoded`.
    pub(super) fn new(source: &'n str, bytes: (usize, usize), start: Place, decoded: &'n str) -> Self {
        let written = source.get(bytes.0..bytes.0 + bytes.1).unwrap_or_default();
        let verbatim = !written.contains(['\n', '\\']) && !written.contains("''");
        Self { written, start, decoded, verbatim, table: OnceCell::new() }
    }

    /// The place of the decoded character at this offset, in characters.
    pub(crate) fn at(&self, offset: usize) -> Place {
        if self.verbatim {
            let quote = u32::from(self.written.starts_with(['"', '\'']));
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            return Place { column: self.start.column.saturating_add(quote).saturating_add(offset), ..self.start };
        }
        let table = self.table.get_or_init(|| align(self.written, self.start, self.decoded));
        table.get(offset).or(table.last()).copied().unwrap_or(self.start)
    }
}

/// The place of each decoded character, and of the end. Walks the written and the decoded text side by side: where
/// they differ, what was written is an escape, a folded line end or indentation.
fn align(written: &str, start: Place, decoded: &str) -> Vec<Place> {
    let indent = start.column.saturating_sub(1);
    let mut raw = Cursor { rest: written, place: start };
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    if quote.is_some() {
        raw.step();
    }
    let mut table = Vec::with_capacity(decoded.len() + 1);
    for wanted in decoded.chars() {
        raw.skip_to(wanted, quote);
        table.push(raw.place);
        raw.pass(wanted, quote, indent);
    }
    table.push(raw.place);
    table
}

/// A position in the written text.
struct Cursor<'w> {
    rest: &'w str,
    place: Place,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn step(&mut self) {
        let Some(c) = self.peek() else { return };
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
    }

    /// Passes over white space and escaped line ends that were written but stand for nothing.
    fn skip_to(&mut self, wanted: char, quote: Option<char>) {
        loop {
            match self.peek() {
                Some('\\') if quote == Some('"') && self.rest[1..].starts_with(['\n', '\r']) => {
                    self.step();
                    while self.peek().is_some_and(char::is_whitespace) {
                        self.step();
                    }
                }
                Some(c) if c == wanted => return,
                Some('\n') if wanted == ' ' => return,
                Some(c) if c.is_whitespace() => self.step(),
                _ => return,
            }
        }
    }

    /// Passes over what was written for one decoded character.
    fn pass(&mut self, wanted: char, quote: Option<char>, indent: u32) {
        match self.peek() {
            Some('\\') if quote == Some('"') => (0..escape_length(self.rest)).for_each(|_| self.step()),
            Some('\'') if quote == Some('\'') && wanted == '\'' => (0..2).for_each(|_| self.step()),
            Some('\n') => {
                self.step();
                while self.place.column <= indent && self.peek() == Some(' ') {
                    self.step();
                }
            }
            Some(_) => self.step(),
            None => {}
        }
    }
}

/// How many characters the escape at the beginning of a double-quoted text takes (YAML 1.2, 5.7).
fn escape_length(rest: &str) -> usize {
    match rest.chars().nth(1) {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        _ => 2,
    }
}
