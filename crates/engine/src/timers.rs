//! Runs that wait for a time. Only their names are in memory, each with one time.

use run::id::{Millis, RunId};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What is due first comes first.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: Mutex<Due>,
    changed: Notify,
    /// How many there are, to be read without the lock.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Due {
    in_order: BTreeSet<(Millis, RunId)>,
    of: HashMap<RunId, Millis>,
}

impl Timers {
    /// Has the run woken then, and not at the time that was set for it before.
    pub(crate) fn set(&self, at: Millis, run: RunId) {
        let mut due = self.due();
        due.remove(run);
        due.of.insert(run, at);
        due.in_order.insert((at, run));
        self.count.store(due.of.len(), Ordering::Relaxed);
        drop(due);
        self.changed.notify_one();
    }

    /// Has the run woken by then, or sooner where that was set before.
    pub(crate) fn set_by(&self, at: Millis, run: RunId) {
        let is_sooner = self.due().of.get(&run).is_some_and(|set| *set <= at);
        if !is_sooner {
            self.set(at, run);
        }
    }

    /// The run need not be woken any more.
    pub(crate) fn forget(&self, run: RunId) {
        let mut due = self.due();
        due.remove(run);
        self.count.store(due.of.len(), Ordering::Relaxed);
    }

    /// How many runs wait for a time.
    pub(crate) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// When the next is due.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.due().in_order.first().map(|(at, _)| *at)
    }

    /// Takes one that is due by `now`.
    pub(crate) fn take(&self, now: Millis) -> Option<RunId> {
        let mut due = self.due();
        let (_, run) = *due.in_order.first().filter(|(at, _)| *at <= now)?;
        due.remove(run);
        self.count.store(due.of.len(), Ordering::Relaxed);
        Some(run)
    }

    /// Comes back after a timer was set.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Due {
    fn remove(&mut self, run: RunId) {
        if let Some(at) = self.of.remove(&run) {
            self.in_order.remove(&(at, run));
        }
    }
}
