//! A large value that is read piece by piece, and checked on the way.

use super::damaged;
use crate::disk::files::{Files, OpenFile};
use crate::disk::folder::failed;
use bytes::{Bytes, BytesMut};
use run::tables::{BlobReader, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

/// A file that is being read.
pub(super) struct Reader {
    path: PathBuf,
    file: Box<dyn OpenFile>,
    digest: Digest,
    hash: Sha256,
    length: u64,
    left: u64,
}

impl Reader {
    pub(super) fn open(files: &dyn Files, path: PathBuf, digest: Digest) -> Result<Option<Self>, StoreError> {
        let file = match files.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("cannot open", &path, &error)),
        };
        let length = file.size().map_err(|error| failed("cannot read", &path, &error))?;
        // Nothing of it is ever read, so it would never be checked on the way.
        if length == 0 && Sha256::digest([]).as_slice() != digest.0 {
            return Err(damaged(&digest));
        }
        Ok(Some(Self { path, file, digest, hash: Sha256::new(), length, left: length }))
    }
}

impl BlobReader for Reader {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&mut self, most: usize) -> Result<Bytes, StoreError> {
        if self.left == 0 {
            return Ok(Bytes::new());
        }
        let take = usize::try_from(self.left).unwrap_or(usize::MAX).min(most);
        let mut bytes = BytesMut::zeroed(take);
        let at = self.length - self.left;
        self.file.read_at(&mut bytes, at).map_err(|error| failed("cannot read", &self.path, &error))?;
        self.hash.update(&bytes);
        self.left -= take as u64;
        if self.left == 0 && std::mem::take(&mut self.hash).finalize().as_slice() != self.digest.0 {
            return Err(damaged(&self.digest));
        }
        Ok(bytes.freeze())
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("digest", &self.digest).field("left", &self.left).finish_non_exhaustive()
    }
}
