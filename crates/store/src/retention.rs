//! Which runs that are over are kept.

use crate::{Head, Retention, Status};
use run::id::{Millis, ScenarioId};
use run::retention::{Keep, Kept};
use std::collections::HashMap;

/// What is to be kept, with how much of it was met so far, newest first.
pub(crate) struct Rules<'a> {
    retention: &'a Retention,
    now: Millis,
    met: HashMap<ScenarioId, u64>,
}

impl<'a> Rules<'a> {
    /// Nothing was met yet.
    pub(crate) fn new(retention: &'a Retention, now: Millis) -> Self {
        Self { retention, now, met: HashMap::new() }
    }

    /// Whether a run is kept; to be asked of the runs of a scenario from the newest on.
    pub(crate) fn keeps(&mut self, head: &Head) -> bool {
        if !head.status.is_over() {
            return true;
        }
        let Keep { age, runs, only } = self.keep_of(&head.scenario);
        let wanted = match only {
            Kept::All => true,
            Kept::Failures => matches!(head.status, Status::Failed | Status::Cancelled),
            Kept::Nothing => false,
        };
        let age = age.map(|age| Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX));
        if !wanted || age.is_some_and(|age| head.at.saturating_add(age) <= self.now) {
            return false;
        }
        let met = self.met.entry(head.scenario.clone()).or_default();
        *met += 1;
        runs.is_none_or(|most| *met <= most)
    }

    /// What a scenario says, and where it says nothing, what counts for all.
    fn keep_of(&self, scenario: &ScenarioId) -> Keep {
        let general = self.retention.keep;
        match self.retention.scenarios.get(scenario) {
            None => general,
            Some(own) => Keep { age: own.age.or(general.age), runs: own.runs.or(general.runs), only: own.only },
        }
    }
}
