//! Has runs of scenarios with limits take turns: lined up when they are taken in, woken when it is their turn.

use crate::lines::{Full, Place, lines_up};
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::Entry;
use run::id::{RunId, ScenarioId};
use run::tables::StoreError;
use scenario::plan::{Limits, Trigger};
use std::sync::Arc;

/// Lines a new run up, where its scenario says so. A run that its own scenario is the cause of, however far above,
/// does not wait for it: it would wait for ever.
pub(crate) fn enter(shared: &Shared, state: &State) -> Result<Place, Full> {
    let (scenario, limits) = (&state.created().scenario, &state.plan().limits);
    let is_nested = state.caller().is_some_and(|caller| caller.chain.contains(scenario));
    if !lines_up(limits) || is_nested {
        return Ok(Place::Inside);
    }
    let place = shared.lines.enter(scenario, limits, state.run(), shared.options.clock.now())?;
    if place == Place::Behind {
        advance(shared, scenario, limits, None);
    }
    Ok(place)
}

/// Lines up a run that was not over at the last stop. Only its scenario's present limits are looked at.
pub(crate) fn return_to(shared: &Arc<Shared>, scenario: &ScenarioId, run: RunId) -> Result<Place, StoreError> {
    let Some(deployment) = shared.scenarios.current(scenario).filter(|found| lines_up(&found.plan.limits)) else {
        return Ok(Place::Inside);
    };
    let is_callable = deployment.plan.triggers.iter().any(|trigger| matches!(trigger, Trigger::Call(_)));
    if is_callable && is_nested(shared, scenario, run)? {
        return Ok(Place::Inside);
    }
    Ok(shared.lines.return_to(scenario, &deployment.plan.limits, run))
}

/// Whether a run on disk was called, however indirectly, by one of its own scenario.
fn is_nested(shared: &Arc<Shared>, scenario: &ScenarioId, run: RunId) -> Result<bool, StoreError> {
    let Some((_, entries)) = (Handle { shared: Arc::clone(shared) }).journal(run)? else { return Ok(false) };
    Ok(entries.iter().any(|entry| matches!(entry, Entry::CalledBy(caller) if caller.chain.contains(scenario))))
}

/// Whether it is not this run's turn yet. Where it may be by now, those who come next are woken.
pub(crate) fn is_waiting(shared: &Shared, state: &State) -> bool {
    let scenario = &state.created().scenario;
    if shared.lines.are_unused() || !shared.lines.is_waiting(scenario, state.run()) {
        return false;
    }
    advance(shared, scenario, &present(shared, state), Some(state.run()));
    shared.lines.is_waiting(scenario, state.run())
}

/// The turn of a run that is over as soon as it is written. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Turn<'s> {
    shared: &'s Shared,
    /// None where no scenario has a line.
    of: Option<(ScenarioId, RunId, Limits)>,
}

impl<'s> Turn<'s> {
    pub(crate) fn of(shared: &'s Shared, state: &State) -> Self {
        let of = || (state.created().scenario.clone(), state.run(), present(shared, state));
        Self { shared, of: (!shared.lines.are_unused()).then(of) }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some((scenario, run, limits)) = &self.of {
            self.shared.lines.leave(scenario, *run);
            advance(self.shared, scenario, limits, None);
        }
    }
}

/// A run cannot be read, and will not go on before someone mends that: others need not wait for it.
pub(crate) fn give_up(shared: &Shared, scenario: &ScenarioId, run: RunId) {
    let Some(deployment) = shared.scenarios.current(scenario) else { return };
    shared.lines.leave(scenario, run);
    advance(shared, scenario, &deployment.plan.limits, None);
}

/// A run is over: the next ones have their turn.
pub(crate) fn leave(shared: &Shared, state: &State) {
    if shared.lines.are_unused() {
        return;
    }
    let scenario = &state.created().scenario;
    let limits = present(shared, state);
    // Those who lined up when there were limits still wait for someone to leave.
    shared.lines.leave(scenario, state.run());
    advance(shared, scenario, &limits, None);
}

/// Wakes those whose turn it is, but for one who is awake.
fn advance(shared: &Shared, scenario: &ScenarioId, limits: &Limits, awake: Option<RunId>) {
    let advance = shared.lines.advance(scenario, limits, shared.options.clock.now());
    advance.admitted.into_iter().filter(|run| Some(*run) != awake).for_each(|run| shared.queues.wake(run));
    if let Some((at, run)) = advance.next {
        shared.timers.set(at, run);
    }
}

/// The limits that the scenario has now; those of the run where it takes no more.
fn present(shared: &Shared, state: &State) -> Limits {
    let current = shared.scenarios.current(&state.created().scenario);
    current.map_or_else(|| state.plan().limits.clone(), |deployment| deployment.plan.limits.clone())
}
