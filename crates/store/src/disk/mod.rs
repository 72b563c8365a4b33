//! The store on one machine's disk: sled for journal and records, files for large values.
//!
//! Most runs are over within their first piece, so that is what is cheap: first pieces of runs created within the same
//! 8 ms lie together in frames ([`frame`]) under the key of that slot of time ([`trees`]). The name of a run is a
//! UUIDv7 and tells its slot, so a run is found and runs are listed in exact order without an index, whatever the clock
//! did. Later pieces have a key of their own, and a run that is not over has an entry in an index, which is all that a
//! restart reads. One thread writes and syncs for all ([`committer`]); [`group`] says what a crash can leave.
//!
//! What is read may be a moment ahead of the disk: a piece shows up when it is written, its append is answered when it
//! is synced. Making a run that exists already (piece 0) is not looked for, except while it is not over within the same
//! group: names of runs are unique by their making.

mod blobs;
mod committer;
pub(crate) mod files;
mod folder;
mod frame;
mod group;
mod records;
mod runs;
mod trees;

#[cfg(test)]
mod tests;

use crate::{Ack, Append, ClaimKey, Filter, Head, Journal, Journaled, Store};
use committer::Committer;
use folder::Folder;
use records::Change;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{Expected, Record, StoreError, Tables};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use trees::Trees;

/// How much sled caches, in bytes. Little is read twice; the system's page cache does the rest.
const CACHE_BYTES: u64 = 8 << 20;

/// How long the remains of a store that this process has just closed may hold sled's lock: a thread of its pool lets go
/// of the file a moment after the last handle.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);

/// Opens sled. The folder's own lock is held already, so nobody else can have sled's for long.
fn open_database(path: &Path) -> sled::Result<sled::Db> {
    let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(None);
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        match config.open() {
            // sled tells a lock that is held by this kind alone.
            Err(sled::Error::Io(error)) if error.kind() == ErrorKind::Other && Instant::now() < end => {
                thread::sleep(Duration::from_millis(5));
            }
            told => return told,
        }
    }
}

/// Opens the store in a data folder.
pub(crate) fn open(path: &Path) -> Result<Store, StoreError> {
    let folder = Folder::open(path)?;
    let database = folder.database();
    let db = open_database(&database).map_err(|error| unopened(&database, error))?;
    let trees = Trees::open(&db)?;
    group::settle(&trees)?;
    let writer = group::Writer::new(trees.clone())?;
    let file = database.join("db");
    let file = File::open(&file).map_err(|error| folder::failed("cannot open", &file, &error))?;
    sync_names(&database)?;
    let blobs = Arc::new(blobs::Blobs::open(folder.blobs())?);
    let disk = Arc::new(Disk { committer: Committer::start(writer, db, file)?, trees, _folder: folder });
    Ok(Store { journal: disk.clone(), tables: disk, blobs })
}

/// The open store. Fields are dropped in this order: the thread ends, the database closes, the folder is free.
#[derive(Debug)]
struct Disk {
    committer: Committer,
    trees: Trees,
    _folder: Folder,
}

impl Journal for Disk {
    fn append(&self, append: Append) -> Ack {
        self.committer.append(append)
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        runs::read(&self.trees, run)
    }

    fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
        runs::head(&self.trees, run)
    }

    fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
        group::claimed(&self.trees, key, now)
    }

    fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
        let filter = Filter { scenario: Some(scenario.clone()), ..Filter::default() };
        Ok(runs::list(&self.trees, &filter, 1)?.pop())
    }

    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        runs::open_runs(&self.trees, after, limit)
    }

    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        runs::list(&self.trees, filter, limit)
    }

    fn close(&self) -> Result<(), StoreError> {
        self.committer.close()
    }
}

impl Tables for Disk {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        records::get(&self.trees, table, key)
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        let written = self.committer.change(Change::new(table, key, Some(value), expected)?)?;
        Ok(written.expect("a change that writes a value has a revision"))
    }

    fn delete(&self, table: &str, key: &str, expected: Expected) -> Result<bool, StoreError> {
        let removed = self.committer.change(Change::new(table, key, None, expected)?)?;
        Ok(removed.is_some())
    }

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        records::scan(&self.trees, table, prefix, after, limit)
    }
}

/// Makes durable what sled leaves to the system when it opens: its settings, its snapshot and the names of its files.
fn sync_names(database: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| folder::failed("cannot sync", database, &error);
    for file in database.read_dir().map_err(failed)? {
        let file = file.map_err(failed)?;
        if file.file_type().map_err(failed)?.is_file() {
            File::open(file.path()).and_then(|file| file.sync_all()).map_err(failed)?;
        }
    }
    folder::sync_folder(database)
}

fn unopened(database: &Path, error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Corrupt(
            format!(
                "{}: {error}; keep a copy of this folder, then try again without its files snap.* (they only speed up \
                 opening)",
                database.display()
            )
            .into(),
        ),
        other => StoreError::Failed(format!("cannot open {}: {other}", database.display()).into()),
    }
}
