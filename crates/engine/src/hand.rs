//! What people and programs do about runs that have begun: answer what they wait for, resume what is held, cancel.

use crate::mail::{Letter, Receipt, Unheard, Wake};
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::{Entry, Release};
use run::id::{RunId, Spot};
use run::payload::Payload;
use scenario::plan::{Kind, Plan, WaitFor};
use std::sync::Arc;
use tokio::sync::oneshot;

/// A step that waits for an answer, as the page behind its link shows it.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// Which run.
    pub run: RunId,
    /// Which step in which turn.
    pub spot: Spot,
    /// The scenario's name.
    pub scenario: String,
    /// What it asks.
    pub asks: WaitFor,
    /// The title of its page, where it has one.
    pub title: Option<String>,
    /// What the page says, where it says something.
    pub text: Option<String>,
    /// Until when it waits, in milliseconds since 1970.
    pub until: i64,
}

impl Handle {
    /// The step that a link leads to. Blocks for the disk.
    pub fn awaited(&self, token: &str) -> Result<Awaited, Unheard> {
        let (run, spot) = self.shared.options.setting.resume_key.open(token).ok_or(Unheard::Unknown)?;
        let state = self.state(run)?.ok_or(Unheard::Unknown)?;
        if state.end().is_some() {
            return Err(Unheard::Over);
        }
        let (until, answered) = state.awaits(&spot).ok_or(Unheard::AnsweredBefore)?;
        if answered {
            return Err(Unheard::AnsweredBefore);
        }
        let asks = wait_for(state.plan(), &spot).ok_or(Unheard::Unknown)?.clone();
        let (title, text) = state.page(&spot, self.shared.now());
        Ok(Awaited { run, scenario: state.plan().name.clone(), spot, asks, title, text, until })
    }

    /// The link by which this step is answered, whether it waits or not. Who has it may answer.
    pub fn resume_url(&self, run: RunId, spot: &Spot) -> String {
        self.shared.options.setting.resume_url(run, spot)
    }

    /// Gives a step the answer it waits for; comes back once that is on disk.
    pub async fn answer(&self, run: RunId, spot: Spot, answer: Payload) -> Result<(), Unheard> {
        self.tell(run, |receipt| Letter::Answer { spot, answer, receipt }).await
    }

    /// Lets a held step go on, or every one; comes back once that is on disk. `by` says who does it.
    pub async fn resume_run(
        &self,
        run: RunId,
        spot: Option<Spot>,
        release: Release,
        by: String,
    ) -> Result<(), Unheard> {
        self.tell(run, |receipt| Letter::Release { spot, release, by, receipt }).await
    }

    /// Ends a run, and the runs that it waits for; comes back once that is on disk. Calls in flight are given up.
    pub async fn cancel(&self, run: RunId) -> Result<(), Unheard> {
        self.tell(run, |receipt| Letter::Cancel { receipt }).await
    }

    /// A run as far as its journal tells; none where there is no such run. Blocks for the disk.
    pub fn state(&self, run: RunId) -> Result<Option<State>, Unheard> {
        let unreachable = |error: &dyn std::fmt::Display| Unheard::Unreachable(error.to_string());
        let Some((_, entries)) = self.journal(run).map_err(|error| unreachable(&error))? else { return Ok(None) };
        let Some(Entry::Created(created)) = entries.first() else { return Ok(None) };
        let plan = self.version(&created.scenario, &created.version).map_err(|error| unreachable(&error))?;
        let mut state = State::new(run, plan, Arc::clone(created), Arc::clone(&self.shared.options.setting));
        entries.iter().for_each(|entry| state.apply(entry));
        Ok(Some(state))
    }

    /// The same for a run that is known to be there, though it may not be on disk yet.
    pub(crate) async fn cancel_known(&self, run: RunId) -> Result<(), Unheard> {
        self.say(run, |receipt| Letter::Cancel { receipt }).await
    }

    pub(crate) async fn tell(&self, run: RunId, letter: impl FnOnce(Receipt) -> Letter) -> Result<(), Unheard> {
        let shared = Arc::clone(&self.shared);
        let known = tokio::task::spawn_blocking(move || shared.head(run)).await;
        let known = known.unwrap_or(Err(run::tables::StoreError::Closed));
        match known.map_err(|error| Unheard::Unreachable(error.to_string()))? {
            None => return Err(Unheard::Unknown),
            Some(head) if head.status.is_over() => return Err(Unheard::Over),
            Some(_) => {}
        }
        self.say(run, letter).await
    }

    async fn say(&self, run: RunId, letter: impl FnOnce(Receipt) -> Letter) -> Result<(), Unheard> {
        if *self.shared.stopping.borrow() {
            return Err(Unheard::Unreachable("the server is stopping".to_owned()));
        }
        let (receipt, heard) = oneshot::channel();
        post(&self.shared, run, letter(receipt));
        heard.await.unwrap_or_else(|_| Err(Unheard::Unreachable("the store failed".to_owned())))
    }
}

/// Says something to a run, and wakes it for that.
pub(crate) fn post(shared: &Shared, run: RunId, letter: Letter) {
    let someone_waits = letter.is_awaited();
    match shared.mail.send(run, letter) {
        Wake::Yes if someone_waits => shared.queues.wake_for_someone(run),
        Wake::Yes => shared.queues.wake(run),
        Wake::No => {}
    }
}

fn wait_for<'p>(plan: &'p Plan, spot: &Spot) -> Option<&'p WaitFor> {
    match &plan.steps.get(spot.step.0 as usize)?.kind {
        Kind::WaitFor(wait) => Some(wait),
        _ => None,
    }
}
