//! Records that wait to be written, encoded already, in one buffer: adding one takes a lock and a copy.

use super::record::{HEAD, Head};
use crate::captures::{Encode, KINDS, Kept, Label};
use run::id::Millis;
use run::tables::StoreError;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

/// How many bytes may wait. What comes when the disk is so far behind is left out.
const MOST_BYTES: usize = 8 << 20;

/// How much room the buffer keeps when it is empty.
const ROOM_BYTES: usize = 1 << 20;

/// How long records gather before they are written, unless someone waits for one.
const GATHER: Duration = Duration::from_millis(4);

/// Something else for the thread that writes, and who waits for it.
#[derive(Debug)]
pub(super) enum Job {
    /// A log is to be forgotten.
    Purge(String, mpsc::SyncSender<Result<u64, StoreError>>),
    /// What need not be kept at this time may go.
    Retain(Millis, mpsc::SyncSender<Result<u64, StoreError>>),
    /// What was written is to be put in order, for the process ends.
    Seal(mpsc::SyncSender<Result<u64, StoreError>>),
}

/// What was waiting.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Records, one behind the other; their checksums are not right yet.
    pub(super) records: Vec<u8>,
    /// How many they are.
    pub(super) count: u64,
    /// Who waits for which of them.
    pub(super) kept: Vec<(u64, oneshot::Sender<Result<u64, StoreError>>)>,
    pub(super) jobs: Vec<Job>,
}

/// The queue.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    /// The id of the next record.
    next: u64,
    /// Whether the thread that writes waits for the first record.
    asleep: bool,
    closed: bool,
    dropped: u64,
}

impl Waiting {
    fn push(&mut self, label: Label<'_>, encode: Encode<'_>) -> Result<u64, StoreError> {
        let Label { hook, at, kind } = label;
        let Ok(name) = u16::try_from(hook.len()) else {
            return Err(StoreError::Failed("the name of the log is too long".into()));
        };
        if self.closed {
            return Err(StoreError::Closed);
        }
        if self.batch.records.len() >= MOST_BYTES {
            self.dropped += 1;
            return Err(StoreError::Busy);
        }
        let records = &mut self.batch.records;
        let start = records.len();
        records.extend_from_slice(&[0; HEAD]);
        records.extend_from_slice(hook.as_bytes());
        encode(records);
        let length = (records.len() - start - HEAD) as u32;
        let head = Head { length, checksum: 0, id: self.next, at, kind: kind % KINDS as u8, name };
        records[start..start + HEAD].copy_from_slice(&head.encode());
        self.batch.count += 1;
        self.next += 1;
        Ok(head.id)
    }

    fn is_empty(&self) -> bool {
        self.batch.records.is_empty() && self.batch.jobs.is_empty()
    }

    fn is_urgent(&self) -> bool {
        self.closed || !self.batch.kept.is_empty() || !self.batch.jobs.is_empty()
    }
}

impl Queue {
    /// An empty queue whose first record has this id.
    pub(super) fn new(next: u64) -> Self {
        let waiting = Waiting { batch: Batch::default(), next, asleep: false, closed: false, dropped: 0 };
        Self { waiting: Mutex::new(waiting), filled: Condvar::new() }
    }

    /// Adds a record; none where there is no room.
    pub(super) fn push(&self, label: Label<'_>, encode: Encode<'_>) -> Option<u64> {
        let mut waiting = self.lock();
        let id = waiting.push(label, encode).ok()?;
        if mem::take(&mut waiting.asleep) {
            drop(waiting);
            self.filled.notify_one();
        }
        Some(id)
    }

    /// Adds a record that someone waits for.
    pub(super) fn push_kept(&self, label: Label<'_>, encode: Encode<'_>) -> Kept {
        let (sender, kept) = Kept::pair();
        let mut waiting = self.lock();
        match waiting.push(label, encode) {
            Ok(id) => waiting.batch.kept.push((id, sender)),
            // The promise lives, so the answer arrives.
            Err(error) => drop(sender.send(Err(error))),
        }
        waiting.asleep = false;
        drop(waiting);
        self.filled.notify_one();
        kept
    }

    /// Has the thread that writes do something when it has written what waits; waits for it.
    pub(super) fn ask(
        &self,
        job: impl FnOnce(mpsc::SyncSender<Result<u64, StoreError>>) -> Job,
    ) -> Result<u64, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        waiting.batch.jobs.push(job(sender));
        waiting.asleep = false;
        drop(waiting);
        self.filled.notify_one();
        receiver.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// What waits, once there is something; `spent` is a buffer to use again. None: there will be no more.
    pub(super) fn take(&self, mut spent: Vec<u8>) -> Option<Batch> {
        spent.clear();
        spent.shrink_to(ROOM_BYTES);
        let mut waiting = self.lock();
        while waiting.is_empty() && !waiting.closed {
            waiting.asleep = true;
            waiting = self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.asleep = false;
        let gathered = self.filled.wait_timeout_while(waiting, GATHER, |waiting| !waiting.is_urgent());
        let mut waiting = gathered.unwrap_or_else(PoisonError::into_inner).0;
        if waiting.is_empty() && waiting.closed {
            return None;
        }
        Some(mem::replace(&mut waiting.batch, Batch { records: spent, ..Batch::default() }))
    }

    /// Counts records that could not be written.
    pub(super) fn note_lost(&self, count: u64) {
        self.lock().dropped += count;
    }

    /// How many records were left out.
    pub(super) fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Takes no more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
