//! Has runs of scenarios with limits take turns: lined up when they are taken in, woken when it is their turn.

use crate::calls;
use crate::course::Course;
use crate::gates::QueueState;
use crate::hand::post;
use crate::lines::{Advance, Gate, LineNo, Place, Progress, Rules, Shut, WHOLE};
use crate::mail::{Letter, Unheard};
use crate::shared::Shared;
use run::entry::Entry;
use run::id::{Millis, RunId, ScenarioId};
use scenario::plan::{Concurrency, Limits, OnFull, Plan};
use std::sync::Arc;
use store::{Head, Status};
use tokio::sync::oneshot;

/// After how many seconds a delivery of a run's name is tried again that came while another one of it was taken in.
pub(crate) const TWICE: u32 = 1;

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
    let line = match (course.line, gate) {
        (Some(line), _) => line,
        (None, Gate::Paused) if !calls::is_awaited_by_its_own(state) => WHOLE,
        (None, _) => return Ok(Place::Inside),
    };
    let (scenario, run, present) = (scenario.clone(), state.run(), present(shared, course));
    let rules = Rules { limits: &present.limits, gate, now: shared.options.clock.now() };
    // Who comes after it may tell it to make room from now on.
    let bell = shared.mail.open(run).ok_or(Closed::Full { retry_after: TWICE })?;
    let place = shared.lines.enter(&scenario, line, run, rules).map_err(|shut| {
        hear_no_more(shared, run);
        match shut {
            Shut::Full { retry_after } => Closed::Full { retry_after },
            Shut::Dropped => Closed::Dropped,
        }
    })?;
    course.bell = Some(bell);
    course.line = Some(line);
    if place == Place::Behind {
        advance(shared, &scenario, &present.limits, None);
    }
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
    advance(shared, scenario, &present(shared, course).limits, Some(run));
    shared.lines.is_waiting(scenario, line, run)
}

/// Notes in a run that was read back that it was lined up while its scenario was paused, which its head does not tell.
pub(crate) fn rejoin(shared: &Shared, course: &mut Course) {
    if course.line.is_none() && !shared.lines.are_unused() {
        let state = course.state();
        let is_there = shared.lines.has(&state.created().scenario, WHOLE, state.run());
        course.line = is_there.then_some(WHOLE);
    }
}

/// Has a run wait that came out of a queue while its scenario was paused.
pub(crate) fn set_back(shared: &Shared, course: &mut Course) {
    let state = course.state();
    let scenario = &state.created().scenario;
    if course.line.is_none()
        && !state.has_begun()
        && state.trial().is_none()
        && shared.gates.gate(scenario) == Gate::Paused
    {
        shared.lines.return_to(scenario, WHOLE, state.run(), Progress::New);
        course.line = Some(WHOLE);
    }
}

/// The turn of a run that is over as soon as it is written. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Turn<'s> {
    shared: &'s Shared,
    /// None where it has no line.
    of: Option<(ScenarioId, LineNo, RunId, Arc<Plan>)>,
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
        if let Some((scenario, line, run, present)) = &self.of {
            self.shared.lines.leave(scenario, *line, *run);
            hear_no_more(self.shared, *run);
            advance(self.shared, scenario, &present.limits, None);
        }
    }
}

/// A run cannot be read, and will not go on before someone mends that: others need not wait for it.
pub(crate) fn give_up(shared: &Shared, run: RunId, head: &Head) {
    // What was lined up because its scenario was paused is in the line of those without a key.
    shared.lines.leave(&head.scenario, head.line.unwrap_or(WHOLE), run);
    advance_by_name(shared, &head.scenario);
}

/// A run is over: the next ones have their turn.
pub(crate) fn leave(shared: &Shared, course: &Course) {
    let Some(line) = course.line else { return };
    let scenario = &course.state().created().scenario;
    shared.lines.leave(scenario, line, course.state().run());
    advance(shared, scenario, &present(shared, course).limits, None);
}

/// Lets those in whose turn it is, after a restart or after something was said about the scenario's queue.
pub(crate) fn advance_by_name(shared: &Shared, scenario: &ScenarioId) {
    match shared.scenarios.current(scenario) {
        Some(deployment) => advance(shared, scenario, &deployment.plan.limits, None),
        None => advance(shared, scenario, &limits_of_first(shared, scenario), None),
    }
}

/// The limits of the version that the first waiting run is of, for a scenario that takes no more. Where that cannot be
/// read, one run at a time finds out.
fn limits_of_first(shared: &Shared, scenario: &ScenarioId) -> Limits {
    let plan = shared.lines.first(scenario).and_then(|run| {
        let journaled = shared.store.journal.read(run).ok()??;
        let entries = run::entry::decode(journaled.pieces.first()?).ok()?;
        let Some(Entry::Created(created)) = entries.first() else { return None };
        shared.scenarios.version(scenario, &created.version).ok()
    });
    let one = Concurrency { limit: 1, key: None, on_full: OnFull::Queue };
    plan.map_or_else(|| Limits { concurrency: Some(one), ..Limits::default() }, |plan| plan.limits.clone())
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

/// What the scenario's limits are now; what those of the run are where it takes no more.
fn present(shared: &Shared, course: &Course) -> Arc<Plan> {
    let state = course.state();
    let current = shared.scenarios.current(&state.created().scenario);
    current.map_or_else(|| Arc::clone(state.plan()), |deployment| Arc::clone(&deployment.plan))
}

/// Tells those who have said something to a run that it hears nothing any more.
fn hear_no_more(shared: &Shared, run: RunId) {
    shared.mail.give_up(run).into_iter().for_each(|letter| letter.refuse(Unheard::Over));
}
