//! Runs that are on disk and wait for a slot. Only their names are in memory.

use crate::intake::Reply;
use run::id::RunId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// First come, first served.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    waiting: Mutex<VecDeque<RunId>>,
    /// Callers of runs that have not begun.
    replies: Mutex<HashMap<RunId, Reply>>,
    arrived: Notify,
}

impl Backlog {
    pub(crate) fn push(&self, run: RunId) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(run);
        self.arrived.notify_one();
    }

    pub(crate) fn push_with_reply(&self, run: RunId, reply: Reply) {
        self.keep(run, reply);
        self.push(run);
    }

    /// Keeps the caller of a run that waits for its time.
    pub(crate) fn keep(&self, run: RunId, reply: Reply) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).insert(run, reply);
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The next run and its caller; waits for one.
    pub(crate) async fn next(&self) -> (RunId, Option<Reply>) {
        loop {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            if let Some(run) = next {
                let reply = self.replies.lock().unwrap_or_else(PoisonError::into_inner).remove(&run);
                return (run, reply);
            }
            self.arrived.notified().await;
        }
    }
}
