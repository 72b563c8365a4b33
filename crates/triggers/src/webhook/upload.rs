//! How bodies are taken in: small ones and those that are parsed as a whole, large files on the way to the blobs, so that
//! memory does not grow with them.

mod multipart;
mod spool;

use super::compression::{Coding, decoded};
use super::media_type::{Family, MediaType};
use super::multipart::boundary;
use super::problem::Refusal;
use super::{body, headers};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use run::files::{FileValue, Files};
use run::payload::INLINE;
use scenario::plan::TriggerReads;
use serde_json::Value;
use spool::{Content, Spool};

/// How the body of a request is to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reception {
    /// As a whole, to be parsed.
    Whole,
    /// Part by part (RFC 7578).
    Parts {
        /// What stands between the parts.
        boundary: String,
    },
    /// As one file.
    File {
        /// Its type.
        content_type: String,
    },
}

/// The most that is taken of a body, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Of all that is held in memory and parsed.
    pub parsed: u64,
    /// Of a body that is or carries files.
    pub files: u64,
}

/// A body that was taken in.
#[derive(Clone, Debug)]
pub enum Body {
    /// As it came.
    Whole(Bytes),
    /// The fields of a form, and its files.
    Parts {
        /// A map.
        fields: Value,
        /// What else there was.
        files: Vec<FileValue>,
    },
    /// One file.
    File(FileValue),
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

impl Reception {
    /// How a body of this type and announced length is taken in by a scenario that reads this of it. Who asks for
    /// `trigger.raw` by name gets the bytes as they came, so they must be held as a whole.
    pub fn of(content_type: Option<&[u8]>, announced: Option<u64>, reads: &TriggerReads) -> Result<Self, Refusal> {
        let Some(content_type) = content_type.filter(|content_type| *content_type != b"application/json") else {
            return Ok(Self::Whole);
        };
        let is_small = announced.is_some_and(|length| length <= INLINE as u64);
        if is_small || matches!(reads, TriggerReads::Fields(fields) if fields.contains("raw")) {
            return Ok(Self::Whole);
        }
        let media_type = MediaType::parse(&headers::text(content_type));
        match media_type.family() {
            Family::Multipart => Ok(Self::Parts { boundary: boundary(media_type.boundary.as_deref())?.to_owned() }),
            Family::Bytes => Ok(Self::File { content_type: body::file_type(media_type) }),
            Family::Json | Family::JsonLines | Family::Form | Family::Xml | Family::Text => Ok(Self::Whole),
        }
    }

    /// The most bytes that a body may have which is taken in so.
    pub fn bound(&self, bounds: Bounds) -> u64 {
        if *self == Self::Whole { bounds.parsed } else { bounds.files }
    }
}

/// Takes a body in. What is larger than a value may be is in the blobs when this comes back. `room` is asked before more
/// bytes of a form are held in memory, as what is no file is, and as small files are.
///
/// Files are decoded as they come; what is taken in as a whole stays as it came, for signatures to be verified, and is
/// decoded by [`decompress`](super::compression::decompress).
pub async fn receive(
    reception: Reception,
    coding: Option<Coding>,
    chunks: impl Stream<Item = Result<Bytes, Refusal>> + Send,
    files: &Files,
    bounds: Bounds,
    room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<Body, Refusal> {
    let most = reception.bound(bounds);
    let chunks = bounded(chunks, most);
    match (reception, coding) {
        (Reception::Whole, _) => gathered(chunks).await.map(Body::Whole),
        (Reception::Parts { boundary }, None) => {
            multipart::receive(chunks, &boundary, files, bounds.parsed, room).await
        }
        (Reception::Parts { boundary }, Some(coding)) => {
            multipart::receive(decoded(coding, chunks, most), &boundary, files, bounds.parsed, room).await
        }
        (Reception::File { content_type }, None) => match file(chunks, files).await? {
            // It had no length to tell from, and turned out to be small.
            Content::Small(bytes) => Ok(Body::Whole(bytes)),
            kept => Ok(Body::File(kept.into_value("", "", &content_type))),
        },
        (Reception::File { content_type }, Some(coding)) => {
            let content = file(decoded(coding, chunks, most), files).await?;
            Ok(Body::File(content.into_value("", "", &content_type)))
        }
    }
}

/// At most this many bytes as one.
pub async fn whole(chunks: impl Stream<Item = Result<Bytes, Refusal>>, most: u64) -> Result<Bytes, Refusal> {
    gathered(bounded(chunks, most)).await
}

/// All bytes as one. Most bodies come in one chunk, which is handed on as it is.
async fn gathered(chunks: impl Stream<Item = Result<Bytes, Refusal>>) -> Result<Bytes, Refusal> {
    let mut chunks = std::pin::pin!(chunks);
    let Some(first) = chunks.next().await.transpose()? else { return Ok(Bytes::new()) };
    let Some(second) = chunks.next().await.transpose()? else { return Ok(first) };
    let mut bytes = BytesMut::from(&[first, second].concat()[..]);
    while let Some(chunk) = chunks.next().await.transpose()? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// The same chunks, and a refusal as soon as they are too many.
fn bounded<S: Stream<Item = Result<Bytes, Refusal>>>(chunks: S, most: u64) -> impl Stream<Item = S::Item> {
    let mut taken = 0;
    chunks.map(move |chunk| {
        let chunk = chunk?;
        taken += chunk.len() as u64;
        if taken > most { Err(Refusal::too_large(most)) } else { Ok(chunk) }
    })
}

async fn file(chunks: impl Stream<Item = Result<Bytes, Refusal>> + Send, files: &Files) -> Result<Content, Refusal> {
    let mut chunks = std::pin::pin!(chunks);
    let mut spool = Spool::new(files);
    while let Some(chunk) = chunks.next().await.transpose()? {
        spool.push(&chunk).await?;
    }
    spool.finish().await
}

#[cfg(test)]
mod tests;
