//! Which mailboxes are watched, and for whom.

use super::watch;
use engine::{Deployment, Handle};
use run::files::Files;
use run::id::ScenarioId;
use run::mailbox::Mailboxes;
use run::tables::Tables;
use scenario::plan::MailTrigger;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

/// A trigger that is in force.
#[derive(Clone, Debug)]
pub struct Armed {
    /// What it starts.
    pub deployment: Arc<Deployment>,
    /// Its place among the scenario's triggers for mails, from 0.
    pub number: usize,
    /// Which mails.
    pub trigger: Box<MailTrigger>,
}

impl Armed {
    /// What it is called among the triggers of its scenario.
    pub(super) fn label(&self) -> String {
        format!("mail {}", self.number + 1)
    }

    /// What notes and names of runs call it.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.deployment.id, self.number)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.deployment.id == other.deployment.id
            && self.deployment.plan.version == other.deployment.plan.version
            && self.number == other.number
            && self.trigger == other.trigger
    }
}

/// A connection and a folder: what is watched once, for however many triggers.
pub(super) type Address = (Arc<str>, Arc<str>);

/// Watches the mailboxes of all triggers. Clones are the same.
#[derive(Clone, Debug)]
pub struct Postman(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    office: Arc<Office>,
    wanted: Mutex<Wanted>,
    changed: Notify,
}

/// What watching takes.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) handle: Handle,
    pub(super) tables: Arc<dyn Tables>,
    pub(super) files: Files,
}

#[derive(Debug)]
struct Wanted {
    boxes: BTreeMap<Address, Vec<Armed>>,
    mailboxes: Arc<dyn Mailboxes>,
    /// How many other mailboxes there were before.
    generation: u64,
}

/// A mailbox that is watched.
struct Watched {
    armed: Vec<Armed>,
    generation: u64,
    task: AbortHandle,
}

impl Postman {
    /// One that watches nothing yet.
    pub fn new(handle: Handle, tables: Arc<dyn Tables>, files: Files, mailboxes: Arc<dyn Mailboxes>) -> Self {
        let wanted = Mutex::new(Wanted { boxes: BTreeMap::new(), mailboxes, generation: 0 });
        Self(Arc::new(Inner { office: Arc::new(Office { handle, tables, files }), wanted, changed: Notify::new() }))
    }

    /// Puts these triggers in force, in place of all others.
    pub fn arm(&self, triggers: Vec<Armed>) {
        let mut boxes: BTreeMap<Address, Vec<Armed>> = BTreeMap::new();
        for armed in triggers {
            let address = (Arc::clone(&armed.trigger.connection), Arc::clone(&armed.trigger.folder));
            boxes.entry(address).or_default().push(armed);
        }
        let mut wanted = self.wanted();
        let handle = &self.0.office.handle;
        let labels = |boxes: &BTreeMap<Address, Vec<Armed>>| -> BTreeSet<(ScenarioId, String)> {
            boxes.values().flatten().map(|armed| (armed.deployment.id.clone(), armed.label())).collect()
        };
        for (scenario, label) in labels(&wanted.boxes).difference(&labels(&boxes)) {
            handle.forget_beat(scenario, label);
        }
        wanted.boxes = boxes;
        drop(wanted);
        self.0.changed.notify_one();
    }

    /// From now on these are the mailboxes: connections have changed.
    pub fn use_mailboxes(&self, mailboxes: Arc<dyn Mailboxes>) {
        let mut wanted = self.wanted();
        wanted.mailboxes = mailboxes;
        wanted.generation += 1;
        drop(wanted);
        self.0.changed.notify_one();
    }

    /// Works until the future is dropped.
    pub async fn run(&self) {
        let (mut tasks, mut watched) = (JoinSet::new(), BTreeMap::new());
        loop {
            self.follow(&mut tasks, &mut watched);
            tokio::select! {
                () = self.0.changed.notified() => {}
                // None ends by itself but by a mistake of ours, which is told; the others go on.
                Some(ended) = tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!(%error, "a mailbox is no longer watched");
                    }
                }
            }
        }
    }

    /// Begins to watch what is wanted, and ends what is not, or not so.
    fn follow(&self, tasks: &mut JoinSet<()>, watched: &mut BTreeMap<Address, Watched>) {
        let wanted = self.wanted();
        watched.retain(|address, watched| {
            let is_wanted = wanted.boxes.get(address).is_some_and(|armed| is_same(armed, &watched.armed));
            let stays = is_wanted && watched.generation == wanted.generation && !watched.task.is_finished();
            if !stays {
                watched.task.abort();
            }
            if !wanted.boxes.contains_key(address) {
                watch::mend(&self.0.office.handle, address);
            }
            stays
        });
        for (address, armed) in &wanted.boxes {
            if watched.contains_key(address) {
                continue;
            }
            let (office, mailboxes) = (Arc::clone(&self.0.office), Arc::clone(&wanted.mailboxes));
            let (address, armed, generation) = (address.clone(), armed.clone(), wanted.generation);
            let task = tasks.spawn(watch::keep(office, mailboxes, address.clone(), armed.clone()));
            watched.insert(address, Watched { armed, generation, task });
        }
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.0.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_same(one: &[Armed], other: &[Armed]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
}
