//! What becomes of failures: another attempt, what `on_error` says, what the steps around say, and the end.

use super::doubt::IN_DOUBT;
use super::{Action, Decision, Lap, failure, other_plan};
use crate::entry::{End, Entry, Occasion, Release};
use crate::error::{Recovery, StepError};
use crate::id::{Millis, Spot};
use crate::names::{View, WithError};
use crate::payload::Payload;
use crate::retry::{next_attempt, pause_after};
use crate::state::{Lane, State};
use scenario::plan::{OnError, Retry, Role, Step};

/// A failure for good: what failed, where, and at which attempt.
pub(super) struct Failure<'f> {
    pub(super) error: &'f StepError,
    pub(super) origin: &'f Spot,
    pub(super) attempt: u32,
}

/// When the next attempt is due; none where the step has failed for good. `retry.when` decides which failures are
/// worth it; where it has no value, the failure's own kind does.
pub(super) fn retry(state: &State, spot: &Spot, attempt: u32, error: &StepError, now: Millis) -> Option<Millis> {
    let moment = &state.moment(spot, Occasion::Failure(attempt), now);
    let step = state.plan.step(spot.step);
    let policy = &step.retry;
    let Some(condition) = &policy.when else {
        return next_attempt(policy, error, attempt, now, moment.seed);
    };
    let lane = Lane { block: step.block, turns: spot.turns.clone() };
    let names = WithError::new(View { state, lane: &lane }, error, spot, attempt);
    let recovery = match condition.holds(&names, moment) {
        Ok(true) => Recovery::Retry,
        Ok(false) => Recovery::Permanent,
        Err(_) => error.recovery,
    };
    next_attempt(policy, &StepError { recovery, ..error.clone() }, attempt, now, moment.seed)
}

impl Decision<'_> {
    /// What `on_error` says of a step that has failed for good.
    pub(super) fn recover(&mut self, step: &Step, spot: Spot, lane: &Lane, failed: Failure) {
        let at = self.now;
        let Failure { error, origin, attempt } = failed;
        match &step.on_error {
            OnError::Fail => self.give_up(&spot, origin, error.clone()),
            OnError::Stop => self.end(End::Stopped),
            OnError::Ignore => self.record(Entry::Recovered { spot, output: Payload::null(), at }),
            OnError::Steps(_) => self.record(Entry::Handling { spot, at }),
            // Someone has looked at it already.
            OnError::Hold(_) if error.code == IN_DOUBT => self.give_up(&spot, origin, error.clone()),
            OnError::Hold(policy) => {
                let due = self.due(policy.as_deref(), &spot);
                self.record(Entry::Held { spot, error: Box::new(error.clone()), due, at });
            }
            OnError::Use(template) => {
                let names = WithError::new(self.view(lane), error, origin, attempt);
                match template.value(&names, &self.moment(&spot, Occasion::Recovery)) {
                    Ok(value) => self.record(Entry::Recovered { spot, output: Payload::of(value), at }),
                    Err(error) => self.give_up(&spot, &spot, failure(error)),
                }
            }
        }
    }

    /// When a held step is resumed by its policy: as often as the policy says, then never.
    fn due(&self, policy: Option<&Retry>, spot: &Spot) -> Option<Millis> {
        let policy = policy?;
        let before = self.state.holds.get(spot).copied().unwrap_or(0);
        (before < policy.attempts).then(|| {
            let pause = pause_after(policy, before + 1, self.moment(spot, Occasion::Failure(before + 1)).seed);
            self.now.saturating_add(pause.as_millis() as Millis)
        })
    }

    pub(super) fn held(&mut self, spot: Spot, due: Option<Millis>) {
        let at = self.now;
        match due {
            Some(due) if due <= at => self.record(Entry::Released { spot, release: Release::Retry, by: None, at }),
            Some(due) => self.actions.push(Action::Wait(due)),
            None => {}
        }
    }

    /// Walks the steps of `on_error`; then the failure is dealt with.
    pub(super) fn handle(&mut self, step: &Step, spot: Spot) -> Result<(), StepError> {
        let OnError::Steps(block) = step.on_error else { return Err(other_plan(step)) };
        if self.lane(&Lane { block, turns: spot.turns.clone() }) == Lap::Over {
            self.record(Entry::Recovered { spot, output: Payload::null(), at: self.now });
        }
        Ok(())
    }

    /// A failure that the step itself does not deal with: a step around it may, else the run fails.
    pub(super) fn give_up(&mut self, spot: &Spot, origin: &Spot, error: StepError) {
        let (origin, at) = (origin.clone(), self.now);
        match self.handler_around(spot) {
            Some(spot) => self.settle_on(Entry::Escalated { spot, origin, error: Box::new(error), at }),
            None => self.collapse(Some(origin), error),
        }
    }

    /// The nearest step around this one that deals with failures inside of it. One whose `on_error` is running is not
    /// asked again.
    fn handler_around(&self, spot: &Spot) -> Option<Spot> {
        let plan = &self.state.plan;
        let mut at = spot.clone();
        loop {
            let role = plan.block(plan.step(at.step).block).role;
            let owner = self.state.owner(&at)?;
            if role == Role::Work && !matches!(plan.step(owner.step).on_error, OnError::Fail) {
                return Some(owner);
            }
            at = owner;
        }
    }

    /// The run fails; `on_failure` comes before the end.
    fn collapse(&mut self, spot: Option<Spot>, error: StepError) {
        let at = self.now;
        match (&self.state.collapse, self.state.plan.on_failure) {
            (None, Some(_)) => self.settle_on(Entry::Collapsed { spot, error: Box::new(error), at }),
            (None, None) => self.end(End::Failed { spot, error }),
            // What failed in `on_failure` does not hide why the run failed.
            (Some(_), _) => self.end(End::Failed { spot, error }),
        }
    }

    /// A run that has used up its time.
    pub(super) fn overdue(&mut self) {
        if self.state.arrival_deadline().is_some_and(|deadline| deadline <= self.now) {
            let within = self.state.plan.limits.deadline.unwrap_or_default();
            let error =
                StepError::permanent("deadline", format!("the run was not over within {within:?} of its arrival"))
                    .hint("Raise `limits.deadline`, or let more runs go on at once.");
            return self.collapse(self.state.active.keys().next().cloned(), error);
        }
        let limit = self.state.plan.limits.timeout;
        let error = StepError::permanent("run_timeout", format!("the run took longer than {limit:?}"))
            .hint("Raise `limits.timeout`, or give the slow step a `timeout` of its own.");
        self.collapse(self.state.active.keys().next().cloned(), error);
    }
}
