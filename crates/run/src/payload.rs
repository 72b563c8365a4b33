//! A JSON value as the journal keeps it: its text, inline or as a blob, decoded at most once.

use crate::files;
use crate::tables::{Blobs, Digest, StoreError};
use bytes::Bytes;
use rhai::Dynamic;
use scenario::data;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::OnceLock;

/// Values whose JSON text is longer than this many bytes are kept as blobs, by content.
pub const INLINE: usize = 16 * 1024;

/// A JSON value: its text, and its decoded form once someone asked for it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Payload {
    stored: Stored,
    #[serde(skip)]
    decoded: OnceLock<Dynamic>,
}

/// Where the text is. Journal bytes: variants are only ever appended.
#[derive(Clone, Serialize, Deserialize)]
enum Stored {
    Inline(Bytes),
    Blob {
        digest: Digest,
        length: u64,
        #[serde(skip)]
        text: Bytes,
    },
}

impl Payload {
    /// The payload of this JSON text, which must be valid: it was parsed or written by us.
    pub fn of_json(text: impl Into<Bytes>) -> Self {
        Self { stored: Stored::Inline(text.into()), decoded: OnceLock::new() }
    }

    /// The payload of this value.
    pub fn of(value: Dynamic) -> Self {
        Self { stored: Stored::Inline(data::to_text(&value).into()), decoded: data::share(value).into() }
    }

    /// The payload of this JSON value.
    pub fn of_value(json: &serde_json::Value) -> Self {
        Self { stored: Stored::Inline(json.to_string().into()), decoded: OnceLock::new() }
    }

    /// The payload of JSON text of which the decoded form is at hand.
    pub fn of_both(text: impl Into<Bytes>, value: Dynamic) -> Self {
        Self { stored: Stored::Inline(text.into()), decoded: data::share(value).into() }
    }

    /// The payload of `null`, which expressions see as `()`.
    pub fn null() -> Self {
        Self::of_both(Bytes::from_static(b"null"), Dynamic::UNIT)
    }

    /// The JSON text. Empty while it is a blob that was not [loaded](Self::load).
    pub fn text(&self) -> &[u8] {
        match &self.stored {
            Stored::Inline(text) | Stored::Blob { text, .. } => text,
        }
    }

    /// The value as expressions see it: shared, read-only, decoded at the first call. `()` where the text is no JSON,
    /// which happens only to a journal that was tampered with.
    pub fn value(&self) -> Dynamic {
        self.decoded.get_or_init(|| data::parse(self.text()).unwrap_or(Dynamic::UNIT)).clone()
    }

    /// Whether its text is longer than [`INLINE`] and not in the blobs yet.
    pub fn is_large(&self) -> bool {
        matches!(&self.stored, Stored::Inline(text) if text.len() > INLINE)
    }

    /// By what it is found in the blobs, once it is there.
    pub fn digest(&self) -> Option<Digest> {
        match &self.stored {
            Stored::Blob { digest, .. } => Some(*digest),
            Stored::Inline(_) => None,
        }
    }

    /// The blobs that must be kept for it: its own text, where that is one, and the files it refers to. References are
    /// seen only while the text is at hand.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.digest().into_iter().chain(files::referred(self.text()))
    }

    /// Moves a text longer than [`INLINE`] into the blobs, so that the journal carries only its digest.
    pub fn offload(&mut self, blobs: &dyn Blobs) -> Result<(), StoreError> {
        if let Stored::Inline(text) = &self.stored
            && text.len() > INLINE
        {
            let digest = blobs.put(text)?;
            self.stored = Stored::Blob { digest, length: text.len() as u64, text: text.clone() };
        }
        Ok(())
    }

    /// Reads the text of a blob back.
    pub fn load(&mut self, blobs: &dyn Blobs) -> Result<(), StoreError> {
        if let Stored::Blob { digest, length, text } = &mut self.stored
            && text.len() as u64 != *length
        {
            *text = blobs
                .get(digest)?
                .ok_or_else(|| StoreError::Corrupt(format!("the value {digest:?} is gone").into()))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stored {
            Stored::Inline(text) => f.write_str(&String::from_utf8_lossy(text)),
            Stored::Blob { digest, length, .. } => write!(f, "{length} bytes {digest:?}"),
        }
    }
}
