//! The header of a mail: fields that hold what they are given and nothing else, whatever that is.
//!
//! A value is written as it stands only where no reader can take it for anything but itself. All else becomes encoded
//! words (RFC 2047), in which nothing ends a line, a field or the header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::message::Mailbox;
use run::error::StepError;

/// How long a line should be at most (RFC 5322 §2.1.1).
const LINE: usize = 76;
/// How many bytes of a text go into one encoded word: with its frame, it has at most 75 characters (RFC 2047 §2).
const WORD: usize = 42;
/// How long a word of a text may be that is written as it stands.
const LONGEST: usize = 60;

/// Fields, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Head {
    fields: Vec<(String, String)>,
}

impl Head {
    /// Adds a field with this text in it.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.written(name, encoded(text, name.len() + 2));
    }

    /// Adds a field with these mailboxes; none where there is none.
    pub(super) fn mailboxes<'m>(&mut self, name: &str, mailboxes: impl IntoIterator<Item = &'m Mailbox>) {
        let all: Vec<String> = mailboxes.into_iter().map(mailbox).collect();
        if !all.is_empty() {
            self.tokens(name, all.iter().map(String::as_str), ", ");
        }
    }

    /// Adds a field of parts that are written as they are, and folded between them. They must be without line breaks.
    pub(super) fn tokens<'t>(&mut self, name: &str, tokens: impl IntoIterator<Item = &'t str>, between: &str) {
        let (mut value, mut length) = (String::new(), name.len() + 2);
        for token in tokens {
            if !value.is_empty() {
                value.push_str(between.trim_end());
                let width = token.split("\r\n").next().map_or(0, str::len);
                let is_over = length + width + between.len() > LINE;
                value.push_str(if is_over { "\r\n " } else { " " });
                length = if is_over { 1 } else { length + between.len() };
            }
            value.push_str(token);
            length = token.rsplit_once("\r\n").map_or(length + token.len(), |(_, last)| last.len());
        }
        self.written(name, value);
    }

    fn written(&mut self, name: &str, value: String) {
        debug_assert!(value.split("\r\n").skip(1).all(|line| line.starts_with(' ')), "{name}: {value:?}");
        self.fields.push((name.to_owned(), value));
    }

    /// Whether there is a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// The fields as they are sent, without the empty line behind them.
    pub(super) fn lines(&self) -> String {
        self.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
    }
}

/// A text of one line, which may go into a header field. Line breaks and other control characters would begin fields of
/// their own (CWE-93).
pub(super) fn one_line(parameter: &str, text: &str) -> Result<(), StepError> {
    if text.contains(char::is_control) {
        let message = format!("`{parameter}` holds a line break or control character");
        return Err(StepError::permanent("header_injection", message));
    }
    Ok(())
}

/// A text as a field's value, where so many characters stand before it on its line.
pub(super) fn encoded(text: &str, before: usize) -> String {
    if is_plain(text) { folded(text, before) } else { words(text, before) }
}

/// A text in quotation marks, or as encoded words where marks would not do.
pub(super) fn quoted(text: &str, before: usize) -> String {
    let fits = text.len() <= LONGEST && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if fits && !text.contains("=?") {
        return format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    }
    words(text, before)
}

/// A mailbox, with its domain as it goes over the wire.
fn mailbox(mailbox: &Mailbox) -> String {
    let name = mailbox.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let Some(name) = name else { return mailbox.email.to_string() };
    // RFC 5322 §3.2.3 with blanks between: what needs no quotation marks.
    let is_phrase = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~ ".contains(&byte);
    let name = if name.bytes().all(is_phrase) { encoded(name, 0) } else { quoted(name, 0) };
    format!("{name} <{}>", mailbox.email)
}

/// Whether readers take the text for itself, and all of it can be folded.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && !text.contains("=?")
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && text.split(' ').all(|word| word.len() <= LONGEST)
}

fn folded(text: &str, before: usize) -> String {
    let (mut out, mut length) = (String::with_capacity(text.len() + 8), before);
    for (position, word) in text.split(' ').enumerate() {
        if position > 0 {
            let is_over = length + 1 + word.len() > LINE;
            out.push_str(if is_over { "\r\n " } else { " " });
            length = if is_over { 1 } else { length + 1 };
        }
        out.push_str(word);
        length += word.len();
    }
    out
}

/// Encoded words; no character is cut apart.
fn words(text: &str, before: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    // On the first line the field's name takes its place.
    let mut most = WORD.saturating_sub(before.min(40));
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(most.clamp(4, rest.len().max(4))).min(rest.len());
        let (word, behind) = rest.split_at(end);
        if !out.is_empty() {
            out.push_str("\r\n ");
        }
        out.push_str(&format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word)));
        (rest, most) = (behind, WORD);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &Head) -> mail::Mail {
        mail::read(format!("{}\r\n", head.lines()).as_bytes())
    }

    #[test]
    fn a_text_is_read_back_as_it_was() {
        let long = format!("{} {}", "x".repeat(300), "end");
        let words = "many words ".repeat(40);
        for text in [
            "Hello",
            "Größe ✓",
            "=?utf-8?B?QmNjOiBldmls?=",
            "a =? b",
            "a  b",
            "\u{202e}dlrow",
            "一二三四五六七八九十".repeat(20).as_str(),
            words.trim(),
            &long,
        ] {
            let mut head = Head::default();
            head.text("Subject", text);
            assert_eq!(read(&head).subject, text, "{}", head.lines());
            assert!(head.lines().lines().all(|line| line.len() <= 78), "{}", head.lines());
        }
    }

    #[test]
    fn a_name_is_read_back_as_it_was() {
        let long = "Ann ".repeat(60);
        for name in ["Ann Lee", "Lee, Ann", "\"A\\B\"", "Dörte", "=?utf-8?Q?a?=", "<b@example.com>", "a@b", long.trim()]
        {
            let address = "ann@example.com".parse().unwrap();
            let mut head = Head::default();
            head.mailboxes("To", &[Mailbox::new(Some(name.to_owned()), address)]);
            let mail = read(&head);
            assert_eq!(mail.to.len(), 1, "{name}: {}", head.lines());
            assert_eq!((mail.to[0].name.as_str(), mail.to[0].address.as_str()), (name, "ann@example.com"));
            assert!(head.lines().lines().all(|line| line.len() <= 998), "{}", head.lines());
        }
    }
}
