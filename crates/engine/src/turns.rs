//! Has runs of scenarios with limits take turns: lined up when they are taken in, woken when it is their turn.

use crate::lines::{Full, Place, lines_up};
use crate::shared::Shared;
use run::State;
use run::id::{RunId, ScenarioId};
use scenario::plan::Limits;

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
pub(crate) fn return_to(shared: &Shared, scenario: &ScenarioId, run: RunId) -> Place {
    match shared.scenarios.current(scenario) {
        Some(deployment) if lines_up(&deployment.plan.limits) => {
            shared.lines.return_to(scenario, &deployment.plan.limits, run)
        }
        _ => Place::Inside,
    }
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
