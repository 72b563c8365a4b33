//! The contracts of places where records and large values are kept. Modules and the server are handed these and
//! cannot reach the journal.

use crate::id::RunId;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The record's revision is not the expected one: someone else wrote first.
    #[error("the record was changed meanwhile")]
    Conflict,
    /// What was to be claimed is claimed already, by this run.
    #[error("the run {0} has claimed this before")]
    Claimed(RunId),
    /// The disk or the database failed; nothing of the request is promised.
    #[error("the store failed: {0}")]
    Failed(Arc<str>),
    /// There is no room on the disk; nothing of the request was done. It may be tried again once there is.
    #[error("the disk is full: {0}")]
    Full(Arc<str>),
    /// What was read is not what was written.
    #[error("stored data cannot be read: {0}")]
    Corrupt(Arc<str>),
    /// Too much waits to be written; nothing of the request was done. It may be tried again.
    #[error("the store has too much to write: try again later")]
    Busy,
    /// The store has been shut down.
    #[error("the store is closed")]
    Closed,
}

/// Which state of a record an update builds upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there.
    Any,
    /// The record must not exist.
    Absent,
    /// The record must be at this revision.
    Revision(u64),
}

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Grows with each change of this record.
    pub revision: u64,
    /// Its bytes.
    pub value: Bytes,
}

/// Named tables of small records with compare-and-set. A write that returned is on disk. Calls may block for a disk
/// flush: keep them off threads that must not wait.
pub trait Tables: Send + Sync + fmt::Debug {
    /// The record under this key.
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError>;
    /// Writes the record and gives its new revision.
    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError>;
    /// Writes all of these, key and value, whatever is there. Each is a write of its own: after an error or a crash, some may be
    /// there and others not.
    fn put_all(&self, table: &str, records: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        records.iter().try_for_each(|(key, value)| self.put(table, key, value, Expected::Any).map(drop))
    }
    /// Removes the record; whether it was there.
    fn delete(&self, table: &str, key: &str, expected: Expected) -> Result<bool, StoreError>;
    /// At most `limit` records whose key starts with `prefix` and comes after `after`, in the order of their keys.
    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError>;
}

/// The digest by which a large value is found: SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Large values by content. A `put` that returned is on disk, and so is what a writer has finished. Calls may block for
/// the disk.
pub trait Blobs: Send + Sync + fmt::Debug {
    /// Keeps these bytes and gives their digest. The same bytes are kept once.
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError>;
    /// The bytes of this digest, checked against it; none where there are none.
    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError>;
    /// Begins a value that comes piece by piece.
    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError>;
    /// The value of this digest, to be read piece by piece; none where there is none.
    fn open(&self, digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError>;
}

/// A value that is being written. It is found by nobody before it is finished; one that is dropped leaves nothing.
pub trait BlobWriter: Send + fmt::Debug {
    /// Adds these bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError>;
    /// Keeps what was written, as `put` would, and gives its digest.
    fn finish(self: Box<Self>) -> Result<Digest, StoreError>;
}

/// A value that is being read.
pub trait BlobReader: Send + fmt::Debug {
    /// How long it is, in bytes.
    fn length(&self) -> u64;
    /// The next bytes, at most this many; none at the end. The bytes are checked against their digest on the way: the
    /// last ones of a damaged value are not given out.
    fn read(&mut self, most: usize) -> Result<Bytes, StoreError>;
}
