//! The trees of the database, their keys, and values too large for one key.
//!
//! | tree | key | value |
//! | --- | --- | --- |
//! | `made` | slot(6) opening(4) number(6) | a frame of first pieces of runs created in that slot of time |
//! | `more` | run(16) piece(4) | a later piece |
//! | `open` | run(16) | how a run that is not over stands |
//! | `chunks` | owner, number(4) | a part of a piece or record that is too large for one key |
//! | `records` | length(2) table, key | a record of [`run::tables::Tables`] |
//! | `claims` | digest(16) | run(16) until(8): who has claimed something |
//! | `meta` | name | counters, and what the last group touched |
//!
//! Numbers in keys are big-endian, so that keys sort by them.

use super::frame::{self, Body};
use run::id::{Millis, RunId};
use run::tables::StoreError;
use sled::{Db, IVec, Tree};

/// How many bytes one key holds at most. sled keeps up to 16 values in a page, and writes a page that exceeds a quarter
/// of a segment (512 KiB / 4) to a file of its own *which it never syncs*: values of this size stay far below.
pub(super) const VALUE_BYTES: usize = 4096;

/// How large a frame grows: six runs of 300 bytes. Larger ones would save little time and cost memory, since sled's
/// cache keeps at least one page in each of its 256 shards.
pub(super) const FRAME_BYTES: usize = 2048;

/// How many bytes an access of a page stands for, see [`Trees::insert`].
const ACCESS_BYTES: usize = 320;

/// Width of a slot of [`Trees::made`] as a power of two of milliseconds: 8 ms.
const SLOT_BITS: u32 = 3;

/// The open database.
#[derive(Clone, Debug)]
pub(super) struct Trees {
    pub(super) made: Tree,
    pub(super) more: Tree,
    pub(super) open: Tree,
    pub(super) chunks: Tree,
    pub(super) records: Tree,
    pub(super) claims: Tree,
    pub(super) meta: Tree,
}

impl Trees {
    /// Opens the trees of a database.
    pub(super) fn open(db: &Db) -> Result<Self, StoreError> {
        let tree = |name: &str| db.open_tree(name).map_err(failed);
        Ok(Self {
            made: tree("made")?,
            more: tree("more")?,
            open: tree("open")?,
            chunks: tree("chunks")?,
            records: tree("records")?,
            claims: tree("claims")?,
            meta: tree("meta")?,
        })
    }

    /// Writes a key, and lets sled's cache feel its size: a shard of the cache looks for pages to evict after 64 accesses
    /// only, however large the pages are, and would gather hundreds of megabytes of pages that are written once. Each
    /// 320 bytes count as one access, so no shard gathers more than 20 KiB unseen.
    pub(super) fn insert(&self, tree: &Tree, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        tree.insert(key, value).map_err(failed)?;
        self.weigh(tree, key, value)
    }

    /// Lets sled's cache feel the size of a value that was read, see [`Trees::insert`].
    pub(super) fn weigh(&self, tree: &Tree, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        (0..value.len() / ACCESS_BYTES).try_for_each(|_| tree.get(key).map(drop).map_err(failed))
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
        let bytes = value.as_ref().try_into().map_err(|_| frame::damaged("a counter"))?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// Sets a counter of `meta`.
    pub(super) fn set_counter(&self, name: &str, value: u64) -> Result<(), StoreError> {
        self.meta.insert(name, &value.to_be_bytes()).map(drop).map_err(failed)
    }
}

/// The slot of time in which a run was created. Slots sort as the runs in them do, whatever the clock did.
pub(super) fn slot(run: RunId) -> u64 {
    slot_at(run.created())
}

fn slot_at(millis: Millis) -> u64 {
    (millis as u64) >> SLOT_BITS
}

/// What the keys of a slot begin with.
pub(super) fn slot_prefix(slot: u64) -> [u8; 6] {
    let [_, _, prefix @ ..] = slot.to_be_bytes();
    prefix
}

/// The slot of a key of `made`.
pub(super) fn slot_of(key: &[u8]) -> Result<u64, StoreError> {
    let prefix: &[u8; 6] = key.first_chunk().ok_or_else(|| frame::damaged("a key"))?;
    let mut bytes = [0; 8];
    bytes[2..].copy_from_slice(prefix);
    Ok(u64::from_be_bytes(bytes))
}

/// The key of a frame: unique by the number of the opening of the store and the number of the frame in it.
pub(super) fn frame_key(slot: u64, opening: u32, number: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..6].copy_from_slice(&slot_prefix(slot));
    key[6..10].copy_from_slice(&opening.to_be_bytes());
    key[10..].copy_from_slice(&number.to_be_bytes()[2..]);
    key
}

/// The key of a later piece; the owner of the chunks of any piece.
pub(super) fn piece_key(run: RunId, piece: u32) -> [u8; 20] {
    let mut key = [0; 20];
    key[..16].copy_from_slice(run.0.as_bytes());
    key[16..].copy_from_slice(&piece.to_be_bytes());
    key
}

/// The run of a key of `more` or `open`.
pub(super) fn run_of(key: &[u8]) -> Result<RunId, StoreError> {
    let bytes: &[u8; 16] = key.first_chunk().ok_or_else(|| frame::damaged("a key"))?;
    Ok(RunId(uuid::Uuid::from_bytes(*bytes)))
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
