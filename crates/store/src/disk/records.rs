//! Records in the database: version(1) revision(8) flags(1) body. One tree holds all tables; a table's name with its
//! length before it is what the keys of the table begin with. Revisions are counted over the whole store, so that a
//! record that was deleted and made again never meets an old revision.

use super::frame::{self, Body};
use super::trees::{Trees, failed};
use bytes::Bytes;
use run::tables::{Expected, Record, StoreError};

/// The version of the format of records.
const VERSION: u8 = 1;
/// Where the counter of revisions is kept.
const REVISION: &str = "revision";
/// Table and key together, in bytes.
const KEY_BYTES: usize = 1024;
/// A record's value, in bytes.
const RECORD_BYTES: usize = 16 << 20;

/// A change of a record, checked and ready to be made by the committer.
#[derive(Debug)]
pub(super) struct Change {
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    expected: Expected,
}

impl Change {
    /// Writes a value; none removes the record.
    pub(super) fn new(table: &str, key: &str, value: Option<&[u8]>, expected: Expected) -> Result<Self, StoreError> {
        if value.is_some_and(|value| value.len() > RECORD_BYTES) {
            return Err(StoreError::Failed("a record's value is 16 MiB at most; keep larger ones as blobs".into()));
        }
        Ok(Self { key: record_key(table, key)?, value: value.map(<[u8]>::to_vec), expected })
    }

    /// How many bytes it holds in memory.
    pub(super) fn size(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }

    /// Makes the change: the new revision, or the last one of the record that was removed, or none where there was
    /// nothing to remove. The counter is on its way to the disk before the record: it is never behind.
    pub(super) fn apply(&self, trees: &Trees) -> Result<Result<Option<u64>, StoreError>, StoreError> {
        let stored = trees.records.get(&self.key).map_err(failed)?;
        let before = stored.as_deref().map(decode).transpose()?;
        let fits = match self.expected {
            Expected::Any => true,
            Expected::Absent => before.is_none(),
            Expected::Revision(revision) => before.is_some_and(|(at, _)| at == revision),
        };
        if !fits {
            return Ok(Err(StoreError::Conflict));
        }
        let revision = match &self.value {
            Some(value) => Some(self.insert(trees, value)?),
            None => {
                trees.records.remove(&self.key).map_err(failed)?;
                before.map(|(revision, _)| revision)
            }
        };
        if let Some((revision, Body::Chunks(count))) = before {
            trees.forget(&revision.to_be_bytes(), count)?;
        }
        Ok(Ok(revision))
    }

    fn insert(&self, trees: &Trees, value: &[u8]) -> Result<u64, StoreError> {
        let revision = trees.counter(REVISION)? + 1;
        trees.set_counter(REVISION, revision)?;
        let body = trees.keep(&revision.to_be_bytes(), value)?;
        trees.insert(&trees.records, &self.key, &encode(revision, body))?;
        Ok(revision)
    }
}

/// See [`run::tables::Tables::get`].
pub(super) fn get(trees: &Trees, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
    let key = record_key(table, key)?;
    // A large record that is being overwritten loses its chunks just after its name: look again then.
    while let Some(stored) = trees.records.get(&key).map_err(failed)? {
        if let Some(record) = load(trees, &stored)? {
            return Ok(Some(record));
        }
        if trees.records.get(&key).map_err(failed)?.as_ref() == Some(&stored) {
            return Err(frame::damaged("a record"));
        }
    }
    Ok(None)
}

/// See [`run::tables::Tables::scan`].
pub(super) fn scan(
    trees: &Trees,
    table: &str,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Record)>, StoreError> {
    let table_len = record_key(table, "")?.len();
    let prefix_key = record_key(table, prefix)?;
    let start = match after {
        Some(after) if after >= prefix => [record_key(table, after)?, vec![0]].concat(),
        _ => prefix_key.clone(),
    };
    let mut found = Vec::new();
    for stored in trees.records.range(start..) {
        let (key, stored) = stored.map_err(failed)?;
        if found.len() == limit || !key.starts_with(&prefix_key) {
            break;
        }
        let name = std::str::from_utf8(&key[table_len..]).map_err(|_| frame::damaged("a record's key"))?;
        let record = match load(trees, &stored)? {
            Some(record) => Some(record),
            None => get(trees, table, name)?,
        };
        found.extend(record.map(|record| (name.to_owned(), record)));
    }
    Ok(found)
}

fn load(trees: &Trees, stored: &[u8]) -> Result<Option<Record>, StoreError> {
    let (revision, body) = decode(stored)?;
    let value = trees.fetch(&revision.to_be_bytes(), body)?;
    Ok(value.map(|value| Record { revision, value: Bytes::from(value) }))
}

fn record_key(table: &str, key: &str) -> Result<Vec<u8>, StoreError> {
    if table.len() + key.len() > KEY_BYTES {
        return Err(StoreError::Failed("a table's name and a record's key have 1,024 bytes at most".into()));
    }
    let mut bytes = Vec::with_capacity(2 + table.len() + key.len());
    bytes.extend_from_slice(&(table.len() as u16).to_be_bytes());
    bytes.extend_from_slice(table.as_bytes());
    bytes.extend_from_slice(key.as_bytes());
    Ok(bytes)
}

fn encode(revision: u64, body: Body<'_>) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&revision.to_be_bytes());
    match body {
        Body::Inline(value) => {
            bytes.push(0);
            bytes.extend_from_slice(value);
        }
        Body::Chunks(count) => {
            bytes.push(1);
            bytes.extend_from_slice(&count.to_be_bytes());
        }
    }
    bytes
}

fn decode(bytes: &[u8]) -> Result<(u64, Body<'_>), StoreError> {
    let (&[version, a, b, c, d, e, f, g, h, chunked], rest) =
        bytes.split_first_chunk().ok_or_else(|| frame::damaged("a record"))?;
    let revision = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    match (version, chunked) {
        (VERSION, 0) => Ok((revision, Body::Inline(rest))),
        (VERSION, 1) => {
            let count = rest.try_into().map_err(|_| frame::damaged("a record"))?;
            Ok((revision, Body::Chunks(u32::from_be_bytes(count))))
        }
        _ => Err(StoreError::Corrupt(format!("version {version} of a record is not known").into())),
    }
}
