//! What a request carries: bytes at hand, or pieces of which some are files that are read while they are sent.

use crate::file::{self, Source};
use bytes::Bytes;
use futures_util::stream::{self, Stream, TryStreamExt};
use run::error::StepError;
use run::files::Files;
use run::tables::{BlobReader, StoreError};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many bytes of a file are read at a time.
const PIECE: usize = 256 * 1024;

/// The body of a request. It can be sent as often as it takes.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// At hand.
    Bytes(Bytes),
    /// With files in it.
    Pieces(Arc<Pieces>),
}

/// The pieces of a body, in order.
#[derive(Debug)]
pub(crate) struct Pieces {
    pub(crate) sources: Vec<Source>,
    /// What people see of it.
    pub(crate) shown: Value,
}

/// A body whose files are open.
pub(super) struct Opened {
    pieces: VecDeque<Piece>,
    /// In bytes.
    pub(super) length: u64,
}

enum Piece {
    Bytes(Bytes),
    File(Box<dyn BlobReader>),
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl Body {
    /// All bytes; none where they are more than `most`.
    pub(crate) async fn at_once(&self, files: &Files, most: u64) -> Result<Option<Bytes>, StepError> {
        match self {
            Self::Bytes(bytes) => Ok(Some(bytes.clone()).filter(|bytes| bytes.len() as u64 <= most)),
            Self::Pieces(pieces) => {
                let opened = pieces.open(files).await?;
                if opened.length > most { Ok(None) } else { opened.whole().await.map(Some) }
            }
        }
    }
}

impl Pieces {
    /// Opens all files, so that a missing one is noticed before anything is sent.
    pub(super) async fn open(&self, files: &Files) -> Result<Opened, StepError> {
        let mut opened = Opened { pieces: VecDeque::with_capacity(self.sources.len()), length: 0 };
        for source in &self.sources {
            let (length, piece) = match source {
                Source::Bytes(bytes) => (bytes.len() as u64, Piece::Bytes(bytes.clone())),
                Source::Kept(reference) => {
                    let reader = file::open(files, reference).await?;
                    (reader.length(), Piece::File(reader))
                }
            };
            opened.length += length;
            opened.pieces.push_back(piece);
        }
        Ok(opened)
    }
}

impl Opened {
    /// The bytes in order, a piece at a time.
    pub(super) fn stream(self) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + use<> {
        stream::try_unfold(self.pieces, |mut pieces| async {
            while let Some(piece) = pieces.pop_front() {
                let bytes = match piece {
                    Piece::Bytes(bytes) => bytes,
                    Piece::File(reader) => {
                        let (bytes, rest) = file::next(reader, PIECE).await?;
                        if !bytes.is_empty() {
                            pieces.push_front(Piece::File(rest));
                        }
                        bytes
                    }
                };
                if !bytes.is_empty() {
                    return Ok(Some((bytes, pieces)));
                }
            }
            Ok(None)
        })
    }

    /// All bytes at once, for a far side that is not reached over a wire.
    async fn whole(self) -> Result<Bytes, StepError> {
        let bytes = self.stream().try_fold(Vec::new(), |mut all, bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        });
        bytes.await.map(Bytes::from).map_err(|error| file::failed(&error))
    }
}
