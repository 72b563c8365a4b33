//! The trees of the database, their keys, and values too large for one key.
//!
//! | tree | key | value |
//! | --- | --- | --- |
//! | `records` | length(2) table, key | a record of [`run::tables::Tables`] |
//! | `chunks` | owner, number(4) | a part of a record that is too large for one key |
//! | `claims` | digest(16) | run(16) until(8): who has claimed something |
//! | `lapses` | until(8) digest(16) | nothing: which claims end when |
//! | `meta` | name | counters |
//!
//! Numbers in keys are big-endian, so that keys sort by them. The database follows the log: changes come here once they
//! are synced there, without a flush; only a checkpoint makes them durable here, and notes up to where.

use super::files::{Files, OpenFile};
use super::folder::{failed as file_failed, unsynced};
use super::head::damaged;
use crate::ClaimKey;
use run::id::{Millis, RunId};
use run::tables::StoreError;
use sled::{Db, IVec, Tree};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How many bytes one key holds at most. sled keeps up to 16 values in a page, and writes a page that exceeds a quarter
/// of a segment (512 KiB / 4) to a file of its own *which it never syncs*: values of this size stay far below.
pub(super) const VALUE_BYTES: usize = 4096;

/// How many bytes an access of a page stands for, see [`Trees::insert`].
const ACCESS_BYTES: usize = 320;

/// Where it is noted up to which sequence number the log's changes are in the database.
const APPLIED: &str = "applied";

/// A file beside the database that says that it could not be synced.
const UNSYNCED: &str = "unsynced";

/// How much of the database is written once more at a time, in bytes.
const SECURED_BYTES: u64 = 1 << 20;

/// Writes the whole database once more if a process before could not sync it: the system takes for written what it could
/// not write, and would not write it again. Before the database is opened.
pub(super) fn secure(files: &dyn Files, folder: &Path) -> Result<(), StoreError> {
    let (path, note) = (folder.join("db"), folder.join(UNSYNCED));
    if !note.exists() {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "the database could not be synced before; it is written once more");
    let written = files.open_to_write(&path).and_then(|file| {
        let size = file.size()?;
        for at in (0..size).step_by(SECURED_BYTES as usize) {
            let mut bytes = vec![0; SECURED_BYTES.min(size - at) as usize];
            file.read_at(&mut bytes, at)?;
            file.write_at(&bytes, at)?;
        }
        file.sync_data()
    });
    written.and_then(|()| files.remove(&note)).map_err(|error| file_failed("cannot write", &path, &error))
}

/// Where a value's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// Here.
    Inline(&'a [u8]),
    /// In this many chunks.
    Chunks(u32),
}

/// The open database.
#[derive(Clone, Debug)]
pub(super) struct Trees {
    db: Db,
    file: Arc<dyn OpenFile>,
    files: Arc<dyn Files>,
    /// Why the database could not be synced, and the file that says so to the next process.
    unsynced: Arc<OnceLock<StoreError>>,
    note: PathBuf,
    path: PathBuf,
    pub(super) records: Tree,
    pub(super) chunks: Tree,
    claims: Tree,
    lapses: Tree,
    meta: Tree,
}

impl Trees {
    /// Opens the trees of a database.
    pub(super) fn open(db: Db, files: &Arc<dyn Files>, folder: &Path) -> Result<Self, StoreError> {
        let tree = |name: &str| db.open_tree(name).map_err(failed);
        let path = folder.join("db");
        let file = files.open(&path).map_err(|error| file_failed("cannot open", &path, &error))?;
        Ok(Self {
            file: file.into(),
            files: files.clone(),
            unsynced: Arc::default(),
            note: folder.join(UNSYNCED),
            path,
            records: tree("records")?,
            chunks: tree("chunks")?,
            claims: tree("claims")?,
            lapses: tree("lapses")?,
            meta: tree("meta")?,
            db,
        })
    }

    /// Writes a key, and lets sled's cache feel its size: a shard of the cache looks for pages to evict after 64 accesses
    /// only, however large the pages are, and would gather hundreds of megabytes of pages that are written once. Each
    /// 320 bytes count as one access, so no shard gathers more than 20 KiB unseen.
    pub(super) fn insert(&self, tree: &Tree, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        tree.insert(key, value).map_err(failed)?;
        self.weigh(tree, key, value)
    }

    /// Keeps bytes that may be too large for one key, and tells what to write in their place. Chunks are written before
    /// what names them: a crash in between leaves chunks that nothing names, never a name without chunks.
    pub(super) fn keep<'a>(&self, owner: &[u8], bytes: &'a [u8]) -> Result<Body<'a>, StoreError> {
        if bytes.len() <= VALUE_BYTES {
            return Ok(Body::Inline(bytes));
        }
        let mut count = 0;
        for chunk in bytes.chunks(VALUE_BYTES) {
            self.insert(&self.chunks, &chunk_key(owner, count), chunk)?;
            count += 1;
        }
        Ok(Body::Chunks(count))
    }

    /// The bytes that [`Trees::keep`] kept; none where a chunk is missing.
    pub(super) fn fetch(&self, owner: &[u8], body: Body<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        let count = match body {
            Body::Inline(bytes) => return Ok(Some(bytes.to_vec())),
            Body::Chunks(count) => count,
        };
        let mut bytes = Vec::with_capacity((count as usize).min(1 << 12) * VALUE_BYTES);
        for number in 0..count {
            let key = chunk_key(owner, number);
            let Some(chunk) = self.chunks.get(&key).map_err(failed)? else { return Ok(None) };
            self.weigh(&self.chunks, &key, &chunk)?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }

    /// Removes the chunks of bytes that nothing names any more.
    pub(super) fn forget(&self, owner: &[u8], count: u32) -> Result<(), StoreError> {
        (0..count).try_for_each(|number| self.chunks.remove(chunk_key(owner, number)).map(drop).map_err(failed))
    }

    /// A counter of `meta`; 0 where there is none yet.
    pub(super) fn counter(&self, name: &str) -> Result<u64, StoreError> {
        let Some(value) = self.meta.get(name).map_err(failed)? else { return Ok(0) };
        let bytes = value.as_ref().try_into().map_err(|_| damaged("a counter"))?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// Sets a counter of `meta`.
    pub(super) fn set_counter(&self, name: &str, value: u64) -> Result<(), StoreError> {
        self.meta.insert(name, &value.to_be_bytes()).map(drop).map_err(failed)
    }

    /// Who has claimed this, and until when.
    pub(super) fn claim(&self, key: &ClaimKey) -> Result<Option<(RunId, Millis)>, StoreError> {
        let Some(stored) = self.claims.get(key.0).map_err(failed)? else { return Ok(None) };
        let (holder, until) = stored.split_first_chunk::<16>().ok_or_else(|| damaged("a claim"))?;
        let until = until.try_into().map_err(|_| damaged("a claim"))?;
        Ok(Some((RunId(uuid::Uuid::from_bytes(*holder)), Millis::from_be_bytes(until))))
    }

    /// Keeps a claim.
    pub(super) fn set_claim(&self, key: &ClaimKey, run: RunId, until: Millis) -> Result<(), StoreError> {
        let value = [run.0.as_bytes().as_slice(), &until.to_be_bytes()].concat();
        self.claims.insert(key.0, value).map_err(failed)?;
        self.lapses.insert(lapse_key(until, key), &[]).map(drop).map_err(failed)
    }

    /// Forgets the claims that have ended.
    pub(super) fn lapse(&self, now: Millis) -> Result<(), StoreError> {
        for stored in self.lapses.range(..=lapse_key(now, &ClaimKey([u8::MAX; 16]))) {
            let (lapse, _) = stored.map_err(failed)?;
            let key = lapse.last_chunk::<16>().copied().map(ClaimKey).ok_or_else(|| damaged("a claim"))?;
            // The same may have been claimed anew meanwhile.
            if self.claim(&key)?.is_some_and(|(_, until)| until <= now) {
                self.claims.remove(key.0).map_err(failed)?;
            }
            self.lapses.remove(lapse).map_err(failed)?;
        }
        Ok(())
    }

    /// Up to which sequence number the log's changes are durable here.
    pub(super) fn applied(&self) -> Result<u64, StoreError> {
        self.counter(APPLIED)
    }

    /// Makes everything durable that is written, up to this sequence number of the log. sled's flush does not reach the
    /// disk (`sync_file_range`), so its file is synced after it.
    ///
    /// After a sync that failed nobody knows what of the database is on disk, and another one may succeed without having
    /// written anything: then there are no checkpoints any more, so that the log keeps what it has.
    pub(super) fn checkpoint(&self, applied: u64) -> Result<(), StoreError> {
        if let Some(error) = self.unsynced.get() {
            return Err(error.clone());
        }
        self.set_counter(APPLIED, applied)?;
        self.db.flush().map_err(failed)?;
        let synced = self.file.sync_data().map_err(|error| unsynced(&self.path, &error));
        synced.inspect_err(|error| {
            // It only has to outlast the process: a machine without power has forgotten what was not on its disk.
            let noted = self.files.create(&self.note).map(drop);
            tracing::error!(%error, ?noted, "the database could not be synced; the log keeps what it has from now on");
            drop(self.unsynced.set(error.clone()));
        })
    }

    /// Lets sled's cache feel the size of a value that was read, see [`Trees::insert`].
    pub(super) fn weigh(&self, tree: &Tree, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        (0..value.len() / ACCESS_BYTES).try_for_each(|_| tree.get(key).map(drop).map_err(failed))
    }
}

/// The error of a database that failed.
pub(super) fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Corrupt(error.to_string().into()),
        other => StoreError::Failed(other.to_string().into()),
    }
}

fn chunk_key(owner: &[u8], number: u32) -> IVec {
    let mut key = Vec::with_capacity(owner.len() + 4);
    key.extend_from_slice(owner);
    key.extend_from_slice(&number.to_be_bytes());
    key.into()
}

/// Times before 1970 do not occur in claims; should one come up, it sorts late and is kept.
fn lapse_key(until: Millis, key: &ClaimKey) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&until.to_be_bytes());
    bytes[8..].copy_from_slice(&key.0);
    bytes
}
