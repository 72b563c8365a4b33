//! Notices when nothing more will happen in a run, and in those it called, unless somebody comes or much time passes.

use run::entry::Entry;
use run::id::{Millis, RunId, ScenarioId, Spot};
use scenario::plan::{Kind, Plan};
use std::collections::{BTreeMap, HashMap};
use store::{Head, Status};

/// What lies at most this far ahead is waited for: one minute.
pub(super) const PATIENCE: Millis = 60_000;

/// What a step waits for that will not come soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Somebody's answer, until this time.
    Answer(Millis),
    /// This time.
    Time(Millis),
    /// Somebody who resumes it after it failed, for this reason.
    Hand(String),
}

/// A step that keeps everything waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blocked {
    pub(super) scenario: ScenarioId,
    pub(super) spot: Spot,
    pub(super) awaited: Awaited,
}

/// How a run that is not over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Something is being done in it, or is about to be.
    Working,
    /// It is left alone until something comes, and not before long.
    Parked,
}

/// A run that another one called.
struct Child {
    parent: RunId,
    is_awaited: bool,
}

/// All runs that are not over, and what their steps wait for.
#[derive(Default)]
pub(super) struct Standstill {
    runs: HashMap<RunId, Standing>,
    children: HashMap<RunId, Child>,
    waits: BTreeMap<(RunId, Spot), Blocked>,
}

impl Standstill {
    /// Takes in a piece of a run's journal.
    pub(super) fn note(&mut self, run: RunId, head: &Head, entries: &[Entry], plan: &Plan) {
        // A run that waits for another one is only looked at after a restart: its time is no time to come.
        let is_near = |wake: Millis| (1..=PATIENCE).contains(&wake.saturating_sub(head.at));
        let is_far = !head.wake.is_some_and(is_near);
        let parked = matches!(head.status, Status::Waiting | Status::Held) && is_far;
        self.runs.insert(run, if parked { Standing::Parked } else { Standing::Working });
        for entry in entries {
            self.take(run, &head.scenario, entry, plan);
        }
        if head.status.is_over() {
            self.end(run);
        }
    }

    fn take(&mut self, run: RunId, scenario: &ScenarioId, entry: &Entry, plan: &Plan) {
        let (spot, awaited) = match entry {
            Entry::Awaiting { spot, until, .. } => match plan.step(spot.step).kind {
                Kind::WaitFor(_) => (spot, Awaited::Answer(*until)),
                _ => (spot, Awaited::Time(*until)),
            },
            Entry::Held { spot, error, .. } => (spot, Awaited::Hand(format!("{}: {}", error.code, error.message))),
            Entry::Called(called) => {
                // It is on its way, though nothing is written of it yet.
                self.runs.insert(called.child, Standing::Working);
                self.children.insert(called.child, Child { parent: run, is_awaited: !called.detached });
                return;
            }
            Entry::Done(done) => return drop(self.waits.remove(&(run, done.spot.clone()))),
            Entry::Failed { spot, .. } | Entry::Escalated { spot, .. } | Entry::Released { spot, .. } => {
                return drop(self.waits.remove(&(run, spot.clone())));
            }
            Entry::Collapsed { .. } => return self.waits.retain(|(of, _), _| *of != run),
            _ => return,
        };
        let blocked = Blocked { scenario: scenario.clone(), spot: spot.clone(), awaited };
        self.waits.insert((run, spot.clone()), blocked);
    }

    fn end(&mut self, run: RunId) {
        self.runs.remove(&run);
        self.waits.retain(|(of, _), _| *of != run);
        let Some(child) = self.children.remove(&run) else { return };
        if let Some(parent) = self.runs.get_mut(&child.parent).filter(|_| child.is_awaited) {
            // It is told, and goes on.
            *parent = Standing::Working;
        }
    }

    /// Whether every run is over.
    pub(super) fn is_over(&self) -> bool {
        self.runs.is_empty()
    }

    /// The step that everything waits for; none while something happens by itself.
    pub(super) fn blocked(&self) -> Option<&Blocked> {
        let stands = self.runs.values().all(|standing| *standing == Standing::Parked);
        self.waits.values().next().filter(|_| stands)
    }
}
