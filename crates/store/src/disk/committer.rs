//! The one thread that writes. While it writes and syncs a group, the next one gathers: the more callers wait, the more
//! of them share a sync. Only it flushes: sled hangs when several flush at once, and its flush does not reach the disk
//! (`sync_file_range`), so the database file is synced after it.

use super::group::{Verdict, Writer};
use super::records::Change;
use crate::{Ack, Append};
use run::tables::StoreError;
use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// From how many callers on a flush is worth waiting for more.
const CROWD: usize = 16;

/// How long it is waited for them.
const GATHER: Duration = Duration::from_micros(300);

/// What may wait or be in work at most, in bytes.
const WAITING_BYTES: usize = 64 << 20;
/// What an append weighs besides its piece.
const JOB_BYTES: usize = 256;
/// How many jobs share a sync at most; bounds the list of touched runs.
const GROUP_JOBS: usize = 1024;

/// Something to write, and who waits for it.
#[derive(Debug)]
pub(super) enum Job {
    /// A piece of a journal.
    Append(Append, oneshot::Sender<Result<(), StoreError>>),
    /// A change of a record.
    Change(Change, mpsc::SyncSender<Verdict>),
}

impl Job {
    fn size(&self) -> usize {
        JOB_BYTES
            + match self {
                Self::Append(append, _) => append.bytes.len(),
                Self::Change(change, _) => change.size(),
            }
    }

    /// Tells who waits; one who has gone is no matter.
    fn answer(self, verdict: Verdict) {
        match self {
            Self::Append(_, sender) => drop(sender.send(verdict.map(drop))),
            Self::Change(_, sender) => drop(sender.send(verdict)),
        }
    }
}

/// Hands jobs to the thread that writes. Dropping it writes what waits and ends the thread.
pub(super) struct Committer {
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    /// At how many jobs the thread that writes wants to be woken.
    wanted: usize,
    /// Bytes of the jobs and of those in work.
    bytes: usize,
    /// Why no more is accepted.
    end: Option<StoreError>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Committer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.queue.lock();
        f.debug_struct("Committer").field("jobs", &waiting.jobs.len()).field("end", &waiting.end).finish()
    }
}

impl Committer {
    /// Starts the thread. `file` is the database's file.
    pub(super) fn start(writer: Writer, db: sled::Db, file: File) -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::default());
        let worker = Worker { answered: 0, queue: queue.clone(), writer, disk: Disk { db, file } };
        let thread = std::thread::Builder::new()
            .name("committer".into())
            .spawn(move || worker.run())
            .map_err(|error| StoreError::Failed(format!("no thread for the committer: {error}").into()))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Queues an append; never waits.
    pub(super) fn append(&self, append: Append) -> Ack {
        let (sender, ack) = Ack::pair();
        self.submit(Job::Append(append, sender));
        ack
    }

    /// Makes a change and waits until it is on disk.
    pub(super) fn change(&self, change: Change) -> Verdict {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.submit(Job::Change(change, sender));
        receiver.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Refuses what comes later, and waits until everything before is on disk.
    pub(super) fn close(&self) -> Result<(), StoreError> {
        self.queue.lock().end.get_or_insert(StoreError::Closed);
        self.queue.filled.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            thread.join().map_err(|_| StoreError::Failed("the committer panicked".into()))?;
        }
        match &self.queue.lock().end {
            None | Some(StoreError::Closed) => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    fn submit(&self, job: Job) {
        let size = job.size();
        let mut waiting = self.queue.lock();
        let refused = match &waiting.end {
            Some(error) => Some(error.clone()),
            None if size > WAITING_BYTES => Some(StoreError::Failed("a piece has 64 MiB at most".into())),
            None if waiting.bytes + size > WAITING_BYTES => Some(StoreError::Busy),
            None => None,
        };
        if let Some(error) = refused {
            drop(waiting);
            return job.answer(Err(error));
        }
        waiting.bytes += size;
        waiting.jobs.push(job);
        let enough = waiting.jobs.len() == waiting.wanted.max(1);
        drop(waiting);
        if enough {
            self.queue.filled.notify_one();
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store did not close cleanly");
        }
    }
}

/// What makes written keys durable.
struct Disk {
    db: sled::Db,
    file: File,
}

impl Disk {
    fn sync(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(super::trees::failed)?;
        self.file.sync_data().map_err(|error| StoreError::Failed(format!("fdatasync: {error}").into()))
    }
}

struct Worker {
    queue: Arc<Queue>,
    writer: Writer,
    disk: Disk,
    /// How many jobs the last flush answered.
    answered: usize,
}

impl Worker {
    fn run(mut self) {
        let mut jobs = Vec::new();
        let mut group = Vec::with_capacity(GROUP_JOBS);
        while self.wait(&mut jobs) {
            self.answered = jobs.len();
            let mut rest = jobs.drain(..);
            loop {
                group.extend(rest.by_ref().take(GROUP_JOBS));
                if group.is_empty() {
                    break;
                }
                if let Err(error) = self.commit(&mut group) {
                    group.extend(rest);
                    return self.fail(group, &error);
                }
            }
        }
    }

    /// Takes everything that waits; false once there will be nothing more.
    fn wait(&self, jobs: &mut Vec<Job>) -> bool {
        let mut waiting = self.gather(self.queue.lock());
        waiting.wanted = 1;
        let idle = |waiting: &mut Waiting| waiting.jobs.is_empty() && waiting.end.is_none();
        let waiting = self.queue.filled.wait_while(waiting, idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut waiting.jobs, jobs);
        !jobs.is_empty()
    }

    /// Gives a crowd that was just answered a moment to come back, so that it shares one flush again: each flush
    /// costs the same, and wakes every thread of sled's pool. Few callers are not kept waiting.
    fn gather<'q>(&self, mut waiting: MutexGuard<'q, Waiting>) -> MutexGuard<'q, Waiting> {
        if self.answered < CROWD {
            return waiting;
        }
        waiting.wanted = self.answered;
        let few = |waiting: &mut Waiting| waiting.jobs.len() < waiting.wanted && waiting.end.is_none();
        let gathered = self.queue.filled.wait_timeout_while(waiting, GATHER, few);
        gathered.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Writes and syncs a group, and answers all of it. On an error the jobs stay in `group`, unanswered.
    fn commit(&mut self, group: &mut Vec<Job>) -> Result<(), StoreError> {
        let Self { writer, disk, queue, .. } = self;
        // sled panics on some damages; that must end the store, not leave its callers waiting.
        let written = catch_unwind(AssertUnwindSafe(|| {
            let verdicts = writer.write(group)?;
            disk.sync()?;
            Ok(verdicts)
        }));
        let verdicts = written.unwrap_or_else(|_| Err(StoreError::Failed("the database panicked".into())))?;
        queue.lock().bytes -= group.iter().map(Job::size).sum::<usize>();
        group.drain(..).zip(verdicts).for_each(|(job, verdict)| job.answer(verdict));
        Ok(())
    }

    /// After a failed write or sync nobody knows what is on disk (a second sync may succeed without having written
    /// anything), so nothing is ever acknowledged again. Opening the store anew finds out.
    fn fail(&self, group: Vec<Job>, error: &StoreError) {
        tracing::error!(%error, "the store failed; it accepts nothing more until it is opened again");
        let late = {
            let mut waiting = self.queue.lock();
            waiting.end = Some(error.clone());
            std::mem::take(&mut waiting.jobs)
        };
        group.into_iter().chain(late).for_each(|job| job.answer(Err(error.clone())));
    }
}
