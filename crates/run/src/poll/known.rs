//! What a poll knows from one look to the next, as it is kept on disk.

use super::validators::Validators;
use crate::id::Millis;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::HashSet;

/// How many items of one answer are looked at.
pub const MOST_ITEMS: usize = 10_000;

/// How many items are known again at least, whatever answers have: those of the last answer always are.
pub const MOST_KNOWN: usize = 10_000;

/// What is known. Eight bytes for each item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Of which poll: what is known of another counts for nothing.
    pub identity: String,
    /// Whether anything was ever answered.
    pub looked: bool,
    /// From where it is asked next; null: nothing is known.
    pub cursor: Value,
    /// The items, newest last.
    #[serde(serialize_with = "packed", deserialize_with = "unpacked")]
    pub items: Vec<u64>,
    /// What was begun and is not noted as done.
    pub round: Option<Round>,
    /// By what the far side tells that nothing has changed.
    pub validators: Option<Validators>,
}

/// New items whose runs are being started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// When it was begun; the names of its runs are of that time.
    pub at: Millis,
    /// Those that are one run together; empty where each has its own.
    #[serde(serialize_with = "packed", deserialize_with = "unpacked")]
    pub keys: Vec<u64>,
}

impl Known {
    /// What is on disk of this poll; of another one, or of what cannot be read, nothing.
    pub fn read(bytes: &[u8], identity: &str) -> Self {
        let known = serde_json::from_slice::<Self>(bytes).ok().filter(|known| known.identity == identity);
        known.unwrap_or_else(|| Self::new(identity))
    }

    /// Nothing.
    pub fn new(identity: &str) -> Self {
        Self { identity: identity.to_owned(), ..Self::default() }
    }

    /// As it is kept.
    pub fn write(&self) -> Vec<u8> {
        // A map of plain values always has JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// All items of an answer are dealt with.
    pub(super) fn settle(&mut self, all: &[u64], cursor: Value) {
        self.round = None;
        self.add(all);
        if !cursor.is_null() {
            self.cursor = cursor;
        }
    }

    /// These items are known from now on, and the oldest that are not among them go where there are too many.
    pub(super) fn add(&mut self, keys: &[u64]) {
        let newer: HashSet<u64> = keys.iter().copied().collect();
        self.items.retain(|key| !newer.contains(key));
        self.items.extend_from_slice(keys);
        let most = MOST_KNOWN.max(keys.len());
        self.items.drain(..self.items.len().saturating_sub(most));
        self.round = None;
    }
}

fn packed<S: Serializer>(keys: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
    serializer.serialize_str(&BASE64_STANDARD_NO_PAD.encode(bytes))
}

fn unpacked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = BASE64_STANDARD_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
    let (keys, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(serde::de::Error::custom("a key has eight bytes"));
    }
    Ok(keys.iter().map(|key| u64::from_be_bytes(*key)).collect())
}
