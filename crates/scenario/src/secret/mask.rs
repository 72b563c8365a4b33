//! Hides secrets in what people may see: as they are, and as they are written in URLs, JSON, HTML, base64 and hex.

use super::Secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Stands for a secret wherever one would be shown.
pub const MASK: &str = "•••";

/// Parts of a URL that is a secret are secrets of their own from this length on, in bytes: what is shorter stands in
/// many URLs.
const SHORTEST_PART: usize = 6;

/// How much of a secret at the end of a text that was cut is hidden, in bytes, at least.
const SHORTEST_CUT: usize = 4;

/// How many backslashes before a character are looked through: JSON within JSON, seven deep.
const MOST_BACKSLASHES: usize = 127;

/// How many digits `\u{…}` has at most.
const MOST_DIGITS: usize = 6;

/// Secret texts, replaced wherever they appear.
#[derive(Clone, Default)]
pub struct Mask {
    /// The longest first: one may be the beginning of another.
    secrets: Vec<String>,
    /// Encodings of secrets that hide where their characters end.
    encoded: Vec<String>,
}

impl Mask {
    /// A mask over these texts.
    pub fn over<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut mask = Self::default();
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            for part in [secret].into_iter().chain(parts_of_url(secret)) {
                mask.secrets.push(part.to_owned());
                mask.encoded.extend(base64_of(part));
                mask.encoded.extend(hex_of(part));
            }
        }
        for forms in [&mut mask.secrets, &mut mask.encoded] {
            forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
            forms.dedup();
        }
        mask
    }

    /// A mask over these secrets.
    pub fn over_secrets(secrets: &[Secret]) -> Self {
        Self::over(secrets.iter().map(Secret::reveal))
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Whether the text holds a secret.
    pub fn finds(&self, text: &str) -> bool {
        self.encoded.iter().any(|form| text.contains(form.as_str()))
            || self.next(text).is_some()
            || self.cut(text).is_some()
    }

    /// The text without secrets. Where it was cut within one, what is left of that is hidden, too.
    pub fn text(&self, text: &str) -> String {
        let decoded = self.encoded.iter().fold(text.to_owned(), |text, form| text.replace(form.as_str(), MASK));
        let mut shown = String::with_capacity(decoded.len());
        let mut rest = decoded.as_str();
        while let Some((start, end)) = self.next(rest) {
            shown.extend([&rest[..start], MASK]);
            rest = &rest[end..];
        }
        match self.cut(rest) {
            Some((start, end)) => shown.extend([&rest[..start], MASK, &rest[end..]]),
            None => shown.push_str(rest),
        }
        shown
    }

    /// The value without secrets: in its texts, and in the keys of its maps.
    pub fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) if self.finds(&text) => self.text(&text).into(),
            Value::Number(number) if self.secrets.iter().any(|secret| *secret == number.to_string()) => MASK.into(),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let masked = fields.into_iter().map(|(key, field)| (self.text(&key), self.value(field)));
                Value::Object(masked.collect::<Map<_, _>>())
            }
            other => other,
        }
    }

    /// Where the first secret stands, in bytes.
    fn next(&self, text: &str) -> Option<(usize, usize)> {
        text.char_indices().find_map(|(start, _)| {
            let length = self.secrets.iter().find_map(|secret| written(&text[start..], secret))?;
            Some((start, start + length))
        })
    }

    /// The beginning of a secret at the end of a text that was cut: `…` is the sign of it.
    fn cut(&self, text: &str) -> Option<(usize, usize)> {
        let before = text.strip_suffix('…')?;
        let forms = self.secrets.iter().chain(&self.encoded);
        let lengths = forms.filter_map(|form| {
            let ends = form.char_indices().map(|(end, _)| end).filter(|end| *end >= SHORTEST_CUT);
            ends.rev().find(|end| before.ends_with(&form[..*end]))
        });
        lengths.max().map(|length| (before.len() - length, before.len()))
    }
}

/// How many bytes at the beginning of the text are this secret, as it is or as URLs, JSON and HTML write it: they write
/// some characters in another way, and which ones differs.
fn written(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let escapes: [fn(&str, char) -> Option<usize>; 3] = [percent_length, backslash_length, entity_length];
    escapes.iter().find_map(|escape| {
        secret.chars().try_fold(0, |at, character| {
            let rest = &text[at..];
            let escaped = escape(rest, character);
            let length = escaped.or_else(|| rest.starts_with(character).then(|| character.len_utf8()))?;
            Some(at + length)
        })
    })
}

/// `%C3%A9` (RFC 3986 §2.1), and `+` for a blank.
fn percent_length(text: &str, wanted: char) -> Option<usize> {
    if wanted == ' ' && text.starts_with('+') {
        return Some(1);
    }
    let mut buffer = [0; 4];
    let bytes = wanted.encode_utf8(&mut buffer).as_bytes();
    let same = |(position, byte): (usize, &u8)| {
        let escape = text.get(position * 3..position * 3 + 3)?.strip_prefix('%')?;
        (u8::from_str_radix(escape, 16).ok()? == *byte).then_some(())
    };
    bytes.iter().enumerate().all(|one| same(one).is_some()).then_some(bytes.len() * 3)
}

/// `\"`, `\n`, `\u00e9` (RFC 8259 §7), `\u{e9}`. JSON within JSON has more backslashes before the same.
fn backslash_length(text: &str, wanted: char) -> Option<usize> {
    let rest = text.strip_prefix('\\')?;
    if wanted == '\\' {
        return rest.starts_with('\\').then_some(2);
    }
    let before = text.bytes().take(MOST_BACKSLASHES + 1).take_while(|byte| *byte == b'\\').count();
    note_work(before);
    let letter = &text[before..];
    let short = match wanted {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '"' | '/' | '\'' => wanted,
        _ => '\0',
    };
    if letter.starts_with(short) {
        return Some(before + 1);
    }
    let (digits, length) = match letter.strip_prefix("u{") {
        Some(braced) => {
            let length = braced.bytes().take(MOST_DIGITS + 1).position(|byte| byte == b'}');
            note_work(length.unwrap_or(MOST_DIGITS));
            let length = length?;
            (&braced[..length], length + 3)
        }
        None => (letter.strip_prefix('u')?.get(..4)?, 5),
    };
    (u32::from_str_radix(digits, 16) == Ok(u32::from(wanted))).then_some(before + length)
}

/// Counts the bytes that were looked at for one escape, for the test that no text makes it look at many.
fn note_work(_bytes: usize) {
    #[cfg(test)]
    tests::LOOKED_AT.with(|looked| looked.set(looked.get() + _bytes));
}

/// `&amp;` and its like.
fn entity_length(text: &str, wanted: char) -> Option<usize> {
    let names = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;"), ('\'', "&#x27;")];
    let found = names.iter().find(|(character, name)| *character == wanted && text.starts_with(name))?;
    Some(found.1.len())
}

/// What base64 makes of the secret wherever in a text it begins: the characters that no neighbour has a part in.
fn base64_of(secret: &str) -> Vec<String> {
    let whole = [STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    let within = (0..3).flat_map(|before| {
        let mut bytes = vec![0; before];
        bytes.extend(secret.as_bytes());
        let first = (before * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .map(|text| text.get(first..last).unwrap_or_default().to_owned())
    });
    whole.into_iter().chain(within).filter(|form| form.len() >= SHORTEST_CUT).collect()
}

fn hex_of(secret: &str) -> [String; 2] {
    let lower: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    [lower.to_uppercase(), lower]
}

/// What of a URL is secret by itself: from its path on, its path, the values of its query.
fn parts_of_url(secret: &str) -> impl Iterator<Item = &str> {
    let behind = secret.split_once("://").map_or("", |(_, behind)| behind);
    let from_path = behind.find(['/', '?']).map_or("", |start| &behind[start..]);
    let (path, query) = from_path.split_once('?').unwrap_or((from_path, ""));
    let values = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
    [from_path, path].into_iter().chain(values).filter(|part| part.len() >= SHORTEST_PART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use serde_json::json;
    use std::cell::Cell;

    const SECRET: &str = "g\"heim é/42+x";
    /// Nothing but the beginnings of escapes.
    const ODD: &str = "%\\&+%25\\u0041&amp;";

    fn check(text: &str, expected: &str) {
        assert_eq!(Mask::over([SECRET]).text(text), expected, "{text}");
    }

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        check("nothing", "nothing");
        check(&format!("a {SECRET} b {SECRET}"), "a ••• b •••");
        check("q=g%22heim%20%C3%A9%2F42%2Bx&b=1", "q=•••&b=1");
        check("q=g%22heim+%c3%a9%2f42%2bx", "q=•••");
        check("/g%22heim%20%C3%A9/42+x/z", "/•••/z");
        check(r#"{"a":"g\"heim \u00e9\/42+x"}"#, r#"{"a":"•••"}"#);
        check(r#""g\"heim \u{e9}/42+x""#, "\"•••\"");
        check(r#""{\"a\":\"g\\\"heim é/42+x\"}""#, r#""{\"a\":\"•••\"}""#);
        check("<b>g&quot;heim é/42+x</b>", "<b>•••</b>");
        check(&format!("x{}", "672268656d".to_uppercase()), "x672268656D");
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        check(&format!("<{hex}>"), "<•••>");
    }

    #[test]
    fn a_secret_of_escapes_is_hidden_too() {
        let check = |text: &str| assert_eq!(Mask::over([ODD]).text(&format!("<{text}>")), "<•••>", "{text}");
        check(ODD);
        check("%25%5C%26%2B%2525%5Cu0041%26amp%3B");
        check(r"%\\&+%25\\u0041&amp;");
        check(r"%\&amp;+%25\u0041&amp;amp;");
    }

    #[test]
    fn base64_hides_it_in_any_position() {
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "y", "yz", "yzz"] {
                for engine in [&STANDARD, &URL_SAFE] {
                    let text = engine.encode(format!("{before}{SECRET}{after}"));
                    let shown = Mask::over([SECRET]).text(&text);
                    assert!(shown.contains(MASK) && shown.len() < text.len(), "{before:?} {after:?}: {shown}");
                }
            }
        }
    }

    #[test]
    fn what_a_cut_leaves_is_hidden() {
        check("you sent g\"heim…", "you sent •••…");
        check("you sent g\"h…", "you sent g\"h…");
        check("you sent g\"heim", "you sent g\"heim");
    }

    #[test]
    fn parts_of_a_url_are_hidden() {
        let mask = Mask::over(["https://hooks.example.com/services/T0/B1?key=abcdefg&v=1"]);
        let check = |text: &str, expected: &str| assert_eq!(mask.text(text), expected);
        check("POST https://hooks.example.com/services/T0/B1?key=abcdefg&v=1", "POST •••");
        check(
            "redirected from https://hooks.example.com/services/T0/B1",
            "redirected from https://hooks.example.com•••",
        );
        check("?key=abcdefg&v=1", "?key=•••&v=1");
    }

    #[test]
    fn values_are_searched_whole() {
        let mask = Mask::over(["123456", "hunter2"]);
        let value = json!({"hunter2": ["a hunter2", 123_456, 1_234_567, null, {"b": "ok"}]});
        assert_eq!(mask.value(value), json!({"•••": ["a •••", "•••", 1_234_567, null, {"b": "ok"}]}));
    }

    #[test]
    fn the_longer_of_two_goes_first() {
        assert_eq!(Mask::over(["abcd", "abcdef"]).text("abcdef abcd"), "••• •••");
        assert!(Mask::default().is_empty() && Mask::over([""]).is_empty());
    }

    thread_local! {
        pub(super) static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    /// Texts come from anywhere: none may take more time than its length deserves.
    #[test]
    fn large_texts_are_searched_with_little_work() {
        for part in ["%67\\&+ghunter", "\\", "\\u{", "\\u{0", "\\\\u", "g\\", "&", "%"] {
            let text = part.repeat(60_000 / part.len());
            LOOKED_AT.set(0);
            assert_eq!(Mask::over(["hunter2hunter2", "g\"heim", "\\\\share"]).text(&text), text);
            let most = text.len() * MOST_BACKSLASHES * 12;
            assert!(LOOKED_AT.get() < most, "{part}: {} bytes", LOOKED_AT.get());
        }
    }

    #[test]
    fn json_within_json_is_looked_through_seven_deep() {
        for deep in 1..8 {
            let before = "\\".repeat((1 << deep) - 1);
            check(&format!("<g{before}\"heim é/42+x>"), "<•••>");
        }
        let before = "\\".repeat(255);
        let shown = Mask::over(["\"heim"]).text(&format!("{before}\"heim"));
        assert!(shown.ends_with(MASK) && !shown.contains("heim"), "{shown}");
    }
}
