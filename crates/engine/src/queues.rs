//! Runs that are on disk and wait for a slot. Only their names are in memory.
//!
//! There are two queues, so that a caller who waits for an answer never stands behind a flood of runs that nobody
//! waits for; and so that such a flood asks no more of the far sides at once than it has slots.

use crate::intake::Reply;
use crate::shared::Options;
use run::id::RunId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(crate) struct Queues {
    /// Runs whose callers wait for the answer.
    pub(crate) attended: Queue,
    /// All others.
    pub(crate) unattended: Queue,
    /// The callers of runs that are on disk alone.
    callers: Mutex<HashMap<RunId, Reply>>,
}

impl Queues {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            attended: Queue::new(options.attended_runs),
            unattended: Queue::new(options.unattended_runs),
            callers: Mutex::default(),
        }
    }

    /// The queue for a run with this caller.
    pub(crate) fn of(&self, caller: Option<&Reply>) -> &Queue {
        if caller.is_some_and(Reply::awaits_response) { &self.attended } else { &self.unattended }
    }

    pub(crate) fn push(&self, run: RunId, caller: Option<Reply>) {
        let queue = self.of(caller.as_ref());
        if let Some(caller) = caller {
            self.keep(run, caller);
        }
        queue.push(run);
    }

    /// Keeps the caller of a run that waits for its time.
    pub(crate) fn keep(&self, run: RunId, caller: Reply) {
        self.callers().insert(run, caller);
    }

    /// Someone waits to hear that a run has heard: it stands before those that no one waits for.
    pub(crate) fn wake_for_someone(&self, run: RunId) {
        self.attended.push(run);
    }

    /// A run's time has come.
    pub(crate) fn wake(&self, run: RunId) {
        self.of(self.callers().get(&run)).push(run);
    }

    /// The caller of a run that is taken up.
    pub(crate) fn take_caller(&self, run: RunId) -> Option<Reply> {
        self.callers().remove(&run)
    }

    /// How many runs wait for a slot.
    pub(crate) fn len(&self) -> usize {
        self.attended.len() + self.unattended.len()
    }

    /// Comes back once no run is driven.
    pub(crate) async fn idle(&self) {
        self.attended.idle().await;
        self.unattended.idle().await;
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<RunId, Reply>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// First come, first served.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<VecDeque<RunId>>,
    arrived: Notify,
    slots: Arc<Semaphore>,
    size: u32,
}

impl Queue {
    fn new(size: u32) -> Self {
        let slots = Arc::new(Semaphore::new(size as usize));
        Self { waiting: Mutex::default(), arrived: Notify::new(), slots, size }
    }

    /// A slot, if one is free now.
    pub(crate) fn free_slot(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.slots).try_acquire_owned().ok()
    }

    pub(crate) fn push(&self, run: RunId) {
        self.waiting().push_back(run);
        self.arrived.notify_one();
    }

    /// The next run, and a slot for it; waits for both.
    pub(crate) async fn next(&self) -> (RunId, OwnedSemaphorePermit) {
        loop {
            let next = self.waiting().pop_front();
            if let Some(run) = next {
                return (run, self.slot().await);
            }
            self.arrived.notified().await;
        }
    }

    async fn slot(&self) -> OwnedSemaphorePermit {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        slot.expect("nobody closes the semaphore")
    }

    fn len(&self) -> usize {
        self.waiting().len()
    }

    async fn idle(&self) {
        drop(self.slots.acquire_many(self.size).await);
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<RunId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
