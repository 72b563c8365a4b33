//! What all parts of an open store share: the index, the files that can be read, the records, and how far each has come.

use super::files::Files;
use super::index::Index;
use super::log::file::{LogFile, LogFiles};
use super::log::writer::Spares;
use super::room::Room;
use super::trees::Trees;
use crate::archive::{Archive, Cache};
use run::id::RunId;
use run::tables::StoreError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The archives, by number.
pub(super) type Archives = Arc<BTreeMap<u32, Arc<Archive>>>;

/// See the module.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) files: Arc<dyn Files>,
    pub(super) trees: Trees,
    pub(super) spares: Arc<Spares>,
    pub(super) cache: Arc<Cache>,
    pub(super) archives_folder: PathBuf,
    /// Where the database finds room to grow.
    pub(super) room: Room,
    /// The sequence number up to which the log's changes of records are in the database.
    pub(super) applied: AtomicU64,
    live: RwLock<Live>,
}

/// What changes together.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) index: Index,
    pub(super) logs: LogFiles,
    pub(super) archives: Archives,
    pub(super) damaged: Arc<Damaged>,
}

/// Archives with open runs that are not in the index, because their pages are damaged.
#[derive(Clone, Debug, Default)]
pub(super) struct Damaged {
    archives: BTreeSet<u32>,
    /// The newest run that was known when the store was opened: later ones are not in these pages.
    newest: Option<RunId>,
}

impl Damaged {
    /// Whether the run may be one of those of this archive.
    pub(super) fn may_have(&self, archive: u32, run: RunId) -> bool {
        self.archives.contains(&archive) && self.newest.is_some_and(|newest| run <= newest)
    }
}

impl Shared {
    /// Brings together what was opened.
    pub(super) fn new(
        files: Arc<dyn Files>,
        trees: Trees,
        spares: Arc<Spares>,
        cache: Arc<Cache>,
        archives_folder: &Path,
        live: Live,
    ) -> Self {
        let (archives_folder, room) = (archives_folder.to_owned(), Room::of(archives_folder));
        Self { files, trees, spares, cache, archives_folder, room, applied: AtomicU64::new(0), live: RwLock::new(live) }
    }

    /// The state as it is, for a short look.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, for a short change.
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the database durable as it is, and notes how much of the log is in it. Never two at once: sled hangs when
    /// several flush.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        let applied = self.applied.load(Ordering::Acquire);
        self.trees.checkpoint(applied)
    }
}

impl Live {
    /// A file of the log can be read from now on.
    pub(super) fn add_log(&mut self, file: Arc<LogFile>) {
        Arc::make_mut(&mut self.logs).insert(file.head.number, file);
    }

    /// A file of the log is not needed any more.
    pub(super) fn remove_log(&mut self, number: u32) -> Option<Arc<LogFile>> {
        Arc::make_mut(&mut self.logs).remove(&number)
    }

    /// An archive can be read from now on, in place of one with the same number.
    pub(super) fn add_archive(&mut self, number: u32, archive: Arc<Archive>) {
        Arc::make_mut(&mut self.archives).insert(number, archive);
    }

    /// Some open runs of these archives could not be read. To be told once everything else is known.
    pub(super) fn set_damaged(&mut self, archives: BTreeSet<u32>) {
        let done = self.archives.values().filter_map(|archive| archive.bounds()).map(|(_, last)| last).max();
        let newest = self.index.before(None).next().map(|(run, _)| run).max(done);
        self.damaged = Arc::new(Damaged { archives, newest });
    }

    /// An archive is not needed any more.
    pub(super) fn remove_archive(&mut self, number: u32) {
        Arc::make_mut(&mut self.archives).remove(&number);
    }
}
