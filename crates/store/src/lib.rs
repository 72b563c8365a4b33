//! Where runs and records are kept. [`open`] is the only door; nobody outside can name what is behind it.

use bytes::Bytes;
use run::id::{Millis, RunId, ScenarioId};
use run::retention::{Durability, Keep};
use run::tables::{Blobs, Digest, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::{oneshot, watch};

pub mod captures;

mod archive;
mod disk;
mod memory;
mod retention;

#[cfg(test)]
mod conformance;

/// Opens a store: `memory:` (gone with the process) or `sled:PATH` (the data folder PATH on a local disk, made where
/// there is none). One process at a time has a data folder open.
pub fn open(url: &str) -> Result<Store, StoreError> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(memory::open()),
        Some(("sled", path)) if !path.is_empty() => disk::open(Path::new(path)),
        _ => Err(StoreError::Failed(format!("`{url}` names no store: use `memory:` or `sled:PATH`").into())),
    }
}

/// Everything that is kept, opened together.
#[derive(Clone, Debug)]
pub struct Store {
    /// What happened in runs.
    pub journal: Arc<dyn Journal>,
    /// Small records.
    pub tables: Arc<dyn Tables>,
    /// Large values.
    pub blobs: Arc<dyn Blobs>,
    /// What came in, as it came.
    pub captures: Arc<dyn captures::Captures>,
    /// What bins keep, apart from all that strangers may send to webhooks.
    pub bins: Arc<dyn captures::Captures>,
    /// What of all this could not be read when it was opened, in sentences for people. The rest works.
    pub damage: Vec<String>,
}

/// How a run stands, as lists show it and restarts need it. Variants are only ever appended: archives number them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has work to do.
    Running,
    /// Nothing to do before [`Head::wake`].
    Waiting,
    /// Over: all done.
    Succeeded,
    /// Over: ended early and well.
    Stopped,
    /// Over: a step failed for good.
    Failed,
    /// Over: a person ended it.
    Cancelled,
    /// A step has failed, and waits for someone to resume it.
    Held,
}

impl Status {
    /// Whether nothing more will happen in the run.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Running | Self::Waiting | Self::Held)
    }
}

/// What is known of a run without reading its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which scenario.
    pub scenario: ScenarioId,
    /// How it stands.
    pub status: Status,
    /// When a waiting run goes on.
    pub wake: Option<Millis>,
    /// When it last changed.
    pub at: Millis,
    /// The line it stands in, where its scenario has runs wait for each other: a digest of what they line up by.
    pub line: Option<u64>,
}

/// The next piece of a run's journal.
#[derive(Clone, Debug)]
pub struct Append {
    /// Which run.
    pub run: RunId,
    /// How many pieces the run has before this one; 0 makes the run.
    pub piece: u32,
    /// How the run stands with this piece.
    pub head: Head,
    /// The piece (`run::entry::encode`).
    pub bytes: Vec<u8>,
    /// The large values that the piece names.
    pub digests: Vec<Digest>,
    /// What the run lays claim to with its first piece: refused with [`StoreError::Claimed`] where another run has it.
    pub claim: Option<Claim>,
    /// When the append is answered: once it is on disk, or at once.
    pub durability: Durability,
}

/// The right to be the only run for something, as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub key: ClaimKey,
    /// Until when.
    pub until: Millis,
}

/// A digest of what is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey(pub [u8; 16]);

/// A promise that resolves once what was appended is on disk, or is known not to be.
#[derive(Debug)]
pub struct Ack(oneshot::Receiver<Result<(), StoreError>>);

impl Ack {
    /// A promise, and what fulfils it.
    pub fn pair() -> (oneshot::Sender<Result<(), StoreError>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }
}

impl Future for Ack {
    type Output = Result<(), StoreError>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or(Err(StoreError::Closed)))
    }
}

/// A run as it was journaled.
#[derive(Clone, Debug)]
pub struct Journaled {
    /// How it stands.
    pub head: Head,
    /// Its pieces, in order.
    pub pieces: Vec<Bytes>,
}

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this scenario alone.
    pub scenario: Option<ScenarioId>,
    /// In this state alone.
    pub status: Option<Status>,
    /// Created before this run.
    pub before: Option<RunId>,
    /// Created at this time or later.
    pub since: Option<Millis>,
    /// Created before this time.
    pub until: Option<Millis>,
    /// With this text in its journal: in what it was given, sent, or gave. Upper and lower case are the same. Large
    /// values are not searched.
    pub text: Option<String>,
}

/// How long runs that are over are kept.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    /// What counts where a scenario says nothing.
    pub keep: Keep,
    /// What scenarios say.
    pub scenarios: HashMap<ScenarioId, Keep>,
    /// How many bytes all runs may take on disk: beyond it the oldest go, however long they should be kept.
    pub bytes: Option<u64>,
}

/// What the journal takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Runs that are kept.
    pub runs: u64,
    /// Bytes on disk, without large values.
    pub bytes: u64,
}

/// The append-only record of runs. Appends of one run are made one after another by its driver; appends of many runs
/// share one flush. All other calls may block for disk reads.
pub trait Journal: Send + Sync + fmt::Debug {
    /// Adds a piece. Appends are made durable in the order in which they were handed over.
    fn append(&self, append: Append) -> Ack;
    /// A run's pieces; none where there is no such run.
    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError>;
    /// How a run stands; none where there is no such run. Does not read its journal.
    fn head(&self, run: RunId) -> Result<Option<Head>, StoreError>;
    /// The run that has claimed this, if the claim lasts at `now`.
    fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError>;
    /// The newest run of a scenario.
    fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError>;
    /// Runs that are not over, oldest first: at most `limit`, created after `after`.
    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError>;
    /// Runs that fit the filter, newest first.
    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError>;
    /// Lets go of runs that are over and need not be kept at `now`, and of large values that no run names any more. Gives
    /// how many runs went, and how many bytes of disk (without large values). Space is given back in whole files: a run
    /// may stay for as long as most of those that were written at its time are kept.
    fn retain(&self, retention: &Retention, now: Millis) -> Result<Usage, StoreError>;
    /// What is kept.
    fn usage(&self) -> Result<Usage, StoreError>;
    /// Turns to why, should the store accept nothing more until it is opened anew.
    fn failure(&self) -> watch::Receiver<Option<StoreError>>;
    /// Makes everything durable and refuses what comes later. Waits.
    fn close(&self) -> Result<(), StoreError>;
}
