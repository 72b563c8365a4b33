//! What starts runs by itself: the clock, what is asked now and then, and mails; with the addresses at which mails are taken in.

use engine::Handle;
use run::files::Files;
use run::mailbox::Mailboxes;
use run::tables::Tables;
use std::sync::Arc;
use triggers::mail::Postman;
use triggers::mailhook::{AddressTable, Examiner, Office};
use triggers::poll::Poller;
use triggers::schedule::runner::Scheduler;

/// All of them. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Starters {
    pub(crate) scheduler: Scheduler,
    pub(crate) poller: Poller,
    pub(crate) postman: Postman,
    pub(crate) mailhooks: AddressTable,
    handle: Handle,
    files: Files,
}

impl Starters {
    /// With nothing in force.
    pub(crate) fn new(handle: Handle, tables: &Arc<dyn Tables>, files: &Files, mailboxes: Arc<dyn Mailboxes>) -> Self {
        let scheduler = Scheduler::new(handle.clone(), Arc::clone(tables));
        let poller = Poller::new(handle.clone(), Arc::clone(tables));
        let (mailhooks, files) = (AddressTable::default(), files.clone());
        let postman = Postman::new(handle.clone(), Arc::clone(tables), files.clone(), mailboxes);
        Self { scheduler, poller, postman, mailhooks, handle, files }
    }

    /// Where mails go that are sent to the server; this examiner finds out where they come from.
    pub(crate) fn office(&self, examiner: Examiner) -> Office {
        Office::new(self.handle.clone(), self.files.clone(), self.mailhooks.clone(), examiner)
    }

    /// Works until the future is dropped.
    pub(crate) async fn run(self) {
        tokio::join!(self.scheduler.run(), self.poller.run(), self.postman.run());
    }
}
