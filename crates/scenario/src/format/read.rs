//! From lines to the outline.

use super::lines::{Line, Lines};
use super::scalar::{self, Flow, Quoted, split_comment, split_key};
use super::tree::{Below, Block, Document, Row, Rows, Trivia, Value, Verbatim};

/// Nothing nests deeper: texts that do are left alone.
const MAX_DEPTH: usize = 64;

/// The outline of a text whose lines end with `\n`; none where it has none, as a text that is one flow map.
pub(crate) fn document(text: &str) -> Option<Document> {
    let mut reader = Reader { lines: Lines::of(text), depth: 0 };
    let prologue = reader.prologue();
    let first = reader.lines.content()?;
    let column = first.indent;
    let mut block = reader.block(column)?;
    // Only the end may follow.
    if reader.lines.content().is_some() || matches!(block.rows, Rows::List(_)) {
        return None;
    }
    let rest = reader.lines.tail(0);
    block.tail.extend(rest);
    let header = block.rows.list_mut().first_mut().map(|first| header_of(&mut first.leading)).unwrap_or_default();
    Some(Document { prologue, header, block })
}

/// Takes the comment on the whole text out of what stands above its first key: everything up to the last blank line,
/// and lines that are for programs.
fn header_of(leading: &mut Vec<Trivia>) -> Vec<Trivia> {
    let is_modeline = |trivia: &Trivia| matches!(trivia, Trivia::Comment(text) if is_modeline(text));
    let blank = leading.iter().rposition(|trivia| *trivia == Trivia::Blank).map_or(0, |at| at + 1);
    let modeline = leading.iter().rposition(is_modeline).map_or(0, |at| at + 1);
    let mut header: Vec<Trivia> = leading.drain(..blank.max(modeline)).collect();
    if header.first() == Some(&Trivia::Blank) {
        header.remove(0);
    }
    header
}

/// Whether a comment speaks to a program: `# yaml-language-server: …`, `#!/usr/bin/env …`, `# vim: …`.
fn is_modeline(comment: &str) -> bool {
    let text = comment.trim_start_matches('#').trim_start();
    comment.starts_with("#!") || ["yaml-language-server:", "vim:", "-*-"].iter().any(|start| text.starts_with(start))
}

struct Reader<'t> {
    lines: Lines<'t>,
    depth: usize,
}

/// What a value belongs to. Lists may stand at the same indentation as their key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Key,
    Dash,
}

impl<'t> Reader<'t> {
    /// Directives and `---`.
    fn prologue(&mut self) -> Vec<String> {
        let mark = self.lines.all.iter().position(|line| line.indent == 0 && line.text == "---");
        let is_before = |line: &Line<'_>| line.is_blank() || line.is_comment() || line.raw.starts_with('%');
        match mark.filter(|&mark| self.lines.all[..mark].iter().all(is_before)) {
            Some(mark) => {
                self.lines.at = mark + 1;
                self.lines.all[..=mark].iter().map(|line| line.raw.trim_end().to_owned()).collect()
            }
            None => Vec::new(),
        }
    }

    /// The block at this column, from here on.
    fn block(&mut self, column: usize) -> Option<Block> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let is_list = self.lines.content()?.is_item();
        let mut rows = Vec::new();
        let tail = loop {
            let start = self.lines.at;
            let leading = self.lines.trivia();
            match self.lines.peek().map(|line| (line.indent, line.is_item())) {
                Some((indent, is_item)) if indent == column && is_item == is_list => {
                    let row = if is_list { self.item(column, leading) } else { self.entry(column, leading) };
                    rows.push(row?);
                }
                Some((indent, _)) if indent > column => return None,
                next => {
                    self.lines.at = start;
                    // Comments before the next key belong to it, where its list stands at the same column.
                    let from = if next.is_some_and(|(indent, _)| indent == column) { column + 1 } else { column };
                    break self.lines.tail(from);
                }
            }
        };
        self.depth -= 1;
        Some(Block { rows: if is_list { Rows::List(rows) } else { Rows::Map(rows) }, tail })
    }

    fn entry(&mut self, column: usize, leading: Vec<Trivia>) -> Option<Row> {
        let (key, rest) = split_key(self.lines.peek()?.text)?;
        let value = self.value(rest, column, Owner::Key)?;
        Some(Row { leading, key: key.to_owned(), value })
    }

    fn item(&mut self, column: usize, mut leading: Vec<Trivia>) -> Option<Row> {
        let text = self.lines.peek()?.text;
        let rest = &text[1..];
        let inner = rest.trim_start_matches(' ');
        if inner == "-" || inner.starts_with("- ") || split_key(inner).is_some() {
            // What stands behind the dash is a block of its own, which begins in the middle of the line.
            let inner_column = column + text.len() - inner.len();
            let at = self.lines.at;
            (self.lines.all[at].indent, self.lines.all[at].text) = (inner_column, inner);
            let block = self.block(inner_column)?;
            return Some(Row { leading, key: String::new(), value: of_block(block) });
        }
        let mut value = self.value(rest, column, Owner::Dash)?;
        if value.head.is_empty() && !value.comment.is_empty() && matches!(value.below, Below::Block(_)) {
            leading.push(Trivia::Comment(std::mem::take(&mut value.comment).trim_start().to_owned()));
        }
        Some(Row { leading, key: String::new(), value })
    }

    /// What stands behind a key or a dash; `rest` is the end of its line.
    fn value(&mut self, rest: &str, column: usize, owner: Owner) -> Option<Value> {
        let text = rest.trim_start();
        match text.chars().next() {
            None => self.nested(String::new(), column, owner),
            Some('#') => self.nested(rest.to_owned(), column, owner),
            Some('|' | '>') => self.block_scalar(text, column),
            Some('"' | '\'') => {
                let mut quoted = Quoted::default();
                self.delimited(text, column, |text| Some((quoted.end(text)?, false)))
            }
            Some('{' | '[') => {
                let mut flow = Flow::default();
                self.delimited(text, column, |text| Some((flow.end(text)?, flow.is_frozen())))
            }
            Some('&' | '!' | '*') => Some(self.frozen(text, column, owner)),
            Some('%' | '@' | '`' | ']' | '}' | ',') => None,
            Some('-' | '?' | ':') if text[1..].starts_with([' ', '\t']) || text.len() == 1 => None,
            Some(_) => Some(self.plain(text, column)),
        }
    }

    /// A block on the lines below, or nothing but comments.
    fn nested(&mut self, comment: String, column: usize, owner: Owner) -> Option<Value> {
        self.lines.at += 1;
        let (start, depth) = (self.lines.at, self.depth);
        let next = self.lines.content().map(|line| (line.indent, line.is_item()));
        let inner =
            next.filter(|(indent, is_item)| *indent > column || *indent == column && *is_item && owner == Owner::Key);
        let Some((indent, is_item)) = inner else {
            let tail = self.lines.tail(column + 1);
            let below =
                if tail.is_empty() { Below::Nothing } else { Below::Block(Block { rows: Rows::Map(vec![]), tail }) };
            return Some(Value { comment, below, ..Value::default() });
        };
        if let Some(block) = self.block(indent) {
            return Some(Value { comment, below: Below::Block(block), ..Value::default() });
        }
        (self.lines.at, self.depth) = (start, depth);
        let list_beside = indent == column && is_item;
        let below = self.rest_of(column, list_beside);
        Some(Value { comment, below, frozen: true, ..Value::default() })
    }

    /// Everything that is deeper than this column, as it stands.
    fn rest_of(&mut self, column: usize, list_beside: bool) -> Below {
        let is_next =
            |line: &Line<'_>| line.indent < column || line.indent == column && !(list_beside && line.is_item());
        self.verbatim(column, is_next)
    }

    fn verbatim(&mut self, column: usize, is_next: impl Fn(&Line<'t>) -> bool) -> Below {
        let lines = self.lines.verbatim(column, is_next);
        if lines.is_empty() {
            return Below::Nothing;
        }
        Below::Lines(Verbatim { column, lines, content: None, keeps_end: false })
    }

    /// Something with an anchor, an alias or a tag.
    fn frozen(&mut self, text: &str, column: usize, owner: Owner) -> Value {
        let (head, comment) = (text.to_owned(), String::new());
        self.lines.at += 1;
        let list_beside =
            owner == Owner::Key && self.lines.content().is_some_and(|line| line.indent == column && line.is_item());
        let below = self.rest_of(column, list_beside);
        Value { head, comment, below, frozen: true }
    }

    /// A plain text, which may go on below.
    fn plain(&mut self, text: &str, column: usize) -> Value {
        let (head, comment) = split_comment(text);
        self.lines.at += 1;
        let begin = self.lines.at;
        let mut end = begin;
        let rest = if comment.is_empty() { &self.lines.all[begin..] } else { &[] };
        for (offset, line) in rest.iter().enumerate().filter(|(_, line)| !line.is_blank()) {
            if line.is_comment() || line.indent <= column {
                break;
            }
            end = begin + offset + 1;
        }
        self.lines.at = end;
        let lines: Vec<String> = self.lines.all[begin..end].iter().map(|line| line.raw.to_owned()).collect();
        let below = match lines.as_slice() {
            [] => Below::Nothing,
            _ => Below::Lines(Verbatim { column, lines, content: None, keeps_end: false }),
        };
        Value { head: head.to_owned(), comment: comment.to_owned(), below, frozen: false }
    }

    /// A quoted text or a flow collection, on one line or several. `end_of` is asked again as the text grows line by line.
    fn delimited(
        &mut self,
        text: &str,
        column: usize,
        mut end_of: impl FnMut(&str) -> Option<(usize, bool)>,
    ) -> Option<Value> {
        self.lines.at += 1;
        if let Some((end, frozen)) = end_of(text) {
            let (head, rest) = text.split_at(end);
            let (nothing, comment) = split_comment(rest);
            return nothing.is_empty().then(|| Value {
                head: head.to_owned(),
                comment: comment.to_owned(),
                below: Below::Nothing,
                frozen,
            });
        }
        let begin = self.lines.at;
        let mut whole = text.to_owned();
        while let Some(line) = self.lines.peek() {
            whole += "\n";
            whole += line.raw;
            self.lines.at += 1;
            let Some((end, frozen)) = end_of(&whole) else { continue };
            if !split_comment(&whole[end..]).0.is_empty() {
                return None;
            }
            let lines = self.lines.all[begin..self.lines.at].iter().map(|line| line.raw.to_owned()).collect();
            let below = Below::Lines(Verbatim { column, lines, content: None, keeps_end: false });
            return Some(Value { head: text.to_owned(), comment: String::new(), below, frozen });
        }
        None
    }

    /// A text in `|` or `>` form.
    fn block_scalar(&mut self, text: &str, column: usize) -> Option<Value> {
        let (head, comment) = split_comment(text);
        let form = scalar::block_head(head)?;
        self.lines.at += 1;
        let begin = self.lines.at;
        let first = self.lines.all[begin..].iter().find(|line| !line.is_blank());
        let content = form.indent.map(|indent| column + indent).or(first.map(|line| line.indent)).unwrap_or_default();
        let mut end = begin;
        if content > column {
            for (at, line) in self.lines.all.iter().enumerate().skip(begin) {
                if !line.is_blank() && line.indent < content {
                    break;
                }
                let reaches_in = line.indent >= content && line.raw.len() > content;
                if !line.is_blank() || form.keeps_end || reaches_in {
                    end = at + 1;
                }
            }
        } else if form.keeps_end {
            return None;
        }
        self.lines.at = end;
        let lines: Vec<String> = self.lines.all[begin..end].iter().map(|line| line.raw.to_owned()).collect();
        let below = match lines.as_slice() {
            [] => Below::Nothing,
            _ => Below::Lines(Verbatim { column, lines, content: Some(content), keeps_end: form.keeps_end }),
        };
        Some(Value { head: head.to_owned(), comment: comment.to_owned(), below, frozen: false })
    }
}

fn of_block(block: Block) -> Value {
    Value { below: Below::Block(block), ..Value::default() }
}
