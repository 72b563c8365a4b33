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

/// What of the archives cannot be read, and what is not known because of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Damaged {
    /// Archives with open runs that are not in the index, because their pages are damaged.
    unlisted: BTreeSet<u32>,
    /// Archives of which nothing can be said.
    lost: BTreeMap<u32, PathBuf>,
    /// Runs that were open before a lost archive, with the archive that has them so. They may be over by now, so they do
    /// not go on: what they have done since would be done again.
    doubtful: BTreeMap<RunId, u32>,
    /// The newest run that was known when the store was opened: later ones are not in what is damaged.
    newest: Option<RunId>,
}

impl Damaged {
    /// Whether the run may be one of those of this archive that are not in the index.
    pub(super) fn may_have(&self, archive: u32, run: RunId) -> bool {
        self.unlisted.contains(&archive) && self.is_old(run)
    }

    /// An error where a run that was found nowhere may be in a lost archive.
    pub(super) fn reject_lost(&self, run: RunId) -> Result<(), StoreError> {
        match self.lost.values().next_back().filter(|_| self.is_old(run)) {
            None => Ok(()),
            Some(path) => {
                let text = format!("run {run} may be in {}, which is damaged", path.display());
                Err(StoreError::Corrupt(text.into()))
            }
        }
    }

    /// Whether there are archives of which nothing can be said.
    pub(super) fn has_lost_archives(&self) -> bool {
        !self.lost.is_empty()
    }

    /// The first archive of which nothing can be said.
    pub(super) fn first_lost(&self) -> Option<u32> {
        self.lost.keys().next().copied()
    }

    /// Whether this archive has the latest there is of a run that may be over.
    pub(super) fn doubts(&self, archive: u32, run: RunId) -> bool {
        self.doubtful.get(&run) == Some(&archive)
    }

    /// What there is to say to people.
    pub(super) fn told(&self) -> Vec<String> {
        let lost = self.lost.values().map(|path| {
            format!(
                "{} is damaged: restore it from a backup and restart; until then its runs are missing, and {} older runs \
                 stand still, for they may be over there",
                path.display(),
                self.doubtful.len()
            )
        });
        let unlisted = self.unlisted.iter().map(|number| {
            format!(
                "archive {number} is damaged: some of its runs that are not over stand still; restore it from a backup"
            )
        });
        lost.chain(unlisted).collect()
    }

    fn is_old(&self, run: RunId) -> bool {
        self.newest.is_some_and(|newest| run <= newest)
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

    /// Some open runs of these archives could not be read, and nothing of the lost ones. To be told once everything else
    /// is known. What the log or a later archive does not know better is in doubt from then on.
    pub(super) fn doubt(&mut self, unlisted: BTreeSet<u32>, lost: BTreeMap<u32, PathBuf>) {
        let done = self.archives.values().filter_map(|archive| archive.bounds()).map(|(_, last)| last).max();
        let newest = self.index.before(None).next().map(|(run, _)| run).max(done);
        let last_lost = lost.keys().next_back().copied().unwrap_or_default();
        let doubtful = self.index.archived_before(last_lost);
        doubtful.keys().for_each(|run| self.index.remove(*run));
        self.damaged = Arc::new(Damaged { unlisted, lost, doubtful, newest });
    }

    /// An archive is not needed any more.
    pub(super) fn remove_archive(&mut self, number: u32) {
        Arc::make_mut(&mut self.archives).remove(&number);
    }
}
