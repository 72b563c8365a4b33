//! Runs that wait for a time. Only their names are in memory.

use run::id::{Millis, RunId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// What is due first comes first.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: Mutex<BinaryHeap<Reverse<(Millis, RunId)>>>,
    changed: Notify,
}

impl Timers {
    pub(crate) fn set(&self, due: Millis, run: RunId) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).push(Reverse((due, run)));
        self.changed.notify_one();
    }

    /// When the next is due.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).peek().map(|Reverse((due, _))| *due)
    }

    /// Takes one that is due by `now`.
    pub(crate) fn take(&self, now: Millis) -> Option<RunId> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        match due.peek() {
            Some(Reverse((at, _))) if *at <= now => due.pop().map(|Reverse((_, run))| run),
            _ => None,
        }
    }

    /// Comes back after a timer was set.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}
