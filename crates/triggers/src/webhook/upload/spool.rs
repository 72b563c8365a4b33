//! One file on its way in: in memory as long as it is small, from then on in the blobs, hashed as it comes.

use super::super::problem::Refusal;
use bytes::{Bytes, BytesMut};
use run::files::{FileValue, Files, Kept};
use run::payload::INLINE;
use run::tables::{BlobWriter, StoreError};
use tokio::task::spawn_blocking;

/// How many bytes go to the disk at a time.
const PIECE: usize = 256 * 1024;

/// A file that has not come as a whole yet.
pub(super) struct Spool<'f> {
    files: &'f Files,
    writer: Option<Box<dyn BlobWriter>>,
    /// What is not written yet.
    buffer: BytesMut,
    size: u64,
}

/// A file that has come as a whole.
pub(super) enum Content {
    /// It is no longer than a value may be.
    Small(Bytes),
    /// It is in the blobs.
    Kept(Kept),
}

impl<'f> Spool<'f> {
    pub(super) fn new(files: &'f Files) -> Self {
        Self { files, writer: None, buffer: BytesMut::new(), size: 0 }
    }

    pub(super) async fn push(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        self.buffer.extend_from_slice(chunk);
        self.size += chunk.len() as u64;
        let most = if self.writer.is_some() { PIECE } else { INLINE };
        if self.buffer.len() > most { self.write().await } else { Ok(()) }
    }

    pub(super) async fn finish(mut self) -> Result<Content, Refusal> {
        if self.writer.is_none() {
            return Ok(Content::Small(self.buffer.freeze()));
        }
        self.write().await?;
        let writer = self.writer.take();
        let finish = move || writer.ok_or(StoreError::Closed)?.finish();
        let digest = blocking(finish).await?;
        Ok(Content::Kept(self.files.kept(digest, self.size)))
    }

    /// Hands what has come to the disk, on a thread that may wait for it.
    async fn write(&mut self) -> Result<(), Refusal> {
        let (files, writer, piece) = (self.files.clone(), self.writer.take(), self.buffer.split().freeze());
        let write = move || {
            let mut writer = writer.map_or_else(|| files.create(), Ok)?;
            writer.write(&piece).map(|()| writer)
        };
        self.writer = Some(blocking(write).await?);
        Ok(())
    }
}

impl Content {
    /// The value by which expressions know it.
    pub(super) fn into_value(self, name: &str, filename: &str, content_type: &str) -> FileValue {
        match self {
            Self::Small(bytes) => FileValue::small(name, filename, content_type, &bytes),
            Self::Kept(kept) => FileValue::kept(name, filename, content_type, &kept),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Refusal> {
    let done = spawn_blocking(work).await.unwrap_or(Err(StoreError::Closed));
    done.map_err(|error| {
        tracing::error!(%error, "a file could not be taken in");
        Refusal::no_room_for_files()
    })
}
