//! Captures on one machine's disk: files of records ([`segment`]) that are written by one thread ([`writer`]) out of a
//! buffer that callers fill ([`queue`]), and lists of where the records of each log are ([`index`]).
//!
//! Nothing is synced but for those who wait for it, and at the end: what a power failure takes is no promise. An opening
//! reads the names of the files and the list of the newest one alone; a background thread reads the other lists.

mod contents;
mod index;
mod queue;
mod record;
mod segment;
mod writer;

#[cfg(test)]
mod tests;

use super::files::Files;
use super::folder::failed;
use crate::captures::{Bounds, Capture, Captures, Encode, Kept, Kinds, Label, Tally};
use index::Index;
use queue::{Job, Queue};
use run::id::Millis;
use run::tables::StoreError;
use segment::Segment;
use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::watch;
use writer::Writer;

/// The open log. Dropping it writes what waits and ends the thread.
pub(super) struct DiskCaptures {
    index: Arc<Index>,
    queue: Arc<Queue>,
    written: watch::Receiver<u64>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Whoever holds it has the data folder for himself.
    _lock: Arc<dyn Send + Sync>,
}

impl fmt::Debug for DiskCaptures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskCaptures").field("index", &self.index).finish_non_exhaustive()
    }
}

impl DiskCaptures {
    /// Opens what is in this folder, which need not be there. Nobody else may have it open while `lock` is held.
    pub(super) fn open(files: Arc<dyn Files>, folder: &Path, lock: Arc<dyn Send + Sync>) -> Result<Self, StoreError> {
        let names = match files.list(folder) {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed("cannot read", folder, &error)),
        };
        let (mut segments, mut last) = (Vec::new(), 0);
        for first in names.iter().filter_map(|name| segment::first_of(name)) {
            match Segment::existing(Arc::clone(&files), folder, first) {
                Ok(segment) => segments.push(segment),
                // Requests to look at are no reason for the journal to stay closed.
                Err(error) => {
                    tracing::error!(folder = %folder.display(), first, %error, "kept requests cannot be read");
                    last = last.max(first + writer::SEGMENT_BYTES);
                }
            }
        }
        let index = Arc::new(Index::of(segments));
        let last = last.max(index.last());
        let queue = Arc::new(Queue::new(last + 1));
        let (sender, written) = watch::channel(last);
        let writer = Writer::new(files, folder.to_owned(), Arc::clone(&index), Arc::clone(&queue), sender);
        let thread = spawn("captures", move || writer.run())?;
        let lists = Arc::clone(&index);
        // It is over soon; whoever needs a list earlier reads it himself.
        drop(spawn("capture-lists", move || read_lists(&lists))?);
        Ok(Self { index, queue, written, thread: Mutex::new(Some(thread)), _lock: lock })
    }
}

fn read_lists(index: &Index) {
    for segment in index.all().into_iter().rev() {
        if let Err(error) = segment.with(|_| ()) {
            tracing::warn!(%error, "kept requests cannot be listed");
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = thread::Builder::new().name(name.into()).spawn(work);
    thread.map_err(|error| StoreError::Failed(format!("no thread for {name}: {error}").into()))
}

impl Captures for DiskCaptures {
    fn append(&self, label: Label<'_>, encode: Encode<'_>) -> Option<u64> {
        self.queue.push(label, encode)
    }

    fn append_durably(&self, label: Label<'_>, encode: Encode<'_>) -> Kept {
        self.queue.push_kept(label, encode)
    }

    fn read(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError> {
        self.index.read(hook, id)
    }

    fn newest(&self, hook: &str, before: Option<u64>, kinds: Kinds, limit: usize) -> Result<Vec<Capture>, StoreError> {
        self.index.newest(hook, before, kinds, limit)
    }

    fn after(&self, hook: &str, after: u64, limit: usize) -> Result<Vec<Capture>, StoreError> {
        self.index.after(hook, after, limit)
    }

    fn tallies(&self) -> Result<BTreeMap<Arc<str>, Tally>, StoreError> {
        Ok(self.index.tallies())
    }

    fn purge(&self, hook: &str) -> Result<u64, StoreError> {
        self.queue.ask(|sender| Job::Purge(hook.to_owned(), sender))
    }

    fn bound(&self, bounds: Bounds) {
        self.index.bound(bounds);
    }

    fn retain(&self, now: Millis) -> Result<(), StoreError> {
        self.queue.ask(|sender| Job::Retain(now, sender)).map(drop)
    }

    fn written(&self) -> watch::Receiver<u64> {
        self.written.clone()
    }

    fn dropped(&self) -> u64 {
        self.queue.dropped()
    }

    fn settle(&self) -> Result<(), StoreError> {
        self.queue.ask(Job::Seal).map(drop)
    }
}

impl Drop for DiskCaptures {
    fn drop(&mut self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic of the thread was reported where it happened.
        thread.map(|thread| thread.join().ok());
    }
}
