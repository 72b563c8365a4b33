//! What tells a run's delivery from others: the value of an expression over `trigger`, as text and as a digest.

use crate::decide::failure;
use crate::error::StepError;
use crate::id::Millis;
use crate::names::View;
use crate::state::{Lane, State};
use rhai::{Dynamic, ImmutableString};
use scenario::data;
use scenario::expression::Expression;
use scenario::plan::BODY;
use sha2::{Digest, Sha256};

/// How many bytes of a key are shown.
const SHOWN: usize = 200;

/// The value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What people are shown of it: its text, cut after 200 bytes.
    pub shown: String,
    /// The SHA-256 of its whole text.
    pub digest: [u8; 32],
}

impl Key {
    fn of(value: &Dynamic) -> Option<Self> {
        if value.is_unit() {
            return None;
        }
        match value.read_lock::<ImmutableString>() {
            Some(text) => Self::of_text(text.as_bytes()),
            None => Self::of_text(&data::to_text(value)),
        }
    }

    /// The key that is this text; none where it is empty, which tells nothing from nothing.
    pub fn of_text(text: &[u8]) -> Option<Self> {
        let cut = text.len().min(SHOWN);
        let mut shown = String::from_utf8_lossy(&text[..cut]).trim_end_matches('\u{fffd}').to_owned();
        if cut < text.len() {
            shown.push('…');
        }
        (!text.is_empty()).then(|| Self { shown, digest: Sha256::digest(text).into() })
    }
}

impl State {
    /// The value of this expression before the first step; none where it is `()` or an empty text, which tell nothing
    /// from nothing. A text and the number that is written like it are the same key.
    pub fn key(&self, expression: &Expression, now: Millis) -> Result<Option<Key>, StepError> {
        let lane = Lane { block: BODY, turns: Default::default() };
        let value = expression.eval(&View { state: self, lane: &lane }, &self.arrival(now)).map_err(failure)?;
        Ok(Key::of(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(json: &str) -> Option<Key> {
        Key::of(&data::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn a_key_is_its_text() {
        for (json, shown) in [("\"evt_1\"", "evt_1"), ("17", "17"), ("[1,\"a\"]", "[1,\"a\"]"), ("false", "false")] {
            assert_eq!(key(json).map(|key| key.shown).as_deref(), Some(shown));
        }
        assert_eq!(key("\"17\""), key("17"));
        assert_ne!(key("\"a\""), key("\"b\""));
        assert_eq!((key("null"), key("\"\"")), (None, None));
    }

    #[test]
    fn long_keys_are_shown_cut_and_told_apart_whole() {
        let (one, other) = (format!("\"{}ä1\"", "x".repeat(SHOWN - 1)), format!("\"{}ä2\"", "x".repeat(SHOWN - 1)));
        let (one, other) = (key(&one).unwrap(), key(&other).unwrap());
        assert_eq!(one.shown, format!("{}…", "x".repeat(SHOWN - 1)));
        assert_eq!(one.shown, other.shown);
        assert_ne!(one.digest, other.digest);
    }
}
