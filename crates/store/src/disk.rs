//! The store on one machine's disk: a log and archives for the journal, sled for records, files for large values.
//!
//! What is to be kept goes into the log ([`log`]) in groups that share one sync; one thread writes them ([`committer`]).
//! In memory is how the runs stand that are in the log or not over, and where their pieces are ([`index`]). A full file of
//! the log becomes an archive ([`archivist`], [`crate::archive`]), where runs lie together, compressed, and can be searched;
//! then the file is used again. Records are in sled ([`trees`]), which follows the log and is made durable when a file of
//! the log goes; an opening brings the rest there ([`opening`]).
//!
//! What is read is on disk. Making a run that exists already (piece 0) is looked for in the index, not in archives:
//! names of runs are unique by their making.

mod archivist;
mod blobs;
mod captures;
mod chunked;
mod committer;
pub(crate) mod files;
mod folder;
mod gathering;
mod group;
mod head;
mod index;
mod live;
mod log;
mod old;
mod opening;
mod records;
mod retention;
mod room;
mod runs;
mod trees;

#[cfg(test)]
mod tests;

use crate::archive::Cache;
use crate::{Ack, Append, ClaimKey, Filter, Head, Journal, Journaled, Retention, Store, Usage};
use archivist::{Archivist, Backlog};
use captures::DiskCaptures;
use committer::{Committer, Worker};
use files::{Files, RealFiles};
use folder::Folder;
use live::{Live, Shared};
use log::writer::{Spares, Writer};
use records::Change;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{Digest, Expected, Record, StoreError, Tables};
use std::collections::HashSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use trees::Trees;

/// How much sled caches, in bytes. Little is read twice; the system's page cache does the rest.
const CACHE_BYTES: u64 = 8 << 20;

/// How much of archives is kept in memory, in bytes.
const ARCHIVE_CACHE_BYTES: usize = 16 << 20;

/// How long a large value stays that no run names: the call that made it may go on, or its run wait to be written.
const UNNAMED_AGE: Duration = Duration::from_secs(86_400);

/// How often a file of the log ends before it is full, so that what is in it can go, in milliseconds.
const SEAL_PAUSE: Millis = 3_600_000;

/// How many records of one call wait in the queue at most: the queue has a bound in bytes, and others use it too.
const AT_ONCE: usize = 1024;

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
    open_with(path, Arc::new(RealFiles), log::FILE_BYTES)
}

#[cfg(test)]
pub(crate) fn open_for_tests(path: &Path, log_bytes: u64) -> Result<Store, StoreError> {
    open_with(path, Arc::new(RealFiles), log_bytes)
}

/// Opens it with these files, and with files of the log of this size.
fn open_with(path: &Path, files: Arc<dyn Files>, log_bytes: u64) -> Result<Store, StoreError> {
    let disk = Arc::new(Disk::open(path, files.clone(), log_bytes)?);
    let blobs = disk.blobs.clone();
    let damage = disk.shared.read().damaged.told();
    let captures = Arc::new(DiskCaptures::open(files.clone(), &path.join("requests"), disk.clone())?);
    let bins = Arc::new(DiskCaptures::open(files, &path.join("bins"), disk.clone())?);
    Ok(Store { journal: disk.clone(), tables: disk, blobs, captures, bins, damage })
}

/// The open store. Fields are dropped in this order: the threads end, the database closes, the folder is free.
#[derive(Debug)]
struct Disk {
    committer: Committer,
    archivist: Archivist,
    shared: Arc<Shared>,
    blobs: Arc<blobs::Blobs>,
    /// Held while runs are let go.
    past: Mutex<Past>,
    _folder: Folder,
}

/// What is known from when runs were let go before.
#[derive(Debug, Default)]
struct Past {
    /// The large values that no run named the last time.
    unnamed: HashSet<Digest>,
    /// When a file of the log ended early.
    sealed: Option<Millis>,
}

impl Disk {
    fn open(path: &Path, files: Arc<dyn Files>, log_bytes: u64) -> Result<Self, StoreError> {
        let folder = Folder::open(path)?;
        let database = folder.database();
        trees::secure(&*files, &database)?;
        let db = open_database(&database).map_err(|error| unopened(&database, error))?;
        let trees = Trees::open(db.clone(), &files, &database)?;
        sync_names(&database)?;
        let (journal, archives) = (folder.journal(), folder.archives());
        for made in [&journal, &archives] {
            files.make_folder(made).map_err(|error| folder::failed("cannot make", made, &error))?;
        }
        // What is found is built upon. A process that died may have left names in the system's memory alone.
        for named_in in [path, &journal, &archives] {
            files.sync_folder(named_in).map_err(|error| folder::failed("cannot sync", named_in, &error))?;
        }
        if folder.is_old() {
            old::begin(&*files, &trees, [&journal, &archives])?;
        } else {
            old::forget(&db, &trees)?;
        }
        let names = files.list(&journal).map_err(|error| folder::failed("cannot read", &journal, &error))?;
        let spares = Arc::new(Spares::new(&journal, &names, log_bytes));
        let cache = Cache::new(ARCHIVE_CACHE_BYTES);
        let mut live = Live::default();
        let mut archived = opening::archives::open(&files, &archives, &cache, &mut live)?;
        opening::archives::look_behind_lost(&*files, &journal, &mut archived)?;
        let log = opening::log::open(&*files, &spares, &trees, &mut live, archived.covered)?;
        live.doubt(archived.unlisted, archived.lost);
        let shared = Arc::new(Shared::new(files.clone(), trees, spares.clone(), cache, &archives, live));
        shared.applied.store(log.end.sequence - 1, std::sync::atomic::Ordering::Release);
        shared.checkpoint()?;
        log.archived.into_iter().for_each(|file| spares.give(&*files, file));
        let backlog = Arc::new(Backlog::default());
        for file in log.full {
            backlog.push(file.head.number, file.size()?);
        }
        let blobs = Arc::new(blobs::Blobs::open(files.clone(), folder.blobs())?);
        let writer = Writer::at(files, spares, log.current, log.end)?;
        let mut worker = Worker::new(shared.clone(), writer, backlog.clone())?;
        if folder.is_old() {
            tracing::info!("the data folder has format 1: its runs are brought to format 2");
            old::migrate(&db, &shared.trees, &mut worker)?;
            shared.checkpoint()?;
            folder.renew()?;
            old::forget(&db, &shared.trees)?;
        }
        let committer = Committer::start(worker)?;
        let archivist = Archivist::start(shared.clone(), backlog)?;
        Ok(Self { committer, archivist, shared, blobs, past: Mutex::default(), _folder: folder })
    }
}

impl Journal for Disk {
    fn append(&self, append: Append) -> Ack {
        self.committer.append(append)
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        runs::read(&self.shared, run)
    }

    fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
        runs::head(&self.shared, run)
    }

    fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
        group::claimed(&self.shared, key, now)
    }

    fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
        let filter = Filter { scenario: Some(scenario.clone()), ..Filter::default() };
        Ok(runs::list(&self.shared, &filter, 1)?.pop())
    }

    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        Ok(runs::open_runs(&self.shared, after, limit))
    }

    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        runs::list(&self.shared, filter, limit)
    }

    fn retain(&self, retention: &Retention, now: Millis) -> Result<Usage, StoreError> {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let round = retention::retain(&self.shared, retention, now)?;
        if let Some(file) = round.spent_log
            && past.sealed.is_none_or(|sealed| now.saturating_sub(sealed) >= SEAL_PAUSE)
        {
            match self.committer.seal(file) {
                Ok(()) => past.sealed = Some(now),
                Err(error) => tracing::warn!(%error, "the log could not be ended early, for old runs to go"),
            }
        }
        if self.shared.read().damaged.has_lost_archives() {
            tracing::warn!("large values stay as long as it is not known which ones a damaged archive names");
            return Ok(round.gone);
        }
        let named = retention::digests(&self.shared)?;
        // A run may be about to name a value again that only runs had named that went just now: it stays once more.
        past.unnamed = self.blobs.remove_unnamed(&named, &past.unnamed, UNNAMED_AGE)?;
        Ok(round.gone)
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        retention::usage(&self.shared)
    }

    fn failure(&self) -> watch::Receiver<Option<StoreError>> {
        self.committer.failure()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.committer.close()?;
        self.archivist.stop()?;
        self.shared.checkpoint()
    }
}

impl Tables for Disk {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        records::get(&self.shared.trees, table, key)
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        let written = self.committer.change(Change::new(table, key, Some(value), expected)?)?;
        Ok(written.expect("a change that writes a value has a revision"))
    }

    fn put_all(&self, table: &str, records: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let change = |(key, value): &(String, Vec<u8>)| Change::new(table, key, Some(value), Expected::Any);
        for group in records.chunks(AT_ONCE) {
            self.committer.change_all(group.iter().map(change).collect::<Result<_, _>>()?)?;
        }
        Ok(())
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
        records::scan(&self.shared.trees, table, prefix, after, limit)
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
                "{}: the database is damaged; restore the whole data folder from a backup, or keep a copy and try again \
                 without its files snap.* and conf, which can be made anew",
                database.display()
            )
            .into(),
        ),
        sled::Error::Io(error) => folder::failed("cannot open", database, &error),
        other => StoreError::Failed(format!("cannot open {}: {other}", database.display()).into()),
    }
}
