//! Calls that were in flight when the process ended: whether the far side has done them is not known.

use super::{Decision, prepare};
use crate::entry::{Entry, Occasion};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::state::{Activity, Doubt, Lane, State};
use scenario::plan::{AfterCrash, CallStep, Kind, Step};
use std::collections::BTreeSet;

/// The code of the error with which a step is held whose call is in doubt.
pub(super) const IN_DOUBT: &str = "in_doubt";

/// How much is told of what was about to be sent, in characters.
const MOST_TOLD: usize = 500;

/// An attempt that had begun and is not under way in this process.
pub(super) struct Interrupted {
    pub(super) attempt: u32,
    pub(super) since: Millis,
    pub(super) doubt: Doubt,
}

/// Names every call that was in flight when a process ended, and of which that is not journaled yet. `in_flight` holds
/// those that this process is making. It comes before all else that is said of the run: once that has ended, by its
/// deadline or by someone's hand, nobody would ever learn that the call may have been made.
pub fn doubts(state: &State, in_flight: &BTreeSet<Spot>, at: Millis) -> Vec<Entry> {
    let in_doubt = |(spot, activity): (&Spot, &Activity)| match activity {
        Activity::Attempting { attempt, doubt: Doubt::None, .. }
            if matches!(state.plan.step(spot.step).kind, Kind::Call(_)) && !in_flight.contains(spot) =>
        {
            Some(Entry::Doubted { spot: spot.clone(), attempt: *attempt, at })
        }
        _ => None,
    };
    state.active.iter().filter_map(in_doubt).collect()
}

impl Decision<'_> {
    /// The call is made again, as it was, or held. A script touches nothing outside: it is run again.
    pub(super) fn interrupted(
        &mut self,
        step: &Step,
        spot: Spot,
        lane: &Lane,
        interrupted: Interrupted,
    ) -> Result<(), StepError> {
        let Interrupted { attempt, since, doubt } = interrupted;
        let at = self.now;
        match (&step.kind, doubt, step.after_crash) {
            (Kind::Call(call), Doubt::Noticed, AfterCrash::Hold) => {
                let error = Box::new(self.in_doubt(step, call, &spot, lane, &interrupted));
                self.record(Entry::Held { spot, error, due: None, at });
            }
            _ => return self.attempt(step, spot, lane, attempt, since),
        }
        Ok(())
    }

    /// What is known of a call in doubt: the expressions of its step see what they saw then.
    fn in_doubt(&self, step: &Step, call: &CallStep, spot: &Spot, lane: &Lane, interrupted: &Interrupted) -> StepError {
        let moment = self.state.moment(spot, Occasion::Attempt(interrupted.attempt), interrupted.since);
        let prepared = prepare::call(step, call, spot.clone(), interrupted.attempt, &self.view(lane), &moment);
        let given =
            prepared.map_or_else(|_| String::new(), |call| format!(" with {}", told(&call.parameters.to_string())));
        let message = format!(
            "`{}` was called at {}{given}, and the process ended before it answered: it may have been done, or not",
            step.module,
            crate::names::time(interrupted.since)
        );
        StepError::permanent(IN_DOUBT, message).hint(
            "Look whether the far side has done it. Then resume the step: try it again, say what it gave, or fail it.",
        )
    }
}

fn told(text: &str) -> String {
    match text.char_indices().nth(MOST_TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
