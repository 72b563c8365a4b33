//! A large value that comes piece by piece: hashed as it is written, named once it is complete and on disk.

use super::Shelf;
use crate::disk::files::OpenFile;
use crate::disk::folder::failed;
use run::tables::{BlobWriter, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A file without a name, which is removed unless it is finished.
pub(super) struct Writer {
    shelf: Arc<Shelf>,
    path: PathBuf,
    file: Box<dyn OpenFile>,
    hash: Sha256,
    length: u64,
}

impl Writer {
    pub(super) fn create(shelf: &Arc<Shelf>) -> Result<Self, StoreError> {
        let path = shelf.unfinished();
        let file = shelf.files.create(&path).map_err(|error| failed("cannot make", &path, &error))?;
        Ok(Self { shelf: Arc::clone(shelf), path, file, hash: Sha256::new(), length: 0 })
    }

    /// Adds bytes without looking at them.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_at(bytes, self.length).map_err(|error| failed("cannot write", &self.path, &error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Keeps what was added, of which this is the digest.
    pub(super) fn keep(&mut self, digest: Digest) -> Result<Digest, StoreError> {
        self.file.sync_data().map_err(|error| failed("cannot sync", &self.path, &error))?;
        self.shelf.keep(&self.path, &digest).map(|()| digest)
    }
}

impl BlobWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.add(bytes)
    }

    fn finish(mut self: Box<Self>) -> Result<Digest, StoreError> {
        let digest = Digest(std::mem::take(&mut self.hash).finalize().into());
        if self.shelf.renew(&digest) {
            return self.shelf.sync(&digest).map(|()| digest);
        }
        self.keep(digest)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A finished one has its name and is not found here; what cannot be removed is removed at the next start.
        let _ = self.shelf.files.remove(&self.path);
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("length", &self.length).finish_non_exhaustive()
    }
}
