//! The one thread that writes. While it writes and syncs a group, the next one gathers: the more callers wait, the more
//! of them share a sync. What is synced in the log is then known to the index and to the database.

use super::archivist::Backlog;
use super::group::{Decided, Group, Verdict};
use super::live::Shared;
use super::log::writer::Writer;
use super::log::{FILE_BYTES, Place, group, record};
use super::records::{self, Change};
use crate::{Ack, Append};
use run::retention::Durability;
use run::tables::StoreError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

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
    /// A piece of a journal; who waits for it may have been answered.
    Append(Append, Option<oneshot::Sender<Result<(), StoreError>>>),
    /// A change of a record.
    Change(Change, mpsc::SyncSender<Verdict>),
    /// The log goes on in another file, if this is the one that is written to.
    Seal(u32, mpsc::SyncSender<Verdict>),
}

impl Job {
    fn size(&self) -> usize {
        JOB_BYTES
            + match self {
                Self::Append(append, _) => append.bytes.len() + append.digests.len() * 32,
                Self::Change(change, _) => change.size(),
                Self::Seal(..) => 0,
            }
    }

    /// How many bytes it takes in the log at most.
    fn most_bytes(&self) -> usize {
        match self {
            Self::Append(append, _) => record::most_bytes(append),
            Self::Change(change, _) => record::change_bytes(change.key(), change.value()),
            Self::Seal(..) => 0,
        }
    }

    /// Whether it is an append whose caller does not wait for the disk.
    fn is_early(&self) -> bool {
        matches!(self, Self::Append(Append { durability: Durability::Memory, .. }, _))
    }

    /// Answers one who does not wait for the disk.
    fn answer_early(&mut self, verdict: &Verdict) {
        if self.is_early()
            && let Self::Append(_, sender) = self
            && verdict.is_ok()
            && let Some(sender) = sender.take()
        {
            // One who has gone is no matter.
            let _ = sender.send(Ok(()));
        }
    }

    /// Tells who waits; one who has gone is no matter.
    fn answer(self, verdict: Verdict) {
        match self {
            Self::Append(_, sender) => drop(sender.map(|sender| sender.send(verdict.map(drop)))),
            Self::Change(_, sender) | Self::Seal(_, sender) => drop(sender.send(verdict)),
        }
    }
}

/// Hands jobs to the thread that writes. Dropping it writes what waits and ends the thread.
pub(super) struct Committer {
    queue: Arc<Queue>,
    backlog: Arc<Backlog>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    /// Why the store failed, for who looks after it.
    failure: watch::Sender<Option<StoreError>>,
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
    /// Starts the thread.
    pub(super) fn start(mut worker: Worker) -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::default());
        let backlog = worker.backlog.clone();
        worker.queue = queue.clone();
        let thread = std::thread::Builder::new()
            .name("committer".into())
            .spawn(move || worker.run())
            .map_err(|error| StoreError::Failed(format!("no thread for the committer: {error}").into()))?;
        Ok(Self { queue, backlog, thread: Mutex::new(Some(thread)) })
    }

    /// Turns to why, should nothing more be accepted.
    pub(super) fn failure(&self) -> watch::Receiver<Option<StoreError>> {
        self.queue.failure.subscribe()
    }

    /// Queues an append; never waits.
    pub(super) fn append(&self, append: Append) -> Ack {
        let (sender, ack) = Ack::pair();
        self.submit(Job::Append(append, Some(sender)));
        ack
    }

    /// Makes a change and waits until it is on disk.
    pub(super) fn change(&self, change: Change) -> Verdict {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.submit(Job::Change(change, sender));
        receiver.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Makes these changes and waits until all of them are on disk. They share syncs.
    pub(super) fn change_all(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let submitted = changes.into_iter().map(|change| {
            let (sender, receiver) = mpsc::sync_channel(1);
            self.submit(Job::Change(change, sender));
            receiver
        });
        // All of them are in the queue before the first is waited for.
        let waiting: Vec<mpsc::Receiver<Verdict>> = submitted.collect();
        waiting.into_iter().try_for_each(|verdict| verdict.recv().unwrap_or(Err(StoreError::Closed)).map(drop))
    }

    /// Has the log go on in another file, if this is the one that is written to, and waits until it does.
    pub(super) fn seal(&self, file: u32) -> Result<(), StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.submit(Job::Seal(file, sender));
        receiver.recv().unwrap_or(Err(StoreError::Closed)).map(drop)
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
            None if waiting.bytes + size > WAITING_BYTES || self.backlog.is_long() => Some(StoreError::Busy),
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

/// Writes groups: what the thread does.
pub(super) struct Worker {
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    writer: Writer,
    backlog: Arc<Backlog>,
    /// Reused from group to group.
    buffer: Vec<u8>,
    /// The last revision that was given to a record.
    revision: u64,
    /// How many jobs the last flush answered.
    answered: usize,
    /// Whether the last group could not be written.
    refuses: bool,
}

impl Worker {
    /// Goes on where the log ends.
    pub(super) fn new(shared: Arc<Shared>, writer: Writer, backlog: Arc<Backlog>) -> Result<Self, StoreError> {
        let revision = records::last_revision(&shared.trees)?;
        let (queue, buffer) = (Arc::default(), Vec::new());
        Ok(Self { queue, shared, writer, backlog, buffer, revision, answered: 0, refuses: false })
    }

    /// Archives what is full, at once.
    pub(super) fn archive_backlog(&self) -> Result<(), StoreError> {
        self.backlog.archive_all(&self.shared)
    }

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
    /// costs the same. Few callers are not kept waiting.
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
        // sled panics on some damages; that must end the store, not leave its callers waiting.
        let verdicts = catch_unwind(AssertUnwindSafe(|| self.write(group)));
        let verdicts = verdicts.unwrap_or_else(|_| Err(StoreError::Failed("the database panicked".into())))?;
        self.queue.lock().bytes -= group.iter().map(Job::size).sum::<usize>();
        group.drain(..).zip(verdicts).for_each(|(job, verdict)| job.answer(verdict));
        Ok(())
    }

    /// Writes and syncs a group, and lets index and database know. What could not be written is refused; it is written
    /// over by the next group. An error means that nobody knows what is on disk.
    pub(super) fn write(&mut self, jobs: &mut [Job]) -> Result<Vec<Verdict>, StoreError> {
        let current = self.writer.current().head.number;
        if jobs.iter().any(|job| matches!(job, Job::Seal(file, _) if *file == current)) {
            self.writer.seal();
        }
        if let Err(error) = self.make_room(jobs.iter().map(Job::most_bytes).sum()) {
            self.note(Err(&error));
            return Ok(jobs.iter().map(|_| Err(error.clone())).collect());
        }
        group::begin(&mut self.buffer);
        let empty = self.buffer.len();
        let place = (self.writer.current().head.number, self.writer.offset());
        let mut decided = Group::new(&self.shared, place, &mut self.buffer, self.revision).decide(jobs)?;
        if self.buffer.len() == empty {
            return Ok(decided.verdicts);
        }
        if let Err(error) = self.writer.write(&mut self.buffer) {
            self.note(Err(&error));
            decided
                .verdicts
                .iter_mut()
                .filter(|verdict| verdict.is_ok())
                .for_each(|verdict| *verdict = Err(error.clone()));
            return Ok(decided.verdicts);
        }
        self.note(Ok(()));
        // Who is answered finds what was answered: it is read from the page cache until it is synced.
        self.show(jobs.iter().zip(&decided.places).filter(|(job, _)| job.is_early()));
        jobs.iter_mut().zip(&decided.verdicts).for_each(|(job, verdict)| job.answer_early(verdict));
        let sequence = self.writer.sync(self.buffer.len())?;
        self.revision = decided.revision;
        self.publish(jobs, &decided, sequence)?;
        Ok(decided.verdicts)
    }

    /// Tells when writing begins to fail, and when it succeeds again; not each time in between.
    fn note(&mut self, written: Result<(), &StoreError>) {
        match (written, std::mem::replace(&mut self.refuses, written.is_err())) {
            (Err(error), false) => {
                tracing::error!(%error, "the log cannot be written; what is to be written is refused until it can");
            }
            (Ok(()), true) => tracing::info!("the log can be written again"),
            _ => {}
        }
    }

    /// Goes on to another file of the log if this one is full, and hands the full one over to be archived.
    fn make_room(&mut self, length: usize) -> Result<(), StoreError> {
        if let Some(full) = self.writer.make_room(length)? {
            self.shared.write().add_log(self.writer.current().clone());
            self.backlog.push(full.head.number, full.size().unwrap_or(FILE_BYTES));
        }
        Ok(())
    }

    /// Lets be seen what is synced.
    fn publish(&self, jobs: &[Job], decided: &Decided, sequence: u64) -> Result<(), StoreError> {
        self.show(jobs.iter().zip(&decided.places));
        for (job, verdict) in jobs.iter().zip(&decided.verdicts) {
            if let (Job::Change(change, _), Ok(Some(revision))) = (job, verdict) {
                records::apply(&self.shared.trees, change.key(), change.value(), *revision)?;
            }
        }
        self.shared.applied.store(sequence, Ordering::Release);
        Ok(())
    }

    /// Lets pieces and claims be read. A piece that is shown late does not hide a later one of its run that was shown
    /// early.
    fn show<'j>(&self, written: impl Iterator<Item = (&'j Job, &'j Option<Place>)>) {
        let mut written = written.peekable();
        if written.peek().is_none() {
            return;
        }
        let mut live = self.shared.write();
        for (job, place) in written {
            let (Job::Append(append, _), Some(place)) = (job, place) else { continue };
            if live.index.progress(append.run).is_none_or(|(pieces, ..)| pieces <= append.piece) {
                live.index.advance(append.run, append.piece + 1, &append.head, *place);
            }
            if let Some(claim) = append.claim {
                live.index.lay(claim, append.run, place.file);
            }
        }
    }

    /// After a failed sync nobody knows what is on disk (a second sync may succeed without having written
    /// anything), so nothing is ever acknowledged again. Opening the store anew finds out.
    fn fail(&self, group: Vec<Job>, error: &StoreError) {
        tracing::error!(%error, "it accepts nothing more until it is opened again");
        self.queue.failure.send_replace(Some(error.clone()));
        let late = {
            let mut waiting = self.queue.lock();
            waiting.end = Some(error.clone());
            std::mem::take(&mut waiting.jobs)
        };
        group.into_iter().chain(late).for_each(|job| job.answer(Err(error.clone())));
    }
}
