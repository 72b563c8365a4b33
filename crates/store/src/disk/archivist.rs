//! Moves what is full from the log into archives, behind everyone's back. Only it flushes the database, too.

use super::gathering::{Gathered, gather};
use super::live::Shared;
use crate::archive::{Builder, LOST_PIECE};
use bytes::Bytes;
use run::entry;
use run::id::RunId;
use run::tables::{Digest, StoreError};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many bytes of full files may wait before no more is accepted.
const LONG_BACKLOG: u64 = 128 << 20;
/// How long it is waited before an archive that could not be written is tried again.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// How many runs of the index change at once, so that no one waits long for it.
const AT_ONCE: usize = 1024;

/// The log files that are full, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// How large they are together.
    bytes: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Numbers and sizes.
    files: VecDeque<(u32, u64)>,
    is_over: bool,
}

impl Backlog {
    /// A log file is full.
    pub(super) fn push(&self, number: u32, bytes: u64) {
        self.lock().files.push_back((number, bytes));
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Whether the archivist is so far behind that no more should be accepted.
    pub(super) fn is_long(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= LONG_BACKLOG
    }

    /// The oldest full file; waits for one. None once it is over.
    fn next(&self) -> Option<u32> {
        let idle = |waiting: &mut Waiting| waiting.files.is_empty() && !waiting.is_over;
        let waiting = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        waiting.files.front().filter(|_| !waiting.is_over).map(|(number, _)| *number)
    }

    /// The oldest full file is in an archive.
    fn pop(&self) {
        let popped = self.lock().files.pop_front();
        self.bytes.fetch_sub(popped.map_or(0, |(_, bytes)| bytes), Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Waits a while, or until it is over: whether it is.
    fn pause(&self) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), RETRY_PAUSE, |waiting| !waiting.is_over);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_over
    }

    /// Archives everything that waits, on this thread.
    pub(super) fn archive_all(&self, shared: &Shared) -> Result<(), StoreError> {
        loop {
            let Some((number, _)) = self.lock().files.front().copied() else { return Ok(()) };
            archive(shared, number)?;
            self.pop();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that archives. Dropping it lets it finish the archive it is at.
#[derive(Debug)]
pub(super) struct Archivist {
    backlog: Arc<Backlog>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Archivist {
    /// Starts the thread.
    pub(super) fn start(shared: Arc<Shared>, backlog: Arc<Backlog>) -> Result<Self, StoreError> {
        let full = backlog.clone();
        let thread = std::thread::Builder::new()
            .name("archivist".into())
            .spawn(move || run(&shared, &full))
            .map_err(|error| StoreError::Failed(format!("no thread for the archivist: {error}").into()))?;
        Ok(Self { backlog, thread: Mutex::new(Some(thread)) })
    }

    /// Lets it finish what it is at, and waits.
    pub(super) fn stop(&self) -> Result<(), StoreError> {
        self.backlog.lock().is_over = true;
        self.backlog.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = thread.map_or(Ok(()), JoinHandle::join);
        ended.map_err(|_| StoreError::Failed("the archivist panicked".into()))
    }
}

impl Drop for Archivist {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "the archivist did not end well");
        }
    }
}

/// The path of an archive. One that was written anew, to lose what is not kept any more, has the next edition.
pub(super) fn path_of(folder: &Path, number: u32, edition: u32) -> PathBuf {
    folder.join(format!("{number:010}-{edition}.archive"))
}

fn run(shared: &Shared, backlog: &Backlog) {
    while let Some(number) = backlog.next() {
        // A panic, of the database say, must not end the thread: nobody else gives room back.
        let archived = catch_unwind(AssertUnwindSafe(|| archive(shared, number)));
        match archived.unwrap_or_else(|_| Err(StoreError::Failed("archiving panicked".into()))) {
            Ok(()) => backlog.pop(),
            Err(error) => {
                tracing::error!(%error, file = number, "a part of the log could not be archived; it is tried again");
                if backlog.pause() {
                    return;
                }
            }
        }
    }
}

/// Moves a log file's content into an archive of the same number.
fn archive(shared: &Shared, number: u32) -> Result<(), StoreError> {
    let Some(file) = shared.read().logs.get(&number).cloned() else { return Ok(()) };
    let gathered = gather(&file)?;
    write(shared, number, &gathered)?;
    shared.room.look(&*shared.files)?;
    for (key, run, until) in &gathered.claims {
        shared.trees.set_claim(key, *run, *until)?;
    }
    gathered.earliest.map_or(Ok(()), |time| shared.trees.lapse(time))?;
    shared.checkpoint()?;
    switch(shared, number, &gathered);
    shared.spares.give(&*shared.files, file);
    Ok(())
}

/// Writes the archive: the runs that are over, then the others, with what earlier archives have of them.
fn write(shared: &Shared, number: u32, gathered: &Gathered) -> Result<(), StoreError> {
    let path = path_of(&shared.archives_folder, number, 0);
    let mut builder = Builder::create(shared.files.clone(), &path, gathered.covers.clone())?;
    for over in [true, false] {
        for (run, found) in gathered.runs.iter().filter(|(_, found)| found.head.status.is_over() == over) {
            let (mut pieces, mut digests) = earlier(shared, *run, found.first)?;
            if found.first > 0 {
                builder.carried(*run);
            }
            pieces.extend_from_slice(&found.pieces);
            digests.extend_from_slice(&found.digests);
            match over {
                true => builder.done(*run, &found.head, &pieces, &digests)?,
                false => builder.open(*run, &found.head, &pieces, &digests)?,
            }
        }
    }
    let archive = builder.finish(&shared.cache)?;
    shared.write().add_archive(number, Arc::new(archive));
    Ok(())
}

/// The pieces of a run before this one, and the large values they name. What is damaged is lost, and marked as that:
/// trying again would not bring it back, and keep all other runs waiting.
fn earlier(shared: &Shared, run: RunId, count: u32) -> Result<(Vec<Bytes>, Vec<Digest>), StoreError> {
    if count == 0 {
        return Ok((Vec::new(), Vec::new()));
    }
    match kept(shared, run, count) {
        Err(error @ StoreError::Corrupt(_)) => {
            tracing::error!(%error, %run, "the beginning of a run is lost; the rest of it is kept");
            Ok((vec![Bytes::from_static(LOST_PIECE); count as usize], Vec::new()))
        }
        told => told,
    }
}

/// The pieces of a run before this one, from the archive that has them.
fn kept(shared: &Shared, run: RunId, count: u32) -> Result<(Vec<Bytes>, Vec<Digest>), StoreError> {
    let archive = {
        let live = shared.read();
        live.index.archive_of(run).and_then(|number| live.archives.get(&number).cloned())
    };
    let lost = || StoreError::Corrupt(format!("the beginning of run {run} is not there").into());
    let archive = archive.ok_or_else(lost)?;
    let mut pieces = archive.pieces(run)?.ok_or_else(lost)?;
    if pieces.len() < count as usize {
        return Err(lost());
    }
    pieces.truncate(count as usize);
    let digests = match archive.digests_of(run) {
        Err(StoreError::Corrupt(_)) => named_in(&pieces),
        told => told?,
    };
    Ok((pieces, digests))
}

/// The large values that pieces name, where their list is damaged.
fn named_in(pieces: &[Bytes]) -> Vec<Digest> {
    let entries = pieces.iter().flat_map(|piece| entry::decode(piece).unwrap_or_default());
    entries.flat_map(|entry| entry.digests().collect::<Vec<_>>()).collect()
}

/// Lets the index know where the runs are now.
fn switch(shared: &Shared, number: u32, gathered: &Gathered) {
    let runs: Vec<_> = gathered.runs.keys().copied().collect();
    let (many, last) = runs.split_at(runs.len().saturating_sub(AT_ONCE));
    for some in many.chunks(AT_ONCE) {
        let mut live = shared.write();
        some.iter().for_each(|run| live.index.archived(*run, number, number));
    }
    let mut live = shared.write();
    last.iter().for_each(|run| live.index.archived(*run, number, number));
    live.index.forget_claims(number);
    live.remove_log(number);
}
