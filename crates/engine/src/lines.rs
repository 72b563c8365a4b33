//! Scenarios that bound how many of their runs are under way, or begin in a time: whose turn it is, and who waits. Only
//! names are in memory. A run has its turn from its beginning to its end; waiting and being held are part of it.
//!
//! A scenario has a line for each value of its key, and one for all where it has none. In each, runs have their turns
//! in the order of their names, which is the order in which they came, before a restart as after it.

mod line;

use line::Group;
pub(crate) use line::{earliest, pause};
use run::id::{Millis, RunId, ScenarioId};
use scenario::plan::Limits;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A digest of what runs line up by.
pub(crate) type LineNo = u64;

/// The line of scenarios whose runs all wait for all, and of runs without a key.
pub(crate) const WHOLE: LineNo = 0;

/// The lines of all scenarios that have one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    groups: Mutex<HashMap<ScenarioId, Group>>,
    /// Whether any run ever lined up: most engines need not look.
    used: AtomicBool,
    /// How many wait, to be read without the lock.
    waiting: AtomicUsize,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is its turn.
    Inside,
    /// Others are before it.
    Behind,
}

/// Why a run cannot line up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The scenario's queue is full; there is room again in so many seconds.
    Full { retry_after: u32 },
    /// As many as may be are under way, and the scenario wants no more than those.
    Dropped,
}

/// Whether runs of a scenario begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    Paused,
}

/// By which rules runs take turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'l> {
    pub(crate) limits: &'l Limits,
    pub(crate) gate: Gate,
    pub(crate) now: Millis,
}

/// What came of it that runs came or went.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advance {
    /// Whose turn it is now.
    pub(crate) admitted: Vec<RunId>,
    /// Who must end, so that others have their turn.
    pub(crate) displaced: Vec<RunId>,
    /// Who is first, when only the rate holds it back, and until when.
    pub(crate) next: Option<(Millis, RunId)>,
    /// Who is the first of its line now, where runs have a deadline.
    pub(crate) first: Vec<RunId>,
}

/// Whether a run had begun before a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    New,
    Begun,
}

/// How a scenario's lines stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// How many wait for their turn.
    pub(crate) waiting: usize,
    /// How many have their turn.
    pub(crate) inside: usize,
    /// The first of those that wait.
    pub(crate) oldest: Option<RunId>,
    /// How many began lately, per second.
    pub(crate) rate: f64,
    /// How many were not begun because there was no room, since the engine was started.
    pub(crate) dropped: u64,
}

/// Whether runs of a scenario with these limits have to line up.
pub(crate) fn lines_up(limits: &Limits) -> bool {
    limits.concurrency.is_some() || limits.rate.is_some()
}

impl Lines {
    /// Lines a new run up.
    pub(crate) fn enter(
        &self,
        scenario: &ScenarioId,
        line: LineNo,
        run: RunId,
        rules: Rules<'_>,
    ) -> Result<Place, Shut> {
        self.used.store(true, Ordering::Release);
        let mut groups = self.groups();
        let group = groups.entry(scenario.clone()).or_default();
        let place = group.enter(line, run, rules);
        self.count(group);
        place
    }

    /// Lines up a run that was taken in before a restart: it was taken then, so it is now, and who had begun goes on.
    pub(crate) fn return_to(&self, scenario: &ScenarioId, line: LineNo, run: RunId, progress: Progress) {
        self.used.store(true, Ordering::Release);
        let mut groups = self.groups();
        let group = groups.entry(scenario.clone()).or_default();
        group.return_to(line, run, progress);
        self.count(group);
    }

    /// Whether no run ever lined up.
    pub(crate) fn are_unused(&self) -> bool {
        !self.used.load(Ordering::Acquire)
    }

    /// How many runs wait for their turn.
    pub(crate) fn len(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The scenarios with lines.
    pub(crate) fn scenarios(&self) -> Vec<ScenarioId> {
        self.groups().keys().cloned().collect()
    }

    /// Whether a run waits for its turn.
    pub(crate) fn is_waiting(&self, scenario: &ScenarioId, line: LineNo, run: RunId) -> bool {
        self.groups().get(scenario).is_some_and(|group| group.is_waiting(line, run))
    }

    /// A run is over, or is not taken after all.
    pub(crate) fn leave(&self, scenario: &ScenarioId, line: LineNo, run: RunId) {
        let mut groups = self.groups();
        let Some(group) = groups.get_mut(scenario) else { return };
        group.leave(line, run);
        self.count(group);
    }

    /// Lets those in for whom there is room, by the scenario's present limits.
    pub(crate) fn advance(&self, scenario: &ScenarioId, rules: Rules<'_>) -> Advance {
        let mut groups = self.groups();
        let Some(group) = groups.get_mut(scenario) else { return Advance::default() };
        let advance = group.advance(rules);
        self.count(group);
        if group.is_idle(rules.now) {
            groups.remove(scenario);
        }
        advance
    }

    /// The runs of a scenario that wait for their turn, in no particular order of their lines.
    pub(crate) fn waiting(&self, scenario: &ScenarioId) -> Vec<(LineNo, RunId)> {
        self.groups().get(scenario).map(|group| group.waiting().collect()).unwrap_or_default()
    }

    /// The first run of a scenario that waits for its turn.
    pub(crate) fn first(&self, scenario: &ScenarioId) -> Option<RunId> {
        self.groups().get(scenario).and_then(Group::first)
    }

    /// Whether a run has its turn in this line, or waits for it.
    pub(crate) fn has(&self, scenario: &ScenarioId, line: LineNo, run: RunId) -> bool {
        self.groups().get(scenario).is_some_and(|group| group.has(line, run))
    }

    /// How the lines of all scenarios stand.
    pub(crate) fn standings(&self, now: Millis) -> HashMap<ScenarioId, Standing> {
        self.groups().iter().map(|(scenario, group)| (scenario.clone(), group.standing(now))).collect()
    }

    /// Keeps the sum of what waits.
    fn count(&self, group: &mut Group) {
        let (before, now) = group.recount();
        if before <= now {
            self.waiting.fetch_add(now - before, Ordering::Relaxed);
        } else {
            self.waiting.fetch_sub(before - now, Ordering::Relaxed);
        }
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<ScenarioId, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
