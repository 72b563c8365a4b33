//! From the outline to text.

use super::order::{self, Shape};
use super::tree::{Below, Block, Document, Row, Rows, Trivia, Value, Verbatim};

/// By how many spaces each level is indented.
const INDENT: usize = 2;

/// The text of a document.
pub(crate) fn document(document: &Document) -> String {
    let mut writer = Writer { out: String::new(), kept_end: usize::MAX };
    for line in &document.prologue {
        writer.line(0, line);
    }
    writer.trivia(&document.header, 0);
    writer.block(&document.block, 0, Some(&order::SCENARIO), Begin::Line);
    writer.out
}

struct Writer {
    out: String,
    /// Where a text ended whose value a blank line would become a part of.
    kept_end: usize,
}

/// Where a block begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// On a line of its own.
    Line,
    /// Behind a dash.
    Dash,
}

impl Writer {
    fn line(&mut self, indent: usize, text: &str) {
        self.indent(indent);
        self.out += text;
        self.out.push('\n');
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn trivia(&mut self, list: &[Trivia], indent: usize) {
        for trivia in list {
            match trivia {
                Trivia::Blank => self.out.push('\n'),
                Trivia::Comment(text) => self.line(indent, text),
            }
        }
    }

    fn block(&mut self, block: &Block, indent: usize, shape: Option<&'static Shape>, begin: Begin) {
        let mut before: Option<&Row> = None;
        for row in block.rows.list() {
            if let Some(before) = before
                && self.kept_end != self.out.len()
                && (row.has_blank_above() || is_apart(shape, before, row))
            {
                self.out.push('\n');
            }
            let leading = match row.leading.as_slice() {
                [Trivia::Blank, rest @ ..] => rest,
                all => all,
            };
            self.trivia(leading, indent);
            if before.is_some() || begin == Begin::Line || !leading.is_empty() {
                self.indent(indent);
            }
            match block.rows {
                Rows::Map(_) => self.entry(row, indent, shape),
                Rows::List(_) => self.item(row, indent, shape),
            }
            before = Some(row);
        }
        self.trivia(&block.tail, indent);
    }

    fn entry(&mut self, row: &Row, indent: usize, shape: Option<&'static Shape>) {
        self.out += &row.key;
        self.out.push(':');
        self.value(&row.value, indent, order::below(shape, &row.key));
    }

    fn item(&mut self, row: &Row, indent: usize, shape: Option<&'static Shape>) {
        self.out.push('-');
        match &row.value.below {
            Below::Block(block) if begins_behind_dash(row, block) => {
                self.out.push(' ');
                self.block(block, indent + INDENT, shape, Begin::Dash);
            }
            _ => self.value(&row.value, indent, shape),
        }
    }

    fn value(&mut self, value: &Value, indent: usize, shape: Option<&'static Shape>) {
        if !value.head.is_empty() {
            self.out.push(' ');
            self.out += &value.head;
        }
        self.out += &value.comment;
        self.out.push('\n');
        match &value.below {
            Below::Nothing => {}
            Below::Lines(verbatim) => self.verbatim(verbatim, indent),
            Below::Block(block) => self.block(block, indent + INDENT, shape, Begin::Line),
        }
    }

    fn verbatim(&mut self, verbatim: &Verbatim, indent: usize) {
        let moved = |column: usize| (column + indent).saturating_sub(verbatim.column);
        for line in &verbatim.lines {
            let text = line.trim_start_matches(' ');
            let column = line.len() - text.len();
            match verbatim.content {
                // Blanks are a part of the text from where it begins.
                Some(content) if column >= content => self.line(moved(column), text),
                _ if text.trim().is_empty() => self.out.push('\n'),
                _ => self.line(moved(column), text),
            }
        }
        if verbatim.keeps_end {
            self.kept_end = self.out.len();
        }
    }
}

/// Whether an item's block begins on the line of its dash.
fn begins_behind_dash(row: &Row, block: &Block) -> bool {
    row.value.head.is_empty()
        && row.value.comment.is_empty()
        && block.rows.list().first().is_some_and(|first| first.leading.iter().all(|trivia| *trivia == Trivia::Blank))
}

/// Whether a blank line belongs between two rows: before a section, and between steps or tests of which one is long.
fn is_apart(shape: Option<&'static Shape>, before: &Row, row: &Row) -> bool {
    let Some(shape) = shape else { return false };
    if row.key.is_empty() {
        return shape.apart && (before.is_long() || row.is_long());
    }
    std::ptr::eq(shape, &raw const order::SCENARIO) && (order::is_section(&row.key) || before.goes_on_below())
}
