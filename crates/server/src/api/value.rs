//! JSON values on their way out: as they were journaled, unless they are too large to look at.

use run::payload::Payload;
use serde_json::value::RawValue;

/// Larger values are not shown, in bytes of JSON.
const LARGEST: usize = 256 * 1024;

/// The value, or `{"truncated": BYTES}` in its place.
pub(super) fn shown(payload: &Payload) -> Box<RawValue> {
    bounded(payload.text())
}

/// The JSON text, or `{"truncated": BYTES}` in its place.
pub(super) fn bounded(text: &[u8]) -> Box<RawValue> {
    if text.len() > LARGEST {
        return raw(format!("{{\"truncated\":{}}}", text.len()));
    }
    raw(String::from_utf8_lossy(text).into_owned())
}

/// The text as a JSON string, or `{"truncated": BYTES}` in its place.
pub(super) fn text(text: &str) -> Box<RawValue> {
    if text.len() > LARGEST {
        return raw(format!("{{\"truncated\":{}}}", text.len()));
    }
    raw(serde_json::Value::from(text).to_string())
}

/// The text as it is; `null` where it is no JSON, which happens only to a journal that was tampered with.
fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_they_are_up_to_the_bound() {
        let largest = format!("\"{}\"", "x".repeat(LARGEST - 2));
        let larger = format!("\"{}\"", "x".repeat(LARGEST - 1));
        for (given, expected) in [
            (r#"{"b":1,"a":1.0}"#, r#"{"b":1,"a":1.0}"#),
            ("null", "null"),
            ("no JSON", "null"),
            (&largest, &largest),
            (&larger, r#"{"truncated":262145}"#),
        ] {
            assert_eq!(bounded(given.as_bytes()).get(), expected);
        }
    }

    #[test]
    fn texts_are_shown_as_strings_up_to_the_bound() {
        assert_eq!(text("a\"b").get(), r#""a\"b""#);
        assert_eq!(text(&"x".repeat(LARGEST + 1)).get(), r#"{"truncated":262145}"#);
    }
}
