//! Records in the database: version(1) revision(8) flags(1) body. One tree holds all tables; a table's name with its
//! length before it is what the keys of the table begin with. Revisions are counted over the whole store, so that a
//! record that was deleted and made again never meets an old revision.

use super::head::damaged;
use super::trees::{Body, Trees, failed};
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

/// A change of a record, for the committer to check and make.
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

    /// The record's key in the database.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// What is written; none where the record is removed.
    pub(super) fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// Which state it builds upon.
    pub(super) fn expected(&self) -> Expected {
        self.expected
    }
}

/// The last revision that was given to a record, as far as the database knows.
pub(super) fn last_revision(trees: &Trees) -> Result<u64, StoreError> {
    trees.counter(REVISION)
}

/// The revision of the record under this key.
pub(super) fn revision(trees: &Trees, key: &[u8]) -> Result<Option<u64>, StoreError> {
    let stored = trees.records.get(key).map_err(failed)?;
    Ok(stored.as_deref().map(decode).transpose()?.map(|(revision, _)| revision))
}

/// Brings a change into the database. Doing so again, also after later changes, does no harm if those are done again,
/// too.
pub(super) fn apply(trees: &Trees, key: &[u8], value: Option<&[u8]>, revision: u64) -> Result<(), StoreError> {
    let stored = trees.records.get(key).map_err(failed)?;
    let before = stored.as_deref().map(decode).transpose()?;
    match value {
        Some(value) => {
            trees.set_counter(REVISION, revision)?;
            let body = trees.keep(&revision.to_be_bytes(), value)?;
            trees.insert(&trees.records, key, &encode(revision, body))?;
        }
        None => drop(trees.records.remove(key).map_err(failed)?),
    }
    match before {
        Some((old, Body::Chunks(count))) if old != revision || value.is_none() => {
            trees.forget(&old.to_be_bytes(), count)
        }
        _ => Ok(()),
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
            return Err(damaged("a record"));
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
        let name = std::str::from_utf8(&key[table_len..]).map_err(|_| damaged("a record's key"))?;
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
        bytes.split_first_chunk().ok_or_else(|| damaged("a record"))?;
    let revision = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    match (version, chunked) {
        (VERSION, 0) => Ok((revision, Body::Inline(rest))),
        (VERSION, 1) => {
            let count = rest.try_into().map_err(|_| damaged("a record"))?;
            Ok((revision, Body::Chunks(u32::from_be_bytes(count))))
        }
        _ => Err(StoreError::Corrupt(format!("version {version} of a record is not known").into())),
    }
}
