//! What people do about queues, and what they are shown of them.

use crate::gates::QueueState;
use crate::intake::Refused;
use crate::shared::Handle;
use crate::turns;
use crate::{lines, queues};
use futures_util::stream::{self, StreamExt};
use run::id::{Millis, RunId, ScenarioId};
use run::tables::StoreError;
use std::collections::BTreeMap;

/// How many runs are cancelled at a time while a queue is purged.
const AT_ONCE: usize = 256;

/// How a scenario's runs stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueView {
    /// Whether runs are taken in, and begin.
    pub state: QueueState,
    /// How many wait for their turn or for a slot.
    pub waiting: u64,
    /// How many are under way: for scenarios whose runs take turns those that have theirs, for others those that are
    /// worked on at this moment.
    pub running: u64,
    /// Since when the first of those that wait has waited, in milliseconds since 1970.
    pub oldest: Option<Millis>,
    /// How many were begun or gone on with lately after they had waited, per second.
    pub rate: f64,
    /// How many were not begun, as `on_full: drop` says, since the engine was started.
    pub dropped: u64,
}

impl Handle {
    /// How the runs of every scenario stand that takes runs, has some, or was paused or drained.
    pub fn queues(&self) -> BTreeMap<ScenarioId, QueueView> {
        let shared = &self.shared;
        let now = shared.options.clock.now();
        let mut views: BTreeMap<ScenarioId, QueueView> =
            shared.scenarios.all().into_iter().map(|known| (known.id.clone(), QueueView::default())).collect();
        for (scenario, standing) in shared.queues.standings(now) {
            views.entry(scenario).or_default().add_slots(&standing);
        }
        for (scenario, standing) in shared.lines.standings(now) {
            views.entry(scenario).or_default().add_lines(&standing);
        }
        for (scenario, state) in shared.gates.shut() {
            views.entry(scenario).or_default().state = state;
        }
        views
    }

    /// Has a scenario's queue take runs in, let them begin, or not. Runs that have begun go on in any case. Blocks for
    /// the disk.
    pub fn set_queue(&self, scenario: &ScenarioId, state: QueueState) -> Result<(), StoreError> {
        let shared = &self.shared;
        shared.gates.set(scenario, state)?;
        match state {
            QueueState::Paused => shared.queues.pause(scenario),
            QueueState::Open | QueueState::Draining => {
                shared.queues.resume(scenario);
                turns::advance_by_name(shared, scenario);
            }
        }
        Ok(())
    }

    /// Cancels every run of a scenario that waits and has not begun; gives how many. Comes back once that is on disk
    /// for each of them. What is under way when the caller goes away is done all the same.
    pub async fn purge(&self, scenario: &ScenarioId) -> Result<u64, Refused> {
        let (handle, scenario) = (self.clone(), scenario.clone());
        let purging = self.shared.runtime.spawn(async move {
            let shared = &handle.shared;
            // Those that come from here on are not meant. Who waits in a line leaves it by ending; who has begun
            // meanwhile goes on.
            let lined_up = shared.lines.waiting(&scenario);
            let queued = shared.queues.take_new(&scenario);
            let still_waiting = |(line, run)| shared.lines.is_waiting(&scenario, line, run).then_some(run);
            let runs = queued.into_iter().chain(lined_up.into_iter().filter_map(still_waiting));
            let ends = stream::iter(runs).map(|run| handle.cancel_known(run)).buffer_unordered(AT_ONCE);
            ends.filter(|ended| std::future::ready(ended.is_ok())).count().await as u64
        });
        purging.await.map_err(|_| Refused::Store(StoreError::Closed))
    }
}

impl QueueView {
    fn add_slots(&mut self, standing: &queues::Standing) {
        self.waiting += standing.waiting as u64;
        self.running += standing.running as u64;
        self.rate += standing.rate;
        self.note_oldest(standing.oldest);
    }

    fn add_lines(&mut self, standing: &lines::Standing) {
        self.waiting += standing.waiting as u64;
        self.running = self.running.max(standing.inside as u64);
        self.rate = self.rate.max(standing.rate);
        self.dropped = standing.dropped;
        self.note_oldest(standing.oldest);
    }

    fn note_oldest(&mut self, run: Option<RunId>) {
        let since = run.map(|run| run.created());
        self.oldest = [self.oldest, since].into_iter().flatten().min();
    }
}
