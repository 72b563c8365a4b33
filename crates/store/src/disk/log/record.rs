//! What a group holds: pieces of runs, claims, and changes of records, each as length(4) crc32(4) kind(1) content.
//!
//! ```text
//! piece   run(16) piece(4) file(4) offset(4) head digests(4) digest(32)… bytes
//! claim   key(16) run(16) until(8)
//! change  revision(8) written(1) length(2) key value
//! ```
//! `file` and `offset` lead to the run's piece before; they are 0 where that is not in the log. A record has a checksum
//! of its own, so that one can be read without its group. These bytes outlive a release: kinds are only added.

use super::Place;
use crate::disk::head::{self, HeadView, damaged, split, take};
use crate::{Append, Claim, ClaimKey};
use run::id::{Millis, RunId};
use run::tables::{Digest, StoreError};
use uuid::Uuid;

const PIECE: u8 = 1;
const CLAIM: u8 = 2;
const CHANGE: u8 = 3;

/// Length and checksum, in bytes.
pub(in crate::disk) const RECORD_HEAD: usize = 8;
/// How many bytes a piece's record has besides its head, digests and bytes, and a claim.
const AROUND_PIECE: usize = RECORD_HEAD + 1 + 28 + 4 + RECORD_HEAD + 1 + 40;
/// How many bytes a change's record has besides its key and value.
const AROUND_CHANGE: usize = RECORD_HEAD + 1 + 11;

/// A record of the log.
#[derive(Clone, Debug)]
pub(in crate::disk) enum Record<'a> {
    /// A piece of a run.
    Piece(Piece<'a>),
    /// What a run has claimed.
    Claim(ClaimKey, RunId, Millis),
    /// A record was written or removed.
    Change(Change<'a>),
}

/// A piece of a run.
#[derive(Clone, Debug)]
pub(in crate::disk) struct Piece<'a> {
    pub(in crate::disk) run: RunId,
    /// How many there are before it.
    pub(in crate::disk) piece: u32,
    /// Where the one before is, if it was in the log.
    pub(in crate::disk) before: Option<Place>,
    pub(in crate::disk) head: HeadView<'a>,
    digests: &'a [u8],
    pub(in crate::disk) bytes: &'a [u8],
}

impl Piece<'_> {
    /// The large values that the piece names.
    pub(in crate::disk) fn digests(&self) -> impl Iterator<Item = Digest> {
        self.digests.as_chunks::<32>().0.iter().copied().map(Digest)
    }
}

/// A changed record: the revision that it got, or had when it was removed.
#[derive(Clone, Copy, Debug)]
pub(in crate::disk) struct Change<'a> {
    pub(in crate::disk) revision: u64,
    pub(in crate::disk) key: &'a [u8],
    /// None where it was removed.
    pub(in crate::disk) value: Option<&'a [u8]>,
}

/// How many bytes the records of an append take at most.
pub(in crate::disk) fn most_bytes(append: &Append) -> usize {
    AROUND_PIECE + head::most_bytes(&append.head) + 32 * append.digests.len() + append.bytes.len()
}

/// How many bytes the record of a change takes.
pub(in crate::disk) fn change_bytes(key: &[u8], value: Option<&[u8]>) -> usize {
    AROUND_CHANGE + key.len() + value.map_or(0, <[u8]>::len)
}

/// Adds a piece.
pub(in crate::disk) fn push_piece(buffer: &mut Vec<u8>, append: &Append, before: Option<Place>) {
    let start = begin(buffer, PIECE);
    buffer.extend_from_slice(append.run.0.as_bytes());
    buffer.extend_from_slice(&append.piece.to_le_bytes());
    let before = before.unwrap_or(Place { file: 0, offset: 0 });
    buffer.extend_from_slice(&before.file.to_le_bytes());
    buffer.extend_from_slice(&before.offset.to_le_bytes());
    head::write(buffer, &append.head);
    buffer.extend_from_slice(&(append.digests.len() as u32).to_le_bytes());
    append.digests.iter().for_each(|digest| buffer.extend_from_slice(&digest.0));
    buffer.extend_from_slice(&append.bytes);
    end(buffer, start);
}

/// Adds a claim.
pub(in crate::disk) fn push_claim(buffer: &mut Vec<u8>, claim: &Claim, run: RunId) {
    let start = begin(buffer, CLAIM);
    buffer.extend_from_slice(&claim.key.0);
    buffer.extend_from_slice(run.0.as_bytes());
    buffer.extend_from_slice(&claim.until.to_le_bytes());
    end(buffer, start);
}

/// Adds a change.
pub(in crate::disk) fn push_change(buffer: &mut Vec<u8>, change: Change<'_>) {
    let start = begin(buffer, CHANGE);
    buffer.extend_from_slice(&change.revision.to_le_bytes());
    buffer.push(u8::from(change.value.is_some()));
    buffer.extend_from_slice(&(change.key.len() as u16).to_le_bytes());
    buffer.extend_from_slice(change.key);
    buffer.extend_from_slice(change.value.unwrap_or_default());
    end(buffer, start);
}

/// The records of a group, each with its offset in these bytes.
pub(in crate::disk) fn records(bytes: &[u8]) -> impl Iterator<Item = Result<(usize, Record<'_>), StoreError>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let offset = bytes.len() - rest.len();
        let record = next(&mut rest).map(|record| (offset, record));
        if record.is_err() {
            rest = &[];
        }
        Some(record)
    })
}

/// How many bytes follow a record's first eight.
pub(in crate::disk) fn length_of(head: &[u8; RECORD_HEAD]) -> usize {
    let [a, b, c, d, ..] = *head;
    u32::from_le_bytes([a, b, c, d]) as usize
}

fn next<'a>(rest: &mut &'a [u8]) -> Result<Record<'a>, StoreError> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    let crc = u32::from_le_bytes(take(rest)?);
    let content = split(rest, length)?;
    if crc32fast::hash(content) != crc {
        return Err(damaged("a record of the log"));
    }
    decode(content)
}

fn decode(mut bytes: &[u8]) -> Result<Record<'_>, StoreError> {
    let [kind] = take(&mut bytes)?;
    match kind {
        PIECE => piece(bytes).map(Record::Piece),
        CLAIM => {
            let (key, run) = (take(&mut bytes)?, take(&mut bytes)?);
            Ok(Record::Claim(ClaimKey(key), RunId(Uuid::from_bytes(run)), Millis::from_le_bytes(take(&mut bytes)?)))
        }
        CHANGE => change(bytes).map(Record::Change),
        other => Err(StoreError::Corrupt(format!("kind {other} of a record of the log is not known").into())),
    }
}

fn piece(mut bytes: &[u8]) -> Result<Piece<'_>, StoreError> {
    let run = RunId(Uuid::from_bytes(take(&mut bytes)?));
    let piece = u32::from_le_bytes(take(&mut bytes)?);
    let file = u32::from_le_bytes(take(&mut bytes)?);
    let offset = u32::from_le_bytes(take(&mut bytes)?);
    let head = head::read(&mut bytes)?;
    let count = u32::from_le_bytes(take(&mut bytes)?) as usize;
    let digests = split(&mut bytes, count.saturating_mul(32))?;
    let before = (file > 0).then_some(Place { file, offset });
    Ok(Piece { run, piece, before, head, digests, bytes })
}

fn change(mut bytes: &[u8]) -> Result<Change<'_>, StoreError> {
    let revision = u64::from_le_bytes(take(&mut bytes)?);
    let [written] = take(&mut bytes)?;
    let length = u16::from_le_bytes(take(&mut bytes)?) as usize;
    let key = split(&mut bytes, length)?;
    Ok(Change { revision, key, value: (written == 1).then_some(bytes) })
}

fn begin(buffer: &mut Vec<u8>, kind: u8) -> usize {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; RECORD_HEAD]);
    buffer.push(kind);
    start
}

fn end(buffer: &mut [u8], start: usize) {
    let content = start + RECORD_HEAD;
    let length = (buffer.len() - content) as u32;
    let crc = crc32fast::hash(&buffer[content..]);
    buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
    buffer[start + 4..content].copy_from_slice(&crc.to_le_bytes());
}
