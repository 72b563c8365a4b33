//! Calls that were in flight when the process ended: whether the far side has done them is not known.

use super::{Decision, prepare};
use crate::entry::{Entry, Occasion};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::state::{Doubt, Lane};
use scenario::plan::{AfterCrash, CallStep, Kind, Step};

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

impl Decision<'_> {
    /// Names the doubt first; then the call is made again, as it was, or held. A script touches nothing outside: it is
    /// run again.
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
            (Kind::Call(_), Doubt::None, _) => self.record(Entry::Doubted { spot, attempt, at }),
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
