//! Bodies that were written anew between the sender and here: the same content in other bytes.

use super::Finding;
use super::trial::Trial;
use crate::webhook::{compression, encoding};
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// Compressed bodies are decoded up to this, in bytes.
const LONGEST_DECODED: u64 = 1024 * 1024;

/// A body that may have been signed in place of the one that came.
struct Rewritten {
    code: &'static str,
    message: &'static str,
    bytes: Vec<u8>,
}

/// Whether another spelling of the body is what was signed.
pub(super) fn explain(trial: &Trial<'_>) -> Option<Finding> {
    let body = trial.incoming.body;
    if let Some(finding) = compressed(trial) {
        return Some(finding);
    }
    let candidates = ends(body).into_iter().chain(json(body)).chain(form(body));
    let found = candidates.into_iter().find(|one| one.bytes != body && trial.fits_body(&one.bytes))?;
    let hint = "what signs or passes the request on writes the body anew: have the bytes signed that are sent, and pass \
                them on as they came";
    Some(Finding::new(found.code, found.message, hint))
}

/// A body that was signed before it was compressed (RFC 9110 §8.4).
fn compressed(trial: &Trial<'_>) -> Option<Finding> {
    let coding = compression::named(trial.incoming.headers)?;
    let body = Bytes::copy_from_slice(trial.incoming.body);
    let decoded = compression::decompress(Some(coding), body, LONGEST_DECODED, |_| Ok(())).ok()?;
    (decoded != trial.incoming.body && trial.fits_body(&decoded)).then(|| {
        let message =
            format!("what the body decodes to was signed, and it came compressed by {}", coding.escape_ascii());
        let hint = "have the sender sign the bytes that it sends, or send them as they are";
        Finding::new("body_compressed", message, hint)
    })
}

/// Line ends and marks, at the end and within.
fn ends(body: &[u8]) -> Vec<Rewritten> {
    let rewritten = |code, message, bytes: Vec<u8>| Rewritten { code, message, bytes };
    let trimmed = body.trim_ascii_end().to_vec();
    let crlf = with_crlf(body);
    let lf = without_cr(body);
    let unmarked = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).to_vec();
    vec![
        rewritten(
            "newline_added",
            "a line end or blanks at the end of the body were not there when it was signed",
            trimmed,
        ),
        rewritten(
            "newline_removed",
            "a line feed at the end of the body was signed and is gone",
            [body, b"\n"].concat(),
        ),
        rewritten(
            "newline_removed",
            "a line end (CR LF) at the end of the body was signed and is gone",
            [body, b"\r\n"].concat(),
        ),
        rewritten("line_ends", "the body was signed with CR LF as line ends, and came with LF", crlf),
        rewritten("line_ends", "the body was signed with LF as line ends, and came with CR LF", lf),
        rewritten("byte_order_mark", "a byte order mark was put before the body after it was signed", unmarked),
        rewritten("body_lost", "an empty body was signed", Vec::new()),
    ]
}

fn with_crlf(body: &[u8]) -> Vec<u8> {
    without_cr(body).iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect()
}

fn without_cr(body: &[u8]) -> Vec<u8> {
    let mut rest = body.to_vec();
    let bytes = body.iter().enumerate();
    let kept = bytes.filter(|(at, byte)| !(**byte == b'\r' && body.get(at + 1) == Some(&b'\n')));
    rest.clear();
    rest.extend(kept.map(|(_, byte)| *byte));
    rest
}

/// The same JSON as programs write it.
fn json(body: &[u8]) -> Vec<Rewritten> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    const REFORMATTED: &str = "the same JSON in other spacing was signed: it was read and written anew";
    const ESCAPES: &str = "the same JSON with other escapes was signed (`\\u…`, `\\/`): it was read and written anew";
    const SORTED: &str = "the same JSON with its keys in another order was signed: it was read and written anew";
    let spacings: [fn(&Value) -> Option<String>; 4] =
        [|value| Some(value.to_string()), |value| indented(value, b"  "), |value| indented(value, b"    "), spaced];
    let texts: Vec<String> = spacings.iter().filter_map(|write| write(&value)).collect();
    let sorted = sorted(value.clone());
    let sorted: Vec<String> = spacings.iter().filter_map(|write| write(&sorted)).collect();
    let mut all = Vec::new();
    for (code, message, texts) in [("body_reformatted", REFORMATTED, &texts), ("body_keys_sorted", SORTED, &sorted)] {
        all.extend(texts.iter().map(|text| Rewritten { code, message, bytes: text.clone().into_bytes() }));
    }
    // What came with escapes was signed without them, or the other way round.
    let came = std::str::from_utf8(body).unwrap_or_default();
    for text in texts.iter().map(String::as_str).chain([came]) {
        let escaped = escaped(text);
        let both = escaped.replace('/', "\\/");
        for text in [escaped, both, text.replace('/', "\\/")] {
            all.push(Rewritten { code: "body_escapes", message: ESCAPES, bytes: text.into_bytes() });
        }
    }
    all
}

fn indented(value: &Value, indent: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(indent));
    value.serialize(&mut writer).ok()?;
    String::from_utf8(bytes).ok()
}

/// On one line, with a blank behind commas and colons, as Python writes it.
fn spaced(value: &Value) -> Option<String> {
    Some(match value {
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(spaced).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| Some(format!("{}: {}", Value::from(name.as_str()), spaced(value)?));
            let members: Option<Vec<_>> = members.iter().map(member).collect();
            format!("{{{}}}", members?.join(", "))
        }
        other => other.to_string(),
    })
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|(left, _), (right, _)| left.cmp(right));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// With `\uXXXX` for all that is not ASCII (RFC 8259 §7).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            character.encode_utf16(&mut units).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        }
    }
    escaped
}

/// The same form with blanks and other characters written in another way.
fn form(body: &[u8]) -> Vec<Rewritten> {
    if !body.contains(&b'=') || body.starts_with(b"{") {
        return Vec::new();
    }
    const MESSAGE: &str = "the same form with other escapes was signed: it was read and written anew";
    let pairs: Vec<_> = encoding::pairs(body, encoding_rs::UTF_8).collect();
    let write = |blank: &str, kept: &[&str]| {
        let part = |text: &str| {
            let escaped = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let escaped =
                kept.iter().fold(escaped, |text, one| text.replace(&format!("%{:02X}", one.as_bytes()[0]), one));
            escaped.replace("%20", blank)
        };
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect();
        Rewritten { code: "form_rewritten", message: MESSAGE, bytes: pairs.join("&").into_bytes() }
    };
    // WHATWG forms keep `*-._`, RFC 3986 keeps `-._~`.
    let browser = ["*", "-", ".", "_"];
    let url = ["-", ".", "_", "~"];
    vec![write("+", &browser), write("%20", &url), write("+", &url), write("%20", &browser)]
}
