//! What a run that tries a text does and leaves: pinned steps, and the step after which it ends.

use super::{State, is_inside};
use crate::entry::Trial;
use crate::payload::Payload;
use scenario::plan::{Step, StepNo};

impl State {
    /// What it tries; none: it tries nothing.
    pub fn trial(&self) -> Option<&Trial> {
        self.trial.as_deref()
    }

    pub(super) fn begin_trial(&mut self, trial: &Trial) {
        self.copied = trial.given;
        self.assign(&trial.vars);
        self.trial = Some(Box::new(trial.clone()));
    }

    /// What stands in for a step.
    pub(crate) fn pinned(&self, step: StepNo) -> Option<&Payload> {
        self.trial.as_deref()?.pin(step)
    }

    /// Whether a step stands behind the one after which the run ends.
    pub(crate) fn is_beyond(&self, step: &Step) -> bool {
        let until = self.trial.as_deref().and_then(|trial| trial.until);
        until.is_some_and(|until| step.no > until && !is_inside(&self.plan, step.block, until))
    }

    /// Whether the step is over after which the run ends.
    pub(crate) fn is_far_enough(&self) -> bool {
        self.is_far_enough
    }

    /// Notes that a step is over.
    pub(super) fn note_trial_step(&mut self, step: StepNo) {
        self.is_far_enough |= self.trial.as_deref().is_some_and(|trial| trial.until == Some(step));
    }
}
