//! A record of a data store as bytes. They outlive every release: a format in use never changes, a new one gets the
//! next number.

use super::{DataError, DataRecord};
use crate::id::Millis;
use crate::tables::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

/// The first byte of every record: the format of the rest.
const FORMAT: u8 = 1;

/// How many of its last changes a record remembers.
const REMEMBERED: usize = 128;

/// How long a record that is gone is still kept, in milliseconds, because it remembers what was done to it.
const AFTERLIFE: Millis = 3_600_000;

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The JSON text of its value; none once it was deleted.
    pub(super) value: Option<String>,
    /// When it expires, or was deleted.
    pub(super) expires: Option<Millis>,
    /// When it was last changed.
    pub(super) changed: Millis,
    /// Its last changes that may come again, the oldest first.
    pub(super) applied: Vec<Applied>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Applied {
    /// Whose: the beginning of the SHA-256 of its idempotency key.
    pub(super) by: [u8; 16],
    /// Which revision it made; none: the present one, which nobody knew when this was written.
    pub(super) revision: Option<u64>,
    /// What came of it.
    pub(super) effect: Effect,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Effect {
    /// A value was written.
    Put { created: bool },
    /// A number was added to, and is this now (JSON text).
    Added { number: String, created: bool },
    /// The record was deleted.
    Deleted,
}

/// What a change makes of a record.
#[derive(Clone, Debug)]
pub(super) struct Next {
    pub(super) value: Option<String>,
    pub(super) expires: Option<Millis>,
    pub(super) effect: Effect,
}

impl Stored {
    pub(super) fn encode(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![FORMAT])
            .expect("writing to memory cannot fail, and no record holds a type that postcard refuses")
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DataError> {
        let (&format, rest) = bytes.split_first().ok_or_else(damaged)?;
        if format != FORMAT {
            let text = format!("format {format} of a data store's record is not known to this release");
            return Err(StoreError::Corrupt(text.into()).into());
        }
        postcard::from_bytes(rest).map_err(|_| damaged())
    }

    /// The record that follows on `before`, which stood at a revision, when this change is made now.
    pub(super) fn after(before: Option<(u64, Self)>, next: Next, by: Option<[u8; 16]>, now: Millis) -> Self {
        let mut applied = match before {
            Some((revision, stored)) => remembered(stored.applied, revision),
            None => Vec::new(),
        };
        let Next { value, expires, effect } = next;
        applied.extend(by.map(|by| Applied { by, revision: None, effect }));
        applied.drain(..applied.len().saturating_sub(REMEMBERED));
        Self { value, expires, changed: now, applied }
    }

    /// What came of this change, and which revision it made, if it was made already.
    pub(super) fn applied(&self, by: &[u8; 16], revision: u64) -> Option<(&Effect, u64)> {
        let applied = self.applied.iter().rev().find(|applied| applied.by == *by)?;
        Some((&applied.effect, applied.revision.unwrap_or(revision)))
    }

    pub(super) fn is_live(&self, now: Millis) -> bool {
        self.value.is_some() && self.expires.is_none_or(|expires| expires > now)
    }

    /// From when on nobody needs it any more.
    pub(super) fn due(&self) -> Option<Millis> {
        self.expires.map(|expires| expires.saturating_add(AFTERLIFE))
    }

    /// The record as others see it; none once it is deleted or expired.
    pub(super) fn live(&self, key: &str, revision: u64, now: Millis) -> Result<Option<DataRecord>, DataError> {
        if !self.is_live(now) {
            return Ok(None);
        }
        let (changed, expires) = (self.changed, self.expires);
        Ok(Some(DataRecord { key: key.to_owned(), value: self.json()?, revision, changed, expires }))
    }

    pub(super) fn json(&self) -> Result<Value, DataError> {
        parse(self.value.as_deref().unwrap_or("null"))
    }
}

impl Effect {
    /// The number that was added to, as it was then.
    pub(super) fn number(text: &str) -> Result<Number, DataError> {
        match parse(text)? {
            Value::Number(number) => Ok(number),
            _ => Err(damaged()),
        }
    }
}

/// How a record remembers whose change it was.
pub(super) fn author(idempotency_key: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(idempotency_key).into();
    let mut author = [0; 16];
    author.copy_from_slice(&digest[..16]);
    author
}

/// The newest change made the revision that the record is found at.
fn remembered(mut applied: Vec<Applied>, revision: u64) -> Vec<Applied> {
    for change in &mut applied {
        change.revision.get_or_insert(revision);
    }
    applied
}

fn parse(text: &str) -> Result<Value, DataError> {
    serde_json::from_str(text).map_err(|_| damaged())
}

fn damaged() -> DataError {
    StoreError::Corrupt("a data store's record is damaged".into()).into()
}
