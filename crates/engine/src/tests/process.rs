//! A process as its store sees it: once it is gone, nothing that is left of it gets there. Tests have their processes one
//! after another in one of their own, where the tasks of earlier ones live on.

use run::id::{Millis, RunId, ScenarioId};
use run::tables::StoreError;
use std::sync::{Arc, RwLock};
use store::{Ack, Append, ClaimKey, Filter, Head, Journal, Journaled, Retention, Store, Usage};

/// What a journal around another one leaves to that.
macro_rules! pass_on {
    () => {
        fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
            self.journal.head(run)
        }

        fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
            self.journal.claimed(key, now)
        }

        fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
            self.journal.last(scenario)
        }

        fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
            self.journal.open_runs(after, limit)
        }

        fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
            self.journal.list(filter, limit)
        }

        fn retain(&self, retention: &Retention, now: Millis) -> Result<Usage, StoreError> {
            self.journal.retain(retention, now)
        }

        fn usage(&self) -> Result<Usage, StoreError> {
            self.journal.usage()
        }

        fn failure(&self) -> tokio::sync::watch::Receiver<Option<StoreError>> {
            self.journal.failure()
        }

        fn close(&self) -> Result<(), StoreError> {
            self.journal.close()
        }
    };
}
pub(super) use pass_on;

#[derive(Debug)]
pub(super) struct Process {
    journal: Arc<dyn Journal>,
    is_gone: RwLock<bool>,
}

impl Process {
    pub(super) fn on(store: &Store) -> Arc<Self> {
        Arc::new(Self { journal: Arc::clone(&store.journal), is_gone: RwLock::new(false) })
    }

    /// Whatever it is at: what is not with the store by now is lost.
    pub(super) fn end(&self) {
        *self.is_gone.write().unwrap() = true;
    }
}

impl Journal for Process {
    fn append(&self, append: Append) -> Ack {
        let is_gone = self.is_gone.read().unwrap();
        if !*is_gone {
            return self.journal.append(append);
        }
        let (sender, ack) = Ack::pair();
        sender.send(Err(StoreError::Closed)).unwrap();
        ack
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        self.journal.read(run)
    }

    pass_on!();
}
