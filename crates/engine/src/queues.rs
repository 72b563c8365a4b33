//! Runs that are on disk and wait for a slot. Only their names are in memory.
//!
//! There are two queues, so that a caller who waits for an answer never stands behind a flood of runs that nobody
//! waits for; and so that such a flood asks no more of the far sides at once than it has slots.

mod lots;

use crate::replies::Replies;
use crate::shared::Options;
pub(crate) use lots::{Queue, Slot, Standing};
use run::id::{Millis, RunId, ScenarioId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(crate) struct Queues {
    /// Runs whose callers wait for the answer.
    pub(crate) attended: Arc<Queue>,
    /// All others.
    pub(crate) unattended: Arc<Queue>,
    /// The callers of runs that are on disk alone: at most one for each connection that is open.
    callers: Mutex<HashMap<RunId, Replies>>,
}

impl Queues {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            attended: Queue::new(options.attended_runs),
            unattended: Queue::new(options.unattended_runs),
            callers: Mutex::default(),
        }
    }

    /// The queue for a run with these callers.
    pub(crate) fn of(&self, callers: &Replies) -> &Arc<Queue> {
        if callers.await_response() { &self.attended } else { &self.unattended }
    }

    /// Queues a run that has not begun, once it is its turn.
    pub(crate) fn begin(&self, scenario: &ScenarioId, run: RunId) {
        self.queue_of(run).push_new(scenario, run);
    }

    /// Queues a run that has begun.
    pub(crate) fn go_on(&self, scenario: &ScenarioId, run: RunId) {
        self.queue_of(run).push_begun(scenario, run);
    }

    /// Keeps the callers of a run that waits.
    pub(crate) fn keep(&self, run: RunId, callers: Replies) {
        if !callers.is_empty() {
            self.callers().entry(run).or_default().join(callers);
        }
    }

    /// Someone waits to hear that a run has heard: it stands before those that no one waits for.
    pub(crate) fn wake_for_someone(&self, run: RunId) {
        self.attended.push_woken(run);
    }

    /// There is something to do in a run that has begun.
    pub(crate) fn wake(&self, run: RunId) {
        self.queue_of(run).push_woken(run);
    }

    /// The callers of a run that is taken up.
    pub(crate) fn take_callers(&self, run: RunId) -> Replies {
        self.callers().remove(&run).unwrap_or_default()
    }

    /// A caller has gone away: nothing is kept of it.
    pub(crate) fn forget_gone(&self, run: RunId) {
        let mut callers = self.callers();
        let Some(of_run) = callers.get_mut(&run) else { return };
        of_run.forget_gone();
        if of_run.is_empty() {
            callers.remove(&run);
        }
    }

    /// How many runs wait for a slot.
    pub(crate) fn len(&self) -> usize {
        self.attended.len() + self.unattended.len()
    }

    /// Has no run of this scenario begin until [`Self::resume`].
    pub(crate) fn pause(&self, scenario: &ScenarioId) {
        self.both(|queue| queue.pause(scenario));
    }

    /// Lets runs of this scenario begin again.
    pub(crate) fn resume(&self, scenario: &ScenarioId) {
        self.both(|queue| queue.resume(scenario));
    }

    /// Takes runs of this scenario that have not begun out of the queues.
    pub(crate) fn take_new(&self, scenario: &ScenarioId) -> Vec<RunId> {
        let mut taken = self.attended.take_new(scenario);
        taken.extend(self.unattended.take_new(scenario));
        taken
    }

    /// How the scenarios' runs stand that wait for a slot or have one.
    pub(crate) fn standings(&self, now: Millis) -> HashMap<ScenarioId, Standing> {
        let mut all = self.attended.standings(now);
        for (scenario, other) in self.unattended.standings(now) {
            all.entry(scenario).or_default().add(&other);
        }
        all
    }

    /// When there is room again, in seconds.
    pub(crate) fn retry_after(&self, now: Millis) -> u32 {
        self.unattended.retry_after(now).min(self.attended.retry_after(now))
    }

    /// Comes back once no run is driven.
    pub(crate) async fn idle(&self) {
        self.attended.idle().await;
        self.unattended.idle().await;
    }

    fn both(&self, mut act: impl FnMut(&Queue)) {
        act(&self.attended);
        act(&self.unattended);
    }

    fn queue_of(&self, run: RunId) -> &Queue {
        self.callers().get(&run).map_or(&self.unattended, |callers| self.of(callers))
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<RunId, Replies>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
