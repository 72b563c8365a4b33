//! Deliveries that repeat one that was taken in before: they start nothing, get the first one's answer, and are counted
//! in it.

use crate::hand::post;
use crate::intake::{Answer, Refused};
use crate::mail::Letter;
use crate::replies::{Awaits, Replies, Reply};
use crate::shared::{Handle, Shared};
use run::entry::{End, Entry};
use run::id::{Millis, RunId};
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Claim, ClaimKey, Journal};
use tokio::sync::Notify;

/// The table that counts repeats, by the first one's run.
const TABLE: &str = "repeats";

/// How long counts are gathered before they are written: a crash loses no more than these.
const GATHERED: Duration = Duration::from_secs(1);

/// Of how many runs repeats are counted between two writes; those of others are answered and not counted.
const MOST_COUNTED: usize = 100_000;

/// Of how many runs counts are looked at at once, whether the run is still kept.
const PAGE: usize = 1_000;

/// Whether a delivery was the first of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// It has started a run.
    First,
    /// It was taken in before; that run answers.
    Repeat,
}

/// What the caller of a delivery that may be a repeat is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// What the run answers.
    pub answer: Answer,
    /// Whose run that is.
    pub novelty: Novelty,
}

/// The repeats of a run's delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeats {
    /// How many came.
    pub count: u64,
    /// When the last one came, in milliseconds since 1970.
    pub last: Millis,
}

impl Handle {
    /// How often a run's delivery was repeated; none where it was not. Blocks for the disk.
    pub fn repeats(&self, run: RunId) -> Result<Option<Repeats>, StoreError> {
        self.shared.repeats.of(run)
    }
}

/// The run that has claimed this already.
pub(crate) async fn first(shared: &Arc<Shared>, claim: Claim) -> Result<Option<RunId>, StoreError> {
    let (reader, now) = (Arc::clone(shared), shared.options.clock.now());
    let claimed = move || reader.store.journal.claimed(&claim.key, now);
    tokio::task::spawn_blocking(claimed).await.unwrap_or(Err(StoreError::Closed))
}

/// The runs that have claimed these already, by what they have claimed.
pub(crate) async fn firsts(shared: &Arc<Shared>, keys: Vec<ClaimKey>) -> Result<HashMap<ClaimKey, RunId>, StoreError> {
    let (reader, now) = (Arc::clone(shared), shared.options.clock.now());
    let claimed = move || {
        let holder = |key: ClaimKey| Ok(reader.store.journal.claimed(&key, now)?.map(|run| (key, run)));
        keys.into_iter().filter_map(|key| holder(key).transpose()).collect()
    };
    tokio::task::spawn_blocking(claimed).await.unwrap_or(Err(StoreError::Closed))
}

/// The answer of the first run to a repeat: the one it gave, or the one it is waited for.
pub(crate) async fn answer(shared: &Arc<Shared>, first: RunId, wait: Duration) -> Result<Told, Refused> {
    shared.repeats.note(first, shared.options.clock.now());
    let told = |answer| Told { answer, novelty: Novelty::Repeat };
    if let Some(answer) = known_answer(shared, first).await? {
        return Ok(told(answer));
    }
    let (reply, mut heard) = Reply::pair(Awaits::Response);
    post(shared, first, Letter::Callers(Replies::one(reply)));
    match tokio::time::timeout(wait, &mut heard).await {
        Ok(heard) => Ok(told(heard.unwrap_or(Err(Refused::Store(StoreError::Closed)))?)),
        Err(_) => {
            drop(heard);
            shared.queues.forget_gone(first);
            Ok(told(Answer::TimedOut { run: first }))
        }
    }
}

/// What a run on disk has to say to a caller; none while it goes on and has not said it.
async fn known_answer(shared: &Arc<Shared>, run: RunId) -> Result<Option<Answer>, StoreError> {
    let handle = Handle { shared: Arc::clone(shared) };
    let read = move || {
        // A run that is kept no more has left nothing but its claim.
        let Some((_, entries)) = handle.journal(run)? else { return Ok(Some(Answer::Accepted { run })) };
        let Some(Entry::Created(created)) = entries.first() else { return Ok(None) };
        let plan = handle.version(&created.scenario, &created.version);
        if plan.is_ok_and(|plan| !plan.responds) {
            return Ok(Some(Answer::Accepted { run }));
        }
        Ok(told_by(run, &entries))
    };
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(StoreError::Closed))
}

fn told_by(run: RunId, entries: &[Entry]) -> Option<Answer> {
    let answer = entries.iter().rev().find_map(|entry| match entry {
        Entry::Responded { response, .. } => Some(Answer::Responded { run, response: Arc::clone(response) }),
        _ => None,
    });
    answer.or_else(|| match entries.last()? {
        Entry::Ended { end, .. } => Some(match **end {
            End::Succeeded | End::Stopped => Answer::Accepted { run },
            End::Failed { .. } | End::Cancelled => Answer::Failed { run },
        }),
        _ => None,
    })
}

/// Counts repeats, and writes the counts from time to time.
#[derive(Debug)]
pub(crate) struct Tally {
    fresh: Mutex<HashMap<RunId, Repeats>>,
    noted: Notify,
    /// Up to where it was looked for counts of runs that are gone; none: from the beginning.
    looked: Mutex<Option<String>>,
    tables: Arc<dyn Tables>,
    /// Held while counts are written, so that none is written twice.
    writing: Mutex<()>,
}

impl Tally {
    pub(crate) fn new(tables: Arc<dyn Tables>) -> Self {
        let (fresh, looked, writing) = Default::default();
        Self { fresh, noted: Notify::new(), looked, tables, writing }
    }

    /// Writes what was counted since the last time. Blocks for the disk.
    pub(crate) fn write(&self) {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let counted: Vec<(RunId, Repeats)> = self.fresh().iter().map(|(run, repeats)| (*run, *repeats)).collect();
        for (run, repeats) in counted {
            if let Err(error) = self.add(run, repeats) {
                tracing::warn!(%run, %error, "repeats of the run's delivery were not counted");
            }
            self.forget(run, repeats);
        }
    }

    /// Forgets the counts of some runs that are not kept any more, and goes on behind them the next time. Blocks for the
    /// disk.
    pub(crate) fn forget_gone(&self, journal: &dyn Journal) -> Result<(), StoreError> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let page = self.tables.scan(TABLE, "", looked.as_deref(), PAGE)?;
        for (key, record) in &page {
            let is_gone = key.parse().is_ok_and(|run: RunId| matches!(journal.head(run), Ok(None)));
            if !is_gone {
                continue;
            }
            match self.tables.delete(TABLE, key, Expected::Revision(record.revision)) {
                // It was counted meanwhile.
                Err(StoreError::Conflict) => {}
                told => drop(told?),
            }
        }
        *looked = page.last().filter(|_| page.len() == PAGE).map(|(key, _)| key.clone());
        Ok(())
    }

    /// Counts a repeat of this run's delivery.
    pub(crate) fn note(&self, run: RunId, now: Millis) {
        let mut fresh = self.fresh();
        if fresh.len() < MOST_COUNTED || fresh.contains_key(&run) {
            let repeats = fresh.entry(run).or_insert(Repeats { count: 0, last: now });
            *repeats = Repeats { count: repeats.count + 1, last: repeats.last.max(now) };
        }
        drop(fresh);
        self.noted.notify_one();
    }

    fn of(&self, run: RunId) -> Result<Option<Repeats>, StoreError> {
        // Counts are taken out of memory after they are on disk, and seen twice for a moment rather than not at all.
        let fresh = self.fresh().get(&run).copied();
        let written = self.written(run)?;
        Ok(match (written, fresh) {
            (Some(written), Some(fresh)) => Some(sum(written, fresh)),
            (written, fresh) => written.or(fresh),
        })
    }

    fn written(&self, run: RunId) -> Result<Option<Repeats>, StoreError> {
        let Some(record) = self.tables.get(TABLE, &run.to_string())? else { return Ok(None) };
        let read = serde_json::from_slice(&record.value);
        read.map(Some).map_err(|_| StoreError::Corrupt(format!("the repeats of {run} cannot be read").into()))
    }

    fn add(&self, run: RunId, fresh: Repeats) -> Result<(), StoreError> {
        let all = self.written(run)?.map_or(fresh, |written| sum(written, fresh));
        let text = serde_json::to_vec(&all).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        self.tables.put(TABLE, &run.to_string(), &text, Expected::Any).map(|_| ())
    }

    fn forget(&self, run: RunId, written: Repeats) {
        let mut fresh = self.fresh();
        if let Some(repeats) = fresh.get_mut(&run) {
            repeats.count = repeats.count.saturating_sub(written.count);
            if repeats.count == 0 {
                fresh.remove(&run);
            }
        }
    }

    fn fresh(&self) -> MutexGuard<'_, HashMap<RunId, Repeats>> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sum(written: Repeats, fresh: Repeats) -> Repeats {
    Repeats { count: written.count + fresh.count, last: written.last.max(fresh.last) }
}

/// Writes counts while the engine runs.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    loop {
        tokio::select! {
            () = shared.repeats.noted.notified() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(GATHERED) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let writer = Arc::clone(&shared);
        let _ = tokio::task::spawn_blocking(move || writer.repeats.write()).await;
    }
}
