//! The end of an archive: what is in it and where, and the mark that it is one.

use super::chunk::{Place, damaged, decode, encode, failed, unreadable};
use crate::disk::files::OpenFile;
use run::id::RunId;
use run::tables::StoreError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The last bytes of every archive; the last of them is the version of the format.
const MAGIC: &[u8; 8] = b"hkmlarc\x01";
/// Length, checksum, magic.
const TAIL: usize = 4 + 4 + MAGIC.len();
/// Read at once from the end; a footer is shorter, so one read is enough.
const GUESS: u64 = 512;

/// What an archive has and where. The format of archives is fixed by the order of these fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Footer {
    /// The first and last sequence number of the log that it stands for.
    pub(super) covers: (u64, u64),
    pub(super) done: u64,
    pub(super) open: u64,
    pub(super) carried: u64,
    /// The smallest and the largest name of done runs.
    pub(super) bounds: Option<(RunId, RunId)>,
    pub(super) done_at: Place,
    pub(super) open_at: Place,
    pub(super) scenarios_at: Place,
    pub(super) digests_at: Place,
    pub(super) carried_at: Place,
}

impl Footer {
    /// The last bytes of the file.
    pub(super) fn encode(&self, path: &Path) -> Result<Vec<u8>, StoreError> {
        let mut bytes = encode(self, path)?;
        let (length, crc) = (bytes.len() as u32, crc32fast::hash(&bytes));
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes.extend_from_slice(MAGIC);
        Ok(bytes)
    }

    /// Reads the end of a file of this size.
    pub(super) fn read(file: &dyn OpenFile, size: u64, path: &Path) -> Result<Self, StoreError> {
        let end = last(file, size, size.min(GUESS), path)?;
        let (rest, tail) = end.split_last_chunk::<TAIL>().ok_or_else(|| damaged(path, "the end of the file"))?;
        let [l0, l1, l2, l3, c0, c1, c2, c3, magic @ ..] = *tail;
        if magic[..7] == MAGIC[..7] && magic != *MAGIC {
            let text = "the version in its last byte is not known: a newer release wrote this file, use that or a later one; \
                        or the byte is damaged, restore the file from a backup";
            return Err(failed(path, text));
        }
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        if magic != *MAGIC || length as u64 + TAIL as u64 > size {
            return Err(damaged(path, "the end of the file"));
        }
        let longer;
        let footer = match rest.len().checked_sub(length) {
            Some(start) => &rest[start..],
            None => {
                longer = last(file, size, length as u64 + TAIL as u64, path)?;
                &longer[..length]
            }
        };
        if crc32fast::hash(footer) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Err(damaged(path, "the end of the file"));
        }
        decode(footer, path)
    }
}

/// The last bytes of a file. `count` is at most the file's size, so no more memory is taken than there are bytes.
fn last(file: &dyn OpenFile, size: u64, count: u64, path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![0; count as usize];
    file.read_at(&mut bytes, size - count).map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}
