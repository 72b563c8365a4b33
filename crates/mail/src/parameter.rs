//! Parameters that were cut into several (RFC 2231 §3), made whole: each piece alone may end within a character, and only
//! the first names the character set.

use crate::charset;
use std::collections::BTreeMap;
use std::fmt::Write;

/// So many pieces are put together; a name that has more is no name.
const MOST: usize = 200;

/// The same header fields, in which no parameter of a content type or disposition is cut.
pub(crate) fn joined(fields: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.len());
    for field in split(fields) {
        let name = field.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
        let is_ours = [&b"content-type"[..], b"content-disposition"].iter().any(|it| name.eq_ignore_ascii_case(it));
        let is_cut = field.windows(2).any(|pair| pair == b"*0");
        match std::str::from_utf8(field).ok().filter(|_| is_ours && is_cut) {
            Some(field) => out.extend_from_slice(whole(field).as_bytes()),
            None => out.extend_from_slice(field),
        }
    }
    out
}

/// The fields, each with the lines that belong to it.
fn split(fields: &[u8]) -> Vec<&[u8]> {
    let mut begins = vec![0];
    let is_break = |at: &usize| fields[at - 1] == b'\n' && !matches!(fields[*at], b' ' | b'\t');
    begins.extend((1..fields.len()).filter(is_break));
    begins.push(fields.len());
    begins.windows(2).map(|pair| &fields[pair[0]..pair[1]]).collect()
}

/// One field with its parameters whole. Its line break is kept.
fn whole(field: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut cut: BTreeMap<String, BTreeMap<usize, &str>> = BTreeMap::new();
    for piece in pieces(field.trim_end()) {
        match piece.trim().split_once('=').and_then(|(name, value)| Some((place(name)?, value))) {
            Some(((name, number), _)) if number < MOST => {
                cut.entry(name).or_default().insert(number, piece.trim());
            }
            _ => kept.push(piece.trim_end()),
        }
    }
    let mut out = kept.join(";");
    for (name, pieces) in cut {
        let _ = write!(out, "; {name}*=utf-8''{}", encoded(&text(&pieces)));
    }
    out + "\r\n"
}

/// What stands between semicolons that are not quoted.
fn pieces(field: &str) -> Vec<&str> {
    let (mut pieces, mut begin, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, c) in field.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => {
                pieces.push(&field[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&field[begin..]);
    pieces
}

/// `filename*1*` is piece 1 of `filename`.
fn place(name: &str) -> Option<(String, usize)> {
    let name = name.trim();
    let (name, number) = name.strip_suffix('*').unwrap_or(name).split_once('*')?;
    Some((name.to_ascii_lowercase(), number.parse().ok()?))
}

/// What the pieces come to.
fn text(pieces: &BTreeMap<usize, &str>) -> String {
    let (mut bytes, mut charset) = (Vec::new(), None);
    for (number, piece) in pieces {
        let Some((name, value)) = piece.split_once('=') else { continue };
        let value = value.trim();
        let is_encoded = name.trim_end().ends_with('*');
        let value = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => quoted.replace('\\', ""),
            None => value.to_owned(),
        };
        if !is_encoded {
            bytes.extend_from_slice(value.as_bytes());
            continue;
        }
        let mut said = value.splitn(3, '\'');
        let content = match (number, said.next(), said.next(), said.next()) {
            (0, Some(label), Some(_), Some(content)) => {
                charset = Some(label.to_owned());
                content
            }
            _ => &value,
        };
        push_decoded(content.as_bytes(), &mut bytes);
    }
    charset::text(&bytes, charset.as_deref(), None)
}

fn push_decoded(mut content: &[u8], out: &mut Vec<u8>) {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    while let Some((first, rest)) = content.split_first() {
        if let (b'%', [high, low, after @ ..]) = (first, rest)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            out.push(high << 4 | low);
            content = after;
        } else {
            out.push(*first);
            content = rest;
        }
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        let _ = write!(out, "%{byte:02X}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_put_together_before_they_are_read() {
        let check = |fields: &str, expected: &str| {
            assert_eq!(String::from_utf8(joined(fields.as_bytes())).unwrap(), expected, "{fields}");
        };
        // 報表 in Big5 is B3 F8 AA ED.
        check(
            "Content-Disposition: attachment;\r\n filename*0*=big5''%B3%F8%AA;\r\n filename*1*=%ED; filename*2=\".p;f\"\r\nX: y\r\n",
            "Content-Disposition: attachment; filename*=utf-8''%E5%A0%B1%E8%A1%A8%2E%70%3B%66\r\nX: y\r\n",
        );
        check("Content-Type: a/b; name*0=x; name*1=y; c=d", "Content-Type: a/b; c=d; name*=utf-8''%78%79\r\n");
        check("Content-Type: a/b; name*0*=''%; name*9999=y", "Content-Type: a/b; name*9999=y; name*=utf-8''%25\r\n");
        check("Subject: a*0; b*0=c\r\n", "Subject: a*0; b*0=c\r\n");
    }
}
