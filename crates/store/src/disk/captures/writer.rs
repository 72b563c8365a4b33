//! The one thread that writes captures: what has gathered goes to the end of the newest segment, in one piece.

use super::index::Index;
use super::queue::{Batch, Job, Queue};
use super::record::{HEAD, Head};
use super::segment::{BEGINNING, Segment};
use crate::disk::files::{Files, OpenFile};
use crate::disk::folder::failed;
use run::id::Millis;
use run::tables::StoreError;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// How large a segment grows, in bytes.
pub(super) const SEGMENT_BYTES: u64 = 16 << 20;

/// How much room the buffer of a batch keeps when it is empty.
const ROOM_BYTES: usize = 1 << 20;

/// The smallest segment that a small bound leads to.
const LEAST_SEGMENT_BYTES: u64 = 64 << 10;

/// The thread's own.
pub(super) struct Writer {
    files: Arc<dyn Files>,
    folder: PathBuf,
    index: Arc<Index>,
    queue: Arc<Queue>,
    written: watch::Sender<u64>,
    active: Option<Active>,
    /// Whether the last batch could not be written: it is told once.
    failing: bool,
    /// Whether somebody waits for a record of the batch that is written.
    promised: bool,
    /// Whether the folder's own name is durable. It is made with the first file, by this process or one that died.
    named: bool,
}

/// The segment that is written to.
struct Active {
    segment: Arc<Segment>,
    file: Box<dyn OpenFile>,
    end: u64,
}

impl Writer {
    pub(super) fn new(
        files: Arc<dyn Files>,
        folder: PathBuf,
        index: Arc<Index>,
        queue: Arc<Queue>,
        written: watch::Sender<u64>,
    ) -> Self {
        Self { files, folder, index, queue, written, active: None, failing: false, promised: false, named: false }
    }

    /// Writes until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let mut buffer = Vec::new();
        while let Some(mut batch) = self.queue.take() {
            self.write_batch(&mut batch, &mut buffer);
            batch.jobs.into_iter().for_each(|job| self.perform(job));
        }
        if let Err(error) = self.finish() {
            tracing::warn!(%error, "the last requests may not outlast a power failure");
        }
    }

    fn write_batch(&mut self, batch: &mut Batch, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.shrink_to(ROOM_BYTES);
        let count = batch.records.len() as u64;
        batch.records.drain(..).for_each(|record| buffer.extend_from_slice(&record));
        self.promised = !batch.kept.is_empty();
        let mut done = self.write(buffer);
        if done.is_ok() && self.promised {
            done = self.sync().map(|()| self.last());
        }
        if let Ok(last) = done {
            self.failing = false;
            self.written.send_if_modified(|written| std::mem::replace(written, last.max(*written)) < last);
        } else if let Err(error) = &done {
            self.queue.note_lost(count);
            if !std::mem::replace(&mut self.failing, true) {
                tracing::error!(%error, "requests that come in cannot be kept to be looked at");
            }
        }
        for (id, sender) in batch.kept.drain(..) {
            // One who has gone is no matter.
            let _ = sender.send(done.clone().map(|_| id));
        }
    }

    /// Writes records one behind the other, in as many segments as they need; gives the last one's id.
    fn write(&mut self, records: &mut [u8]) -> Result<u64, StoreError> {
        let segment_bytes = (self.index.bounds().bytes / 8).clamp(LEAST_SEGMENT_BYTES, SEGMENT_BYTES);
        let (mut start, mut at) = (0, 0);
        while let Some(span) = checksum(&mut records[at..]) {
            let end = self.active.as_ref().map_or(BEGINNING, |active| active.end);
            let is_first = end == BEGINNING && start == at;
            if !is_first && end + (at - start + span) as u64 > segment_bytes {
                self.put(&records[start..at])?;
                if self.promised {
                    self.sync()?;
                }
                self.seal();
                self.index.shrink();
                start = at;
            }
            at += span;
        }
        self.put(&records[start..at])?;
        Ok(self.last())
    }

    fn put(&mut self, records: &[u8]) -> Result<(), StoreError> {
        let Some(head) = Head::decode(records) else { return Ok(()) };
        if self.active.is_none() {
            let (segment, file) = Segment::create(Arc::clone(&self.files), &self.folder, head.id)?;
            let segment = Arc::new(segment);
            self.index.add(Arc::clone(&segment));
            self.active = Some(Active { segment, file, end: BEGINNING });
        }
        let Some(active) = &mut self.active else { return Ok(()) };
        let written = active.file.write_at(records, active.end);
        written.map_err(|error| failed("cannot write", active.segment.path(), &error))?;
        active.segment.take_in(records, active.end);
        active.end += records.len() as u64;
        Ok(())
    }

    /// The newest record that was written.
    fn last(&self) -> u64 {
        let last = self.active.as_ref().and_then(|active| active.segment.with(|contents| contents.last()).ok());
        last.unwrap_or_default()
    }

    /// Makes durable what was written to the segment. Where that fails the segment ends: the system may have dropped what
    /// it could not write, and whoever looks for records finds none behind such a hole.
    fn sync(&mut self) -> Result<(), StoreError> {
        let Some(active) = &self.active else { return Ok(()) };
        let synced = active.file.sync_data().and_then(|()| self.files.sync_folder(&self.folder));
        let synced = synced.map_err(|error| failed("cannot sync", active.segment.path(), &error));
        synced.inspect_err(|_| self.seal())?;
        if let Some(parent) = self.folder.parent().filter(|_| !self.named) {
            self.files.sync_folder(parent).map_err(|error| failed("cannot sync", parent, &error))?;
            self.named = true;
        }
        Ok(())
    }

    /// Ends the segment: the next record begins another. It is not synced: what nobody waits for is no promise, and a sync
    /// of so much would hold up those of the journal.
    fn seal(&mut self) {
        let Some(active) = self.active.take() else { return };
        if let Err(error) = active.segment.keep_list() {
            tracing::warn!(%error, "a file of kept requests was not put in order; it is read through when it is needed");
        }
    }

    /// Ends the segment for the process to end.
    fn finish(&mut self) -> Result<u64, StoreError> {
        let synced = self.sync();
        self.seal();
        synced.map(|()| 0)
    }

    fn perform(&mut self, job: Job) {
        let (sender, told) = match job {
            Job::Purge(hook, sender) => (sender, self.purge(&hook)),
            Job::Retain(now, sender) => (sender, self.retain(now)),
            Job::Seal(sender) => (sender, self.finish()),
        };
        // One who has gone is no matter.
        let _ = sender.send(told);
    }

    fn purge(&mut self, hook: &str) -> Result<u64, StoreError> {
        let active = self.active.as_ref().map(|active| active.segment.first);
        let mut gone = 0;
        for segment in self.index.all() {
            let erased = segment.erase(hook)?;
            gone += erased;
            if erased > 0 && active != Some(segment.first) {
                segment.keep_list()?;
            }
        }
        Ok(gone)
    }

    /// A segment that nobody adds to would keep its first record long beyond its time.
    fn retain(&mut self, now: Millis) -> Result<u64, StoreError> {
        let age = self.index.bounds().age.map(|age| age.as_millis() as Millis);
        if let (Some(age), Some(active)) = (age, &self.active)
            && let Some((oldest, _)) = active.segment.with(|contents| contents.span())?
            && now.saturating_sub(oldest) > age / 16
        {
            self.seal();
        }
        let next = self.index.last() + 1;
        let gone = self.index.retain(now, self.active.as_ref().map(|active| active.segment.first));
        if gone > 0 && self.index.all().is_empty() {
            // An empty one keeps the count: ids grow over restarts, too.
            let (segment, _) = Segment::create(Arc::clone(&self.files), &self.folder, next)?;
            self.index.add(Arc::new(segment));
        }
        Ok(gone)
    }
}

/// Puts the checksum into the first of these records; gives its length.
fn checksum(records: &mut [u8]) -> Option<usize> {
    let head = Head::decode(records)?;
    let checksum = crc32fast::hash(records.get(HEAD..head.span())?);
    records[..HEAD].copy_from_slice(&Head { checksum, ..head }.encode());
    Some(head.span())
}
