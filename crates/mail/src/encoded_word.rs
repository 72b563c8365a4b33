//! Encoded words in header fields (RFC 2047), made fit for being read: many mailers cut a text into words within a
//! character of several bytes, which no word alone can be read from.

use crate::charset;
use crate::transfer;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// One word: `=?charset?B?text?=`.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    /// How long it is as it is written.
    length: usize,
}

/// The same header fields, in which words that follow each other in one character set are a single one, in UTF-8.
pub(crate) fn joined(fields: &[u8], hint: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.len());
    let mut rest = fields;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"=?") {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let Some(word) = word(from) else {
            out.extend_from_slice(b"=?");
            rest = &from[2..];
            continue;
        };
        let (bytes, length) = run(&word, from);
        let text = charset::text(&bytes, Some(word.charset), hint);
        push(&mut out, &text);
        rest = &from[length..];
    }
    out.extend_from_slice(rest);
    out
}

/// The bytes of a word and of those that follow it in the same character set, and how long they are together.
fn run(first: &Word<'_>, from: &[u8]) -> (Vec<u8>, usize) {
    let (mut bytes, mut length) = (first.bytes.clone(), first.length);
    loop {
        let rest = &from[length..];
        let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        // A line that does not begin with a blank is another field.
        let ends = rest[..gap].last().is_some_and(|byte| *byte == b'\n' || *byte == b'\r');
        let next = word(&rest[gap..]).filter(|next| !ends && next.charset.eq_ignore_ascii_case(first.charset));
        let Some(next) = next else { return (bytes, length) };
        bytes.extend_from_slice(&next.bytes);
        length += gap + next.length;
    }
}

/// Writes a text as one word. Line breaks would end the field, and are taken out.
fn push(out: &mut Vec<u8>, text: &str) {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    out.extend_from_slice(b"=?utf-8?B?");
    out.extend_from_slice(BASE64_STANDARD.encode(text).as_bytes());
    out.extend_from_slice(b"?=");
}

/// The word that begins here.
fn word(text: &[u8]) -> Option<Word<'_>> {
    let rest = text.strip_prefix(b"=?")?;
    let mut parts = rest.splitn(3, |byte| *byte == b'?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = rest.windows(2).position(|pair| pair == b"?=")?;
    let content = &rest[..end];
    // RFC 2231 §5 adds the language to the character set.
    let charset = std::str::from_utf8(charset).ok()?.split('*').next()?;
    let is_plain = |byte: &u8| !byte.is_ascii_control();
    if charset.is_empty()
        || !charset.is_ascii()
        || charset.contains(char::is_whitespace)
        || !content.iter().all(is_plain)
    {
        return None;
    }
    let bytes = match encoding {
        b"B" | b"b" => transfer::base64(content),
        b"Q" | b"q" => {
            let spaced: Vec<u8> = content.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            // A blank at its end belongs to the word, which the encoding of bodies takes away.
            let kept = spaced.trim_ascii_end().len();
            let mut bytes = transfer::quoted_printable(&spaced[..kept]);
            bytes.extend_from_slice(&spaced[kept..]);
            bytes
        }
        _ => return None,
    };
    let length = 2 + charset_length(text)? + 1 + encoding.len() + 1 + end + 2;
    Some(Word { charset, bytes, length })
}

/// How long the character set of a word is, with its language.
fn charset_length(word: &[u8]) -> Option<usize> {
    word.get(2..)?.iter().position(|byte| *byte == b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cut_within_a_character_are_whole_again() {
        let check = |fields: &str, expected: &str| {
            let joined = String::from_utf8(joined(fields.as_bytes(), None)).unwrap();
            assert_eq!(joined, expected, "{fields}");
        };
        // 你好 in Big5 is A7 41 A6 6E, cut after its third byte.
        check("S: =?big5?B?p0Gm?=\r\n =?big5?B?bg==?= x", "S: =?utf-8?B?5L2g5aW9?= x");
        check("S: =?Big5?Q?=A7A=A6?= =?BIG5?Q?n?=", "S: =?utf-8?B?5L2g5aW9?=");
        check("S: =?utf-8?q?a_b_?=c", "S: =?utf-8?B?YSBiIA==?=c");
        check("S: =?utf-8?q?a?=\r\nT: =?utf-8?q?b?=", "S: =?utf-8?B?YQ==?=\r\nT: =?utf-8?B?Yg==?=");
        check("S: =?x =? =?utf-8?X?a?= =?", "S: =?x =? =?utf-8?X?a?= =?");
        check("S: =?utf-8*de?Q?=C3=A4?=", "S: =?utf-8?B?w6Q=?=");
        check("S: =?utf-8?Q?=0D=0ABcc:_x?=", "S: =?utf-8?B?ICBCY2M6IHg=?=");
    }
}
