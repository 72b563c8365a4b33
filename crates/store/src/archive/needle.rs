//! A text to look for in journals, in all the ways in which it may be written there.

use super::grams;
use memchr::memmem::Finder;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A text to look for: as it is, as a JSON string has it (`"` as `\"`, and where a writer chose so, `/` as `\/` and `ü`
/// as `\u00fc`). ASCII letters are found in either case, other letters as typed, in all lower and in all upper case.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    spellings: Vec<Spelling>,
}

/// One way in which the text may be written, in lower case as far as it is ASCII.
#[derive(Clone, Debug)]
struct Spelling {
    finder: Finder<'static>,
    grams: Vec<u32>,
}

/// What a writer of JSON escapes beyond what it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Escapes {
    slash: Choice,
    beyond_ascii: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Plain,
    Escaped,
}

impl Needle {
    /// A needle of this text; none of an empty one, which is everywhere.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let cases = [text.to_owned(), text.to_lowercase(), text.to_uppercase()];
        let spellings: BTreeSet<String> = cases.iter().flat_map(|text| written(text)).collect();
        let spellings = spellings.into_iter().filter(|spelling| !spelling.is_empty()).map(|spelling| Spelling {
            finder: Finder::new(&spelling).into_owned(),
            grams: grams::grams(spelling.as_bytes()).collect(),
        });
        let spellings: Vec<Spelling> = spellings.collect();
        (!spellings.is_empty()).then_some(Self { spellings })
    }

    /// Whether the text is in a piece of a journal. `scratch` is overwritten; passing the same again saves memory.
    pub(crate) fn is_in(&self, piece: &[u8], scratch: &mut Vec<u8>) -> bool {
        scratch.clear();
        scratch.extend_from_slice(piece);
        scratch.make_ascii_lowercase();
        self.spellings.iter().any(|spelling| spelling.finder.find(scratch).is_some())
    }

    /// Whether the text is in these bytes, in lower case already.
    pub(super) fn occurs(&self, lower: &[u8]) -> bool {
        self.spellings.iter().any(|spelling| spelling.finder.find(lower).is_some())
    }

    /// Whether filters can tell anything: each way of writing the text is long enough.
    pub(super) fn is_filtered(&self) -> bool {
        self.spellings.iter().all(|spelling| !spelling.grams.is_empty())
    }

    /// Whether the text may be in the block that has this filter.
    pub(super) fn may_be_in(&self, filter: &[u8]) -> bool {
        self.spellings.iter().any(|spelling| grams::may_hold(filter, &spelling.grams))
    }
}

/// The text as it is and as JSON writers have it, in lower case as far as it is ASCII.
fn written(text: &str) -> impl Iterator<Item = String> + '_ {
    use Choice::{Escaped, Plain};
    let choices = [(Plain, Plain), (Escaped, Plain), (Plain, Escaped), (Escaped, Escaped)];
    let escaped = choices.into_iter().map(|(slash, beyond_ascii)| escape(text, Escapes { slash, beyond_ascii }));
    std::iter::once(text.to_owned()).chain(escaped).map(|text| text.to_ascii_lowercase())
}

/// The text inside a JSON string (RFC 8259 §7).
fn escape(text: &str, escapes: Escapes) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' if escapes.slash == Choice::Escaped => out.push_str("\\/"),
            c if c < ' ' => push_units(&mut out, c),
            c if !c.is_ascii() && escapes.beyond_ascii == Choice::Escaped => push_units(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// A character as `\u` and four digits, two times where UTF-16 has it so.
fn push_units(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        write!(out, "\\u{unit:04x}").expect("a string takes what is written to it");
    }
}
