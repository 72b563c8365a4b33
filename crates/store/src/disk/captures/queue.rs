//! Records that wait to be written. They are encoded by whoever adds them, before he takes the lock: under it a record
//! only gets its id and its place in the line.

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

/// How much room a record has for its bytes before it grows.
const ROOM_BYTES: usize = 1 << 10;

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
    /// Records in their order; their checksums are not right yet.
    pub(super) records: Vec<Vec<u8>>,
    /// How large they are together.
    bytes: usize,
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

/// A record but for its id.
struct Encoded {
    head: Head,
    /// Room for the head, the name, and the bytes.
    bytes: Vec<u8>,
}

impl Encoded {
    fn new(label: Label<'_>, encode: Encode<'_>) -> Result<Self, StoreError> {
        let Label { hook, at, kind } = label;
        let name = u16::try_from(hook.len());
        let name = name.map_err(|_| StoreError::Failed("the name of the log is too long".into()))?;
        let mut bytes = Vec::with_capacity(HEAD + hook.len() + ROOM_BYTES);
        bytes.resize(HEAD, 0);
        bytes.extend_from_slice(hook.as_bytes());
        encode(&mut bytes);
        let length = (bytes.len() - HEAD) as u32;
        Ok(Self { head: Head { length, checksum: 0, id: 0, at, kind: kind % KINDS as u8, name }, bytes })
    }
}

impl Waiting {
    /// Whether a record would be taken.
    fn admit(&mut self) -> Result<(), StoreError> {
        if self.closed {
            return Err(StoreError::Closed);
        }
        if self.batch.bytes >= MOST_BYTES {
            self.dropped += 1;
            return Err(StoreError::Busy);
        }
        Ok(())
    }

    fn push(&mut self, Encoded { head, mut bytes }: Encoded) -> Result<u64, StoreError> {
        self.admit()?;
        let id = self.next;
        bytes[..HEAD].copy_from_slice(&Head { id, ..head }.encode());
        self.batch.bytes += bytes.len();
        self.batch.records.push(bytes);
        self.next += 1;
        Ok(id)
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
        let encoded = self.encoded(label, encode).ok()?;
        let mut waiting = self.lock();
        let id = waiting.push(encoded).ok()?;
        if mem::take(&mut waiting.asleep) {
            drop(waiting);
            self.filled.notify_one();
        }
        Some(id)
    }

    /// Adds a record that someone waits for.
    pub(super) fn push_kept(&self, label: Label<'_>, encode: Encode<'_>) -> Kept {
        let (sender, kept) = Kept::pair();
        let encoded = self.encoded(label, encode);
        let mut waiting = self.lock();
        match encoded.and_then(|encoded| waiting.push(encoded)) {
            Ok(id) => waiting.batch.kept.push((id, sender)),
            // The promise lives, so the answer arrives.
            Err(error) => drop(sender.send(Err(error))),
        }
        waiting.asleep = false;
        drop(waiting);
        self.filled.notify_one();
        kept
    }

    /// Encodes a record, unless it would be left out.
    fn encoded(&self, label: Label<'_>, encode: Encode<'_>) -> Result<Encoded, StoreError> {
        self.lock().admit()?;
        Encoded::new(label, encode)
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

    /// What waits, once there is something. None: there will be no more.
    pub(super) fn take(&self) -> Option<Batch> {
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
        Some(mem::take(&mut waiting.batch))
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
