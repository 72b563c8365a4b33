//! Has runs of scenarios with limits take turns: lined up when they are taken in, woken when it is their turn.

use crate::course::Course;
use crate::gates::QueueState;
use crate::hand::post;
use crate::lines::{Advance, Gate, LineNo, Place, Progress, Rules, Shut, WHOLE};
use crate::mail::Letter;
use crate::shared::Shared;
use run::id::{Millis, RunId, ScenarioId};
use scenario::plan::Limits;
use store::{Head, Status};
use tokio::sync::oneshot;

/// Why a run is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Too many wait; there is room again in so many seconds.
    Full { retry_after: u32 },
    /// As many as may be are under way, and its scenario wants no more.
    Dropped,
    /// Its scenario's queue is being drained.
    Draining,
}

/// Lines a new run up, where its scenario says so, or where nothing begins now.
pub(crate) fn enter(shared: &Shared, course: &mut Course) -> Result<Place, Closed> {
    let state = course.state();
    let scenario = &state.created().scenario;
    let gate = match shared.gates.state(scenario) {
        QueueState::Open => Gate::Open,
        QueueState::Paused => Gate::Paused,
        QueueState::Draining => return Err(Closed::Draining),
    };
    let is_nested = state.caller().is_some_and(|caller| caller.chain.contains(scenario));
    let line = match (course.line, gate) {
        (Some(line), _) => line,
        (None, Gate::Paused) if !is_nested => WHOLE,
        (None, _) => return Ok(Place::Inside),
    };
    let (scenario, run, limits) = (scenario.clone(), state.run(), &state.plan().limits);
    let rules = Rules { limits, gate, now: shared.options.clock.now() };
    let place = shared.lines.enter(&scenario, line, run, rules).map_err(|shut| match shut {
        Shut::Full { retry_after } => Closed::Full { retry_after },
        Shut::Dropped => Closed::Dropped,
    })?;
    if place == Place::Behind {
        advance(shared, &scenario, limits, None);
    }
    course.line = Some(line);
    Ok(place)
}

/// Lines up a run that was not over at the last stop, as its head has it. Those whose turn it is are woken by
/// [`advance_all`].
pub(crate) fn return_to(shared: &Shared, run: RunId, head: &Head) -> Place {
    let progress = progress(head);
    let line = match (head.line, progress, shared.gates.gate(&head.scenario)) {
        (Some(line), _, _) => line,
        (None, Progress::New, Gate::Paused) => WHOLE,
        (None, _, _) => return Place::Inside,
    };
    shared.lines.return_to(&head.scenario, line, run, progress);
    match progress {
        Progress::New => Place::Behind,
        Progress::Begun => Place::Inside,
    }
}

/// Whether a run on disk has begun: one that has only been taken in waits for nothing and no time.
pub(crate) fn progress(head: &Head) -> Progress {
    match (head.status, head.wake) {
        (Status::Waiting, None) => Progress::New,
        _ => Progress::Begun,
    }
}

/// Whether it is not this run's turn yet. Where it may be by now, those who come next are woken.
pub(crate) fn is_waiting(shared: &Shared, course: &Course) -> bool {
    let Some(line) = course.line else { return false };
    let (scenario, run) = (&course.state().created().scenario, course.state().run());
    if shared.lines.are_unused() || !shared.lines.is_waiting(scenario, line, run) {
        return false;
    }
    advance(shared, scenario, &present(shared, course), Some(run));
    shared.lines.is_waiting(scenario, line, run)
}

/// Has a run wait that came out of a queue while its scenario was paused.
pub(crate) fn set_back(shared: &Shared, course: &mut Course) {
    let state = course.state();
    let scenario = &state.created().scenario;
    if course.line.is_none() && !state.has_begun() && shared.gates.gate(scenario) == Gate::Paused {
        shared.lines.return_to(scenario, WHOLE, state.run(), Progress::New);
        course.line = Some(WHOLE);
    }
}

/// The turn of a run that is over as soon as it is written. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Turn<'s> {
    shared: &'s Shared,
    /// None where it has no line.
    of: Option<(ScenarioId, LineNo, RunId, Limits)>,
}

impl<'s> Turn<'s> {
    pub(crate) fn of(shared: &'s Shared, course: &Course) -> Self {
        let of = |line| {
            let state = course.state();
            (state.created().scenario.clone(), line, state.run(), present(shared, course))
        };
        Self { shared, of: course.line.map(of) }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some((scenario, line, run, limits)) = &self.of {
            self.shared.lines.leave(scenario, *line, *run);
            advance(self.shared, scenario, limits, None);
        }
    }
}

/// A run cannot be read, and will not go on before someone mends that: others need not wait for it.
pub(crate) fn give_up(shared: &Shared, run: RunId, head: &Head) {
    let Some(line) = head.line else { return };
    shared.lines.leave(&head.scenario, line, run);
    advance_by_name(shared, &head.scenario);
}

/// A run is over: the next ones have their turn.
pub(crate) fn leave(shared: &Shared, course: &Course) {
    drop(Turn::of(shared, course));
}

/// Lets those in whose turn it is, after a restart or after something was said about the scenario's queue.
pub(crate) fn advance_by_name(shared: &Shared, scenario: &ScenarioId) {
    let deployment = shared.scenarios.current(scenario);
    let limits = deployment.map_or_else(Limits::default, |deployment| deployment.plan.limits.clone());
    advance(shared, scenario, &limits, None);
}

/// The same for every scenario that has lines.
pub(crate) fn advance_all(shared: &Shared) {
    shared.lines.scenarios().iter().for_each(|scenario| advance_by_name(shared, scenario));
}

/// Wakes those whose turn it is, but for one who is awake; ends those who must make room.
fn advance(shared: &Shared, scenario: &ScenarioId, limits: &Limits, awake: Option<RunId>) {
    let rules = Rules { limits, gate: shared.gates.gate(scenario), now: shared.options.clock.now() };
    let Advance { admitted, displaced, next, first } = shared.lines.advance(scenario, rules);
    admitted.into_iter().filter(|run| Some(*run) != awake).for_each(|run| shared.queues.begin(scenario, run));
    for run in displaced {
        let (receipt, _) = oneshot::channel();
        post(shared, run, Letter::Cancel { receipt });
    }
    let deadline = limits.deadline.map(|within| Millis::try_from(within.as_millis()).unwrap_or(Millis::MAX));
    for (run, within) in first.into_iter().filter_map(|run| Some((run, deadline?))) {
        shared.timers.set(run.created().saturating_add(within), run);
    }
    if let Some((at, run)) = next {
        let deadline = deadline.map_or(Millis::MAX, |within| run.created().saturating_add(within));
        shared.timers.set(at.min(deadline), run);
    }
}

/// The limits that the scenario has now; those of the run where it takes no more.
fn present(shared: &Shared, course: &Course) -> Limits {
    let state = course.state();
    let current = shared.scenarios.current(&state.created().scenario);
    current.map_or_else(|| state.plan().limits.clone(), |deployment| deployment.plan.limits.clone())
}
