//! Changes of the text that mend a finding, and applying them.

use super::Place;
use serde::Serialize;

/// A change of a scenario's text that mends a finding without changing anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does, as an imperative without a final dot.
    pub title: String,
    /// What is replaced; no two of them touch.
    pub edits: Vec<Edit>,
}

/// A part of the text that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Where it begins.
    pub start: Place,
    /// Where it ends, exclusive.
    pub end: Place,
    /// What stands there instead.
    pub text: String,
    /// What stands there now; none: a plain value, which is put in quotes.
    #[serde(skip)]
    was: Option<String>,
}

/// A text after fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The new text.
    pub text: String,
    /// Which of the fixes were applied, by their position; others stood in the way of one before them.
    pub applied: Vec<usize>,
}

/// Applies fixes to the text they were found in. Each is applied as a whole or not at all.
pub fn apply(text: &str, fixes: &[&Fix]) -> Fixed {
    let source = Source::of(text);
    let mut taken: Vec<(usize, usize, &str)> = Vec::new();
    let mut applied = Vec::new();
    for (number, fix) in fixes.iter().enumerate() {
        let Some(ranges) = source.ranges(fix) else { continue };
        let is_free =
            |(start, end, _): &(usize, usize, &str)| taken.iter().all(|(from, to, _)| end <= from || to <= start);
        if ranges.iter().all(is_free) {
            taken.extend(ranges);
            applied.push(number);
        }
    }
    taken.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, new) in taken {
        out += &text[at..start];
        out += new;
        at = end;
    }
    out += &text[at..];
    Fixed { text: out, applied }
}

impl Fix {
    /// Replaces one word by another.
    pub(crate) fn replace(place: Place, was: &str, text: &str) -> Self {
        let end = match was.rsplit_once('\n') {
            None => Place { column: place.column + count(was), ..place },
            Some((before, last)) => Place { line: place.line + 1 + count_lines(before), column: 1 + count(last) },
        };
        let title = match text {
            "" => format!("take `{}` out", was.trim()),
            text => format!("write `{text}` for `{was}`"),
        };
        let edit = Edit { start: place, end, text: text.to_owned(), was: Some(was.to_owned()) };
        Self { title, edits: vec![edit] }
    }

    /// Puts the plain value that begins here in quotes.
    pub(crate) fn quote(place: Place) -> Self {
        let edit = Edit { start: place, end: place, text: String::new(), was: None };
        Self { title: String::new(), edits: vec![edit] }
    }

    /// The fix, where the text has what it would replace: quotes, escapes and aliases put other characters there than
    /// a finding knows of.
    pub(crate) fn settled(self, source: &Source<'_>) -> Option<Self> {
        if let [Edit { start, was: None, .. }] = self.edits.as_slice() {
            let value = source.plain_value(*start)?;
            return Some(Self::replace(*start, value, &format!("\"{value}\"")));
        }
        source.ranges(&self).is_some().then_some(self)
    }
}

/// A text whose places can be looked up.
pub(crate) struct Source<'t> {
    text: &'t str,
    /// The offset at which each line begins.
    lines: Vec<usize>,
}

impl<'t> Source<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, lines: std::iter::once(0).chain(ends).collect() }
    }

    /// The text from this place on.
    pub(crate) fn from(&self, place: Place) -> Option<&'t str> {
        self.offset(place).map(|offset| &self.text[offset..])
    }

    /// A line without its end, by its number from 1.
    pub(crate) fn line(&self, number: u32) -> Option<&'t str> {
        let rest = self.from(Place { line: number, column: 1 })?;
        rest.split('\n').next()
    }

    fn offset(&self, place: Place) -> Option<usize> {
        let start = *self.lines.get(place.line.checked_sub(1)? as usize)?;
        let column = place.column.checked_sub(1)? as usize;
        let line = &self.text[start..];
        // A byte order mark stands before the first column.
        let skipped = if start == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut characters = line[skipped..].char_indices().map(|(at, _)| at).chain([line.len() - skipped]);
        characters.nth(column).map(|at| start + skipped + at)
    }

    /// The bytes that each edit replaces; none where something else stands there.
    fn ranges<'f>(&self, fix: &'f Fix) -> Option<Vec<(usize, usize, &'f str)>> {
        let range = |edit: &'f Edit| {
            let (start, was) = (self.offset(edit.start)?, edit.was.as_deref()?);
            self.text[start..].starts_with(was).then(|| (start, start + was.len(), edit.text.as_str()))
        };
        fix.edits.iter().map(range).collect()
    }

    /// The number or word that begins here, up to the end of the value.
    fn plain_value(&self, place: Place) -> Option<&'t str> {
        let rest = self.from(place)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-._:".contains(c);
        let (value, after) = rest.split_at(rest.find(|c| !is_plain(c)).unwrap_or(rest.len()));
        let ends = after.is_empty() || after.starts_with([' ', '\t', '\r', '\n', ',', ']', '}']);
        (ends && !value.is_empty() && !value.ends_with(':')).then_some(value)
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn count_lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Place {
        Place { line, column }
    }

    #[test]
    fn fixes_are_applied_where_the_text_is_as_expected() {
        let text = "\u{feff}é: ab\nc: 12.5\n";
        let source = Source::of(text);
        let settle = |fix: Fix| fix.settled(&source);
        let word = settle(Fix::replace(at(1, 4), "ab", "cd")).unwrap();
        let number = settle(Fix::quote(at(2, 4))).unwrap();
        let fixed = apply(text, &[&number, &word]);
        assert_eq!((fixed.text.as_str(), fixed.applied), ("\u{feff}é: cd\nc: \"12.5\"\n", vec![0, 1]));
        assert_eq!(word.edits[0].end, at(1, 6));
        for (place, was) in [(at(1, 5), "ab"), (at(9, 1), "ab"), (at(2, 90), ""), (at(0, 0), "")] {
            assert_eq!(settle(Fix::replace(place, was, "x")), None, "{place:?}");
        }
        assert_eq!(settle(Fix::quote(at(2, 1))), None, "a key is no value");
    }

    #[test]
    fn of_two_that_touch_the_first_is_applied() {
        let text = "abc\n";
        let first = Fix::replace(at(1, 1), "ab", "x");
        let second = Fix::replace(at(1, 2), "bc", "y");
        let fixed = apply(text, &[&first, &second]);
        assert_eq!((fixed.text.as_str(), fixed.applied), ("xc\n", vec![0]));
    }

    #[test]
    fn a_line_can_be_taken_out() {
        let text = "a\nb\nc\n";
        let fix = Fix::replace(at(2, 1), "b\n", "").settled(&Source::of(text)).unwrap();
        assert_eq!((fix.edits[0].end, fix.title.as_str()), (at(3, 1), "take `b` out"));
        assert_eq!(apply(text, &[&fix]).text, "a\nc\n");
    }
}
