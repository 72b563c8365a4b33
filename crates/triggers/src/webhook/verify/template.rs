//! The text that is signed, from a template such as `v0:{timestamp}:{body}`.

use super::Incoming;
use std::borrow::Cow;

/// Names that a template may hold, in braces.
pub(super) const NAMES: [&str; 7] = ["body", "timestamp", "id", "url", "decoded_url", "method", "secret"];

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'a> {
    pub(super) incoming: Incoming<'a>,
    pub(super) timestamp: &'a str,
    pub(super) id: &'a str,
    pub(super) secret: &'a [u8],
}

/// The signed text. Braces around other names stay as they are.
pub(super) fn fill<'a>(template: &str, filling: &Filling<'a>) -> Cow<'a, [u8]> {
    if template == "{body}" {
        return Cow::Borrowed(filling.incoming.body);
    }
    let mut text = Vec::with_capacity(template.len() + filling.incoming.body.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_name(rest) {
        text.extend_from_slice(before.as_bytes());
        text.extend_from_slice(&value(name, filling));
        rest = after;
    }
    text.extend_from_slice(rest.as_bytes());
    Cow::Owned(text)
}

/// Whether a template is worth signing: it must hold the body.
pub(super) fn covers_body(template: &str) -> bool {
    template.contains("{body}")
}

/// The first name in braces that stands for nothing. Braces around anything else than a word are text.
pub(super) fn unknown_name(template: &str) -> Option<&str> {
    let after_braces = template.split('{').skip(1);
    let words = after_braces.filter_map(|rest| rest.split_once('}')).map(|(word, _)| word);
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    words.filter(is_word).find(|word| !NAMES.contains(word))
}

/// The text up to the next known name, the name, and what comes after.
fn next_name(template: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = template[from..].find('{').map(|at| from + at) {
        let after_brace = &template[open + 1..];
        if let Some((name, after)) = after_brace.split_once('}')
            && NAMES.contains(&name)
        {
            return Some((&template[..open], name, after));
        }
        from = open + 1;
    }
    None
}

fn value<'a>(name: &str, filling: &Filling<'a>) -> Cow<'a, [u8]> {
    let incoming = filling.incoming;
    match name {
        "body" => incoming.body.into(),
        "timestamp" => filling.timestamp.as_bytes().into(),
        "id" => filling.id.as_bytes().into(),
        "url" => incoming.url.as_bytes().into(),
        "decoded_url" => decoded_url(incoming.url).into_bytes().into(),
        "method" => incoming.method.as_bytes().into(),
        _ => filling.secret.into(),
    }
}

/// Percent-escapes that HubSpot decodes before it signs a URL, and no others.
const DECODED: [(&str, char); 12] = [
    ("3A", ':'),
    ("2F", '/'),
    ("3F", '?'),
    ("40", '@'),
    ("21", '!'),
    ("24", '$'),
    ("27", '\''),
    ("28", '('),
    ("29", ')'),
    ("2A", '*'),
    ("2C", ','),
    ("3B", ';'),
];

fn decoded_url(url: &str) -> String {
    let mut pieces = url.split('%');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let escape = piece.get(..2).and_then(|code| DECODED.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)));
        match escape {
            Some((_, character)) => {
                decoded.push(*character);
                decoded.push_str(&piece[2..]);
            }
            None => {
                decoded.push('%');
                decoded.push_str(piece);
            }
        }
    }
    decoded
}
