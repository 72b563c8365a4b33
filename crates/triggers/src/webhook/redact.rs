//! What of a request must not be shown: header fields, query parameters and fields of a body that carry a credential, known
//! by their names. The rest stays as it came, byte for byte.

use super::headers;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use scenario::secret::MASK;
use std::borrow::Cow;

/// Parts of names that give a credential away, once the name is lower-case and without `_`, `-` and `.`.
const TELLTALES: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "signature",
    "sessionid",
    "clientstate",
];

/// Whole names of query parameters that carry one; in a body these words say nothing.
const PARAMETERS: [&str; 7] = ["key", "code", "sig", "auth", "hmac", "jwt", "pwd"];

/// The value of a header field as it is kept: masked where its name tells of a credential, or is, lower-case, among
/// `secret`.
pub fn header<'a>(name: &str, value: &'a [u8], secret: &[String]) -> &'a [u8] {
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let name = if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) };
    if headers::is_secret(&name) || secret.iter().any(|one| **one == *name) { MASK.as_bytes() } else { value }
}

/// Path and query with the values masked of parameters that carry a credential, by their names or because they are
/// among `secret`.
pub fn target<'a>(target: &'a str, secret: &[String]) -> Cow<'a, str> {
    let Some((path, query)) = target.split_once('?') else { return Cow::Borrowed(target) };
    let is_secret = |name: &str| tells(name) || PARAMETERS.contains(&name) || secret.iter().any(|one| one == name);
    match pairs(query, is_secret, Cow::Borrowed) {
        Cow::Borrowed(_) => Cow::Borrowed(target),
        Cow::Owned(query) => Cow::Owned(format!("{path}?{query}")),
    }
}

/// A body with the values masked of fields that carry a credential: of JSON, of a form, and of JSON in a form.
pub fn body<'a>(content_type: Option<&str>, body: &'a [u8]) -> Cow<'a, [u8]> {
    let is_form = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("x-www-form-urlencoded"));
    match std::str::from_utf8(body) {
        Ok(text) if is_form => match pairs(text, tells, form_value) {
            Cow::Borrowed(_) => Cow::Borrowed(body),
            Cow::Owned(masked) => Cow::Owned(masked.into_bytes()),
        },
        _ if looks_like_json(body) => json(body),
        _ => Cow::Borrowed(body),
    }
}

/// Whether a field of this name carries a credential.
fn tells(name: &str) -> bool {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' ')).collect();
    let name = name.to_ascii_lowercase();
    TELLTALES.iter().any(|telltale| name.contains(telltale))
}

/// Pairs of a query or a form with the values of these names masked, and others made by `value`.
fn pairs<'a>(text: &'a str, is_secret: impl Fn(&str) -> bool, value: impl Fn(&'a str) -> Cow<'a, str>) -> Cow<'a, str> {
    let mut changed = false;
    let shown = text.split('&').map(|pair| {
        let Some((name, given)) = pair.split_once('=') else { return Cow::Borrowed(pair) };
        let decoded = name.replace('+', " ");
        let shown = match percent_decode_str(&decoded).decode_utf8_lossy() {
            name if is_secret(&name) => Cow::Borrowed(MASK),
            _ => value(given),
        };
        if shown == given {
            return Cow::Borrowed(pair);
        }
        changed = true;
        Cow::Owned(format!("{name}={shown}"))
    });
    let shown: Vec<Cow<'_, str>> = shown.collect();
    if changed { Cow::Owned(shown.join("&")) } else { Cow::Borrowed(text) }
}

/// A form's value; where it is JSON, masked as JSON is.
fn form_value(value: &str) -> Cow<'_, str> {
    if !["%7B", "%7b", "%5B", "%5b", "{", "["].iter().any(|start| value.starts_with(start)) {
        return Cow::Borrowed(value);
    }
    let spaced = value.replace('+', " ");
    let decoded: Vec<u8> = percent_decode_str(&spaced).collect();
    match json(&decoded) {
        Cow::Borrowed(_) => Cow::Borrowed(value),
        Cow::Owned(masked) => {
            Cow::Owned(utf8_percent_encode(&String::from_utf8_lossy(&masked), NON_ALPHANUMERIC).to_string())
        }
    }
}

fn looks_like_json(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// JSON text with the values of telling keys masked. The rest is not touched, so numbers, order and spaces stay; text
/// that breaks off or is no JSON is masked as far as it looks like it.
fn json(text: &[u8]) -> Cow<'_, [u8]> {
    let mut shown: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = text[at..].iter().position(|byte| *byte == b'"') {
        let start = at + found;
        let end = end_of_string(text, start);
        at = end;
        let colon = skip_space(text, end);
        if text.get(colon) != Some(&b':') || !is_telling(&text[start..end]) {
            continue;
        }
        let value = skip_space(text, colon + 1);
        at = end_of_value(text, value);
        let shown = shown.get_or_insert_with(Vec::new);
        shown.extend_from_slice(&text[copied..value]);
        shown.extend_from_slice(format!("\"{MASK}\"").as_bytes());
        copied = at;
    }
    match shown {
        None => Cow::Borrowed(text),
        Some(mut shown) => {
            shown.extend_from_slice(&text[copied..]);
            Cow::Owned(shown)
        }
    }
}

/// Whether a key, in its quotes, tells of a credential; escapes in it hide nothing.
fn is_telling(quoted: &[u8]) -> bool {
    match serde_json::from_slice::<String>(quoted) {
        Ok(key) => tells(&key),
        Err(_) => tells(&String::from_utf8_lossy(quoted)),
    }
}

/// Behind the string that begins with the quote there.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Behind the value that begins there: a string, a map or list with all that is in it, or a word or number.
fn end_of_value(text: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(text, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 1 { at + 1 } else { at },
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a2_parameters_of_the_target() {
        for (given, expected) in [
            ("/hook/a", "/hook/a"),
            ("/hook/a?", "/hook/a?"),
            ("/hook/a?page=2&q=x", "/hook/a?page=2&q=x"),
            ("/hook/a?hub.verify_token=x&hub.challenge=7", "/hook/a?hub.verify_token=•••&hub.challenge=7"),
            ("/hook/a?API_Key=1&apikey=2&api-key=3", "/hook/a?API_Key=•••&apikey=•••&api-key=•••"),
            ("/hook/a?key=1&code=2&sig=3&monkey=4", "/hook/a?key=•••&code=•••&sig=•••&monkey=4"),
            ("/hook/a?%74oken=1&to%6ben=2", "/hook/a?%74oken=•••&to%6ben=•••"),
            ("/hook/a?token", "/hook/a?token"),
            ("/hook/a?door=1", "/hook/a?door=•••"),
        ] {
            assert_eq!(target(given, &["door".to_owned()]), expected);
        }
    }

    #[test]
    fn a2_headers_in_any_case() {
        assert_eq!(header("X-API-Key", b"1", &[]), MASK.as_bytes());
        assert_eq!(header("x-hub-signature-256", b"1", &[]), MASK.as_bytes());
        assert_eq!(header("User-Agent", b"1", &[]), b"1");
        assert_eq!(header("X-Door", b"1", &["x-door".to_owned()]), MASK.as_bytes());
    }

    #[test]
    fn a2_fields_of_json() {
        for (given, expected) in [
            (r#"{"a": 1.0, "b": 1e400}"#, r#"{"a": 1.0, "b": 1e400}"#),
            (r#"{"password": "x\"y", "b": 2}"#, r#"{"password": "•••", "b": 2}"#),
            (
                r#"{"a":{"apiKey":12,"x":[{"access_token":null}]}}"#,
                r#"{"a":{"apiKey":"•••","x":[{"access_token":"•••"}]}}"#,
            ),
            (r#"{"secret":{"deep":["}",{"a":"]"}]},"b":1}"#, r#"{"secret":"•••","b":1}"#),
            (r#"{"secrets" : [1,2] , "b":1}"#, r#"{"secrets" : "•••" , "b":1}"#),
            (r#"{"pass\u0077ord":"x"}"#, r#"{"pass\u0077ord":"•••"}"#),
            (r#"{"value":[{"clientState":"x","id":1}]}"#, r#"{"value":[{"clientState":"•••","id":1}]}"#),
            (r#"["token","x"]"#, r#"["token","x"]"#),
            (r#"{"note":"my \"token\": x"}"#, r#"{"note":"my \"token\": x"}"#),
            (r#"{"token":"broken off"#, r#"{"token":"•••""#),
            (r#"{"token":"#, r#"{"token":"•••""#),
            (r#"{"token":["#, r#"{"token":"•••""#),
            ("{\"token\"", "{\"token\""),
            ("{\"a\\", "{\"a\\"),
        ] {
            assert_eq!(String::from_utf8_lossy(&body(None, given.as_bytes())), expected);
        }
        assert_eq!(body(Some("application/json"), b"\xff{"), &b"\xff{"[..]);
        assert_eq!(
            body(None, b"[\xff,{\"token\":1}]").as_ref(),
            "[\u{0},{\"token\":\"•••\"}]"
                .replace('\u{0}', "X")
                .as_bytes()
                .iter()
                .map(|b| if *b == b'X' { 0xff } else { *b })
                .collect::<Vec<u8>>()
        );
    }

    #[test]
    fn a2_fields_of_forms() {
        let form = |given: &str| {
            let shown = body(Some("application/x-www-form-urlencoded; charset=utf-8"), given.as_bytes()).into_owned();
            String::from_utf8(shown).unwrap()
        };
        assert_eq!(form("user=a&password=b+c&x"), "user=a&password=•••&x");
        assert_eq!(form("user%5Bpassword%5D=b&code=7"), "user%5Bpassword%5D=•••&code=7");
        assert_eq!(form("payload=%7B%22a%22%3A1%7D"), "payload=%7B%22a%22%3A1%7D");
        assert_eq!(
            form("payload=%7B%22token%22%3A1%7D"),
            "payload=%7B%22token%22%3A%22%E2%80%A2%E2%80%A2%E2%80%A2%22%7D"
        );
    }
}
