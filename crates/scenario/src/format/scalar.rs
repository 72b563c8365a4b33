//! Where keys, texts and flow collections end, and where a comment begins.

/// The key that a line begins with, as written, and what stands behind its colon. None where the line is no entry, or
/// its key is one that only a YAML reader understands.
pub(super) fn split_key(line: &str) -> Option<(&str, &str)> {
    let end = match line.chars().next()? {
        '"' | '\'' => end_of_quoted(line)?,
        '{' | '[' | ']' | '}' | ',' | '&' | '*' | '!' | '|' | '>' | '@' | '%' | '`' | '#' => return None,
        '-' | '?' | ':' if line[1..].starts_with([' ', '\t']) || line.len() == 1 => return None,
        _ => plain_key_end(line)?,
    };
    let key = line[..end].trim_end();
    let rest = line[end..].trim_start().strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some((key, rest))
}

/// Where the colon stands that ends a plain key.
fn plain_key_end(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    (0..bytes.len()).find_map(|at| match bytes[at] {
        b':' if matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')) => Some(Some(at)),
        b'#' if at > 0 && matches!(bytes[at - 1], b' ' | b'\t') => Some(None),
        _ => None,
    })?
}

/// The offset behind a quoted text that begins here; none where it does not end.
pub(super) fn end_of_quoted(text: &str) -> Option<usize> {
    Quoted::default().end(text)
}

/// A look for the end of a quoted text. It goes on where it stopped when the same text has become longer, so a text of
/// many lines is gone over once.
#[derive(Debug, Default)]
pub(super) struct Quoted {
    at: usize,
}

impl Quoted {
    /// The offset behind the text; none where it does not end.
    pub(super) fn end(&mut self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let quote = *bytes.first()?;
        self.at = self.at.max(1);
        while self.at < bytes.len() {
            match bytes[self.at] {
                b'\\' if quote == b'"' => self.at += 2,
                b'\'' if quote == b'\'' && bytes.get(self.at + 1) == Some(&b'\'') => self.at += 2,
                found if found == quote => return Some(self.at + 1),
                _ => self.at += 1,
            }
        }
        None
    }
}

/// A look for the end of a flow collection, which goes on as [`Quoted`] does.
#[derive(Debug, Default)]
pub(super) struct Flow {
    at: usize,
    depth: usize,
    frozen: bool,
    before: Before,
    /// The quoted text that it has come to.
    quoted: Option<Quoted>,
}

impl Flow {
    /// Whether there are anchors, aliases or tags in what was looked at.
    pub(super) fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// The offset behind the collection; none where it does not end.
    pub(super) fn end(&mut self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        while self.at < bytes.len() {
            let at = self.at;
            let blank_before = at > 0 && bytes[at - 1].is_ascii_whitespace();
            match bytes[at] {
                b'"' | b'\'' if self.before == Before::Nothing => {
                    self.at += self.quoted.get_or_insert_default().end(&text[at..])?;
                    (self.quoted, self.before) = (None, Before::Whole);
                    continue;
                }
                b'#' if blank_before => {
                    self.at += text[at..].find('\n').unwrap_or(text.len() - at);
                    continue;
                }
                b'{' | b'[' => (self.depth, self.before) = (self.depth + 1, Before::Nothing),
                b'}' | b']' => {
                    self.depth = self.depth.checked_sub(1)?;
                    self.before = Before::Whole;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                b'&' | b'*' | b'!' if self.before == Before::Nothing => {
                    (self.frozen, self.before) = (true, Before::Plain);
                }
                b',' => self.before = Before::Nothing,
                b':' if self.before != Before::Plain || ends_plain_key(bytes.get(at + 1)) => {
                    self.before = Before::Nothing;
                }
                found if found.is_ascii_whitespace() => {}
                _ => self.before = Before::Plain,
            }
            self.at += 1;
        }
        None
    }
}

/// What stands before a place in a flow collection, of the value that is read there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    /// Nothing: a value may begin here.
    #[default]
    Nothing,
    /// Plain text, of which quotes and anchors are a part.
    Plain,
    /// A quoted text or a collection.
    Whole,
}

/// Whether a colon before this ends a plain key in a flow collection (YAML 1.2, 7.3.3).
fn ends_plain_key(next: Option<&u8>) -> bool {
    next.is_none_or(|next| next.is_ascii_whitespace() || b",[]{}".contains(next))
}

/// Where the comment behind a plain text begins, or the text ends: the offset of its `#`.
fn comment_at(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'#' && (at == 0 || matches!(bytes[at - 1], b' ' | b'\t')))
}

/// What stands on a line, and the comment behind it with the blanks before.
pub(super) fn split_comment(text: &str) -> (&str, &str) {
    let end = comment_at(text).unwrap_or(text.len());
    let head = text[..end].trim_end();
    if end == text.len() { (head, "") } else { (head, &text[head.len()..]) }
}

/// The first line of a block scalar: `|`, `>-`, `|2+`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BlockHead {
    /// By how much the text is indented, where that is said.
    pub(super) indent: Option<usize>,
    /// Whether blank lines at the end are kept.
    pub(super) keeps_end: bool,
}

/// Reads the first line of a block scalar (YAML 1.2, 8.1.1).
pub(super) fn block_head(head: &str) -> Option<BlockHead> {
    let rest = head.strip_prefix(['|', '>'])?;
    let mut found = BlockHead { indent: None, keeps_end: false };
    for character in rest.chars() {
        match character {
            '+' => found.keeps_end = true,
            '-' => {}
            '1'..='9' => found.indent = character.to_digit(10).map(|digit| digit as usize),
            _ => return None,
        }
    }
    Some(found)
}
