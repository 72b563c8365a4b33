//! A large value that is read piece by piece, and checked on the way.

use super::super::folder::failed;
use super::damaged;
use bytes::{Bytes, BytesMut};
use run::tables::{BlobReader, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

/// A file that is being read.
pub(super) struct Reader {
    path: PathBuf,
    file: File,
    digest: Digest,
    hash: Sha256,
    length: u64,
    left: u64,
}

impl Reader {
    pub(super) fn open(path: PathBuf, digest: Digest) -> Result<Option<Self>, StoreError> {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("cannot open", &path, &error)),
        };
        let length = file.metadata().map_err(|error| failed("cannot read", &path, &error))?.len();
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
        self.file.read_exact(&mut bytes).map_err(|error| failed("cannot read", &self.path, &error))?;
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
