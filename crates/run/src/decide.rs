//! What comes next. Pure: the same plan, state and time give the same actions.

mod doubt;
mod failures;
mod loops;
mod prepare;
mod respond;
mod waits;

use crate::call::{Delivery, Outcome};
use crate::entry::{Called, Conclusion, Done, End, Entry, Occasion, Skip};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot};
use crate::names::View;
use crate::payload::Payload;
use crate::state::{Activity, Lane, State};
use doubt::Interrupted;
pub use doubt::doubts;
pub use prepare::{Job, PreparedCall};
use rhai::Dynamic;
use scenario::expression::{ExpressionError, Moment, Template};
use scenario::plan::{BODY, BlockNo, Branch, Detach, Invoke, Kind, Respond, Route, Step, Take};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something to be done about a run.
#[derive(Debug)]
pub enum Action {
    /// Journal this and apply it; it is already decided and touches nothing outside.
    Record(Entry),
    /// Journal [`Entry::Started`], have it on disk, call the module, and [`settle`] what it answers.
    Call(Box<PreparedCall>),
    /// Run the script on a thread that may be kept busy, and [`settle`] what it gives.
    Compute(Box<Job>),
    /// Have the called run on disk, unless it is there already, and [`settle`] what it comes to.
    Follow(Arc<Called>),
    /// Nothing to do before then.
    Wait(Millis),
}

/// What to do now. `in_flight` holds the steps that this process is already calling, computing or following: nothing
/// is said about them. An empty answer means that the run is over, or that only steps in flight, or someone's answer,
/// can carry it on. Either all actions are records, or none is.
pub fn decide(state: &State, in_flight: &BTreeSet<Spot>, now: Millis) -> Vec<Action> {
    if state.end().is_some() {
        return Vec::new();
    }
    let mut decision = Decision { state, in_flight, now, actions: Vec::new(), is_settled: false, is_beyond: false };
    decision.run();
    decision.take_actions()
}

/// The entry for what a call, a script or a called run gave.
pub fn settle(state: &State, spot: &Spot, attempt: u32, result: Result<Outcome, StepError>, at: Millis) -> Entry {
    match result {
        Ok(outcome) => Entry::Done(Box::new(Done {
            spot: spot.clone(),
            attempt,
            output: Payload::of_value(&outcome.output),
            sent: Payload::of_value(&outcome.sent),
            delivery: outcome.delivery,
            at,
        })),
        Err(error) => {
            let retry = failures::retry(state, spot, attempt, &error, at);
            Entry::Failed { spot: spot.clone(), attempt, error: Box::new(error), retry, at }
        }
    }
}

/// Whether a lane has more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lap {
    Over,
    Busy,
}

struct Decision<'a> {
    state: &'a State,
    in_flight: &'a BTreeSet<Spot>,
    now: Millis,
    actions: Vec<Action>,
    /// Something was decided that may change what everything else sees.
    is_settled: bool,
    /// A lane of a trial has come to what is not to be done.
    is_beyond: bool,
}

impl<'a> Decision<'a> {
    fn run(&mut self) {
        let state = self.state;
        doubts(state, self.in_flight, self.now).into_iter().for_each(|doubt| self.record(doubt));
        if !self.actions.is_empty() {
            return;
        }
        if let Some((conclusion, _)) = state.concluded() {
            return self.end(match conclusion {
                Conclusion::Returned => End::Succeeded,
                Conclusion::Stopped => End::Stopped,
            });
        }
        if state.is_far_enough() {
            return self.end(End::Succeeded);
        }
        if self.now >= state.deadline() {
            return self.overdue();
        }
        let (block, end) = match (&state.collapse, state.plan.on_failure) {
            (Some(collapse), Some(block)) => {
                (block, End::Failed { spot: collapse.spot.clone(), error: collapse.error.clone() })
            }
            _ => (BODY, End::Succeeded),
        };
        if self.lane(&Lane { block, turns: Default::default() }) == Lap::Over {
            self.end(end);
        } else if self.is_beyond && self.actions.is_empty() && self.in_flight.is_empty() && !state.is_held() {
            // The way leads past the step that was to be the last.
            self.end(End::Succeeded);
        }
    }

    /// Records come first and alone: what is decided after them is decided again, on what they changed.
    fn take_actions(mut self) -> Vec<Action> {
        if self.actions.iter().any(|action| matches!(action, Action::Record(_))) {
            self.actions.retain(|action| matches!(action, Action::Record(_)));
        }
        self.actions
    }

    fn record(&mut self, entry: Entry) {
        self.actions.push(Action::Record(entry));
    }

    /// Records what other lanes may see: nothing more is decided on the state as it was.
    fn settle_on(&mut self, entry: Entry) {
        self.record(entry);
        self.is_settled = true;
    }

    /// The run is over. One that has failed does not become a success by what `on_failure` does.
    fn end(&mut self, end: End) {
        let end = match &self.state.collapse {
            Some(first) => End::Failed { spot: first.spot.clone(), error: first.error.clone() },
            None => end,
        };
        self.settle_on(Entry::Ended { end: Box::new(end), at: self.now });
    }

    /// Looks at the step a lane stands before.
    fn lane(&mut self, lane: &Lane) -> Lap {
        if self.is_settled {
            return Lap::Busy;
        }
        let state = self.state;
        let position = state.lanes.get(lane).map_or(0, |progress| progress.position);
        let Some(&no) = state.plan.block(lane.block).steps.get(position as usize) else {
            return Lap::Over;
        };
        let spot = Spot { step: no, turns: lane.turns.clone() };
        if !self.in_flight.contains(&spot) {
            let step = state.plan.step(no);
            if let Err(error) = self.step(step, spot.clone(), lane) {
                self.fail(spot, error);
            }
        }
        Lap::Busy
    }

    fn step(&mut self, step: &Step, spot: Spot, lane: &Lane) -> Result<(), StepError> {
        let state = self.state;
        match state.active.get(&spot) {
            None => self.fresh(step, spot, lane),
            Some(Activity::Released) => self.attempt(step, spot, lane, 1, self.now),
            Some(Activity::Attempting { attempt, since, doubt }) => {
                self.interrupted(step, spot, lane, Interrupted { attempt: *attempt, since: *since, doubt: *doubt })
            }
            Some(Activity::Retrying { attempt, due }) if *due <= self.now => {
                self.attempt(step, spot, lane, attempt + 1, self.now)
            }
            Some(Activity::Retrying { due, .. }) => {
                self.actions.push(Action::Wait(*due));
                Ok(())
            }
            Some(Activity::Failing { error, origin, attempt }) => {
                self.recover(step, spot, lane, failures::Failure { error, origin, attempt: *attempt });
                Ok(())
            }
            Some(Activity::GivenUp { error, origin }) => {
                self.give_up(&spot, origin, error.clone());
                Ok(())
            }
            Some(Activity::Held { due, .. }) => {
                self.held(spot, *due);
                Ok(())
            }
            Some(Activity::Handling { .. }) => self.handle(step, spot),
            Some(Activity::Routed { branches }) => match &step.kind {
                Kind::Parallel(all) => self.join(spot, all),
                _ => self.branches(step, spot, branches),
            },
            Some(Activity::Looping { .. }) => self.turns(step, spot),
            Some(Activity::Awaiting { until, answer }) => self.awaiting(step, spot, *until, answer.as_ref()),
            Some(Activity::Calling(called)) => {
                self.actions.push(Action::Follow(Arc::clone(called)));
                Ok(())
            }
        }
    }

    /// A step of which nothing is known yet.
    fn fresh(&mut self, step: &Step, spot: Spot, lane: &Lane) -> Result<(), StepError> {
        let at = self.now;
        if self.state.is_beyond(step) {
            self.is_beyond = true;
            return Ok(());
        }
        if step.disabled {
            self.record(Entry::Skipped { spot, why: Skip::Disabled, at });
            return Ok(());
        }
        if let Some(output) = self.state.pinned(step.no) {
            let (output, sent) = (output.clone(), Payload::null());
            let done = Done { spot, attempt: 1, output, sent, delivery: Delivery::Sandbox, at };
            self.record(Entry::Done(Box::new(done)));
            return Ok(());
        }
        if let Some(condition) = &step.when
            && !condition.holds(&self.view(lane), &self.moment(&spot, Occasion::Attempt(1))).map_err(failure)?
        {
            self.record(Entry::Skipped { spot, why: Skip::When, at });
            return Ok(());
        }
        self.attempt(step, spot, lane, 1, at)
    }

    /// Begins an attempt, whose expressions see the time `seen`.
    fn attempt(&mut self, step: &Step, spot: Spot, lane: &Lane, attempt: u32, seen: Millis) -> Result<(), StepError> {
        let (view, at) = (self.view(lane), self.now);
        let moment = &self.state.moment(&spot, Occasion::Attempt(attempt), seen);
        match &step.kind {
            Kind::Call(call) => {
                let prepared = prepare::call(step, call, spot, attempt, &view, moment)?;
                self.actions.push(Action::Call(Box::new(prepared)));
            }
            Kind::Rhai(script) => {
                let job = prepare::job(script, spot, attempt, &view, moment)?;
                self.actions.push(Action::Compute(Box::new(job)));
            }
            Kind::Set(template) => {
                let value = template.value(&view, moment).map_err(failure)?;
                self.done(spot, Payload::of(value));
            }
            Kind::Assign(values) => self.assign(values, spot, &view, moment)?,
            Kind::Respond(respond) => self.respond(respond, spot, &view, moment)?,
            Kind::Filter(condition) => {
                let (passed, comparisons) = condition.weigh(&view, moment).map_err(failure)?;
                self.record(Entry::Weighed { spot, passed, comparisons, at });
            }
            Kind::Route(route) => {
                let branches = self.choose(route, &view, moment)?;
                self.record(Entry::Routed { spot, branches, at });
            }
            Kind::Parallel(branches) => {
                self.record(Entry::Routed { spot, branches: (0..branches.len() as u32).collect(), at });
            }
            Kind::ForEach(_) | Kind::Repeat(_) => self.begin_loop(step, spot, &view, moment)?,
            Kind::Wait(wait) => {
                let until = waits::until(wait, &view, moment)?;
                self.record(Entry::Awaiting { spot, until, at });
            }
            Kind::WaitFor(wait) => {
                waits::page(wait, &view, moment)?;
                let deadline = Millis::try_from(wait.deadline.as_millis()).unwrap_or(Millis::MAX);
                self.record(Entry::Awaiting { spot, until: at.saturating_add(deadline), at });
            }
            Kind::Invoke(invoke) => {
                let called = self.called(invoke, spot, attempt, &view, moment)?;
                self.record(Entry::Called(Arc::new(called)));
            }
            Kind::Return(template) => {
                let value = template.value(&view, moment).map_err(failure)?;
                self.settle_on(Entry::Concluded {
                    spot,
                    conclusion: Conclusion::Returned,
                    value: Payload::of(value),
                    at,
                });
            }
            Kind::Stop(reason) => self.stop(reason.as_ref(), spot, &view, moment)?,
            Kind::Fail(fail) => {
                let message = fail.message.text(&view, moment).map_err(failure)?;
                return Err(StepError::permanent(fail.code.as_deref().unwrap_or("failed"), message));
            }
        }
        Ok(())
    }

    fn assign(
        &mut self,
        values: &[(Arc<str>, Template)],
        spot: Spot,
        view: &View,
        moment: &Moment,
    ) -> Result<(), StepError> {
        let value = |(name, template): &(Arc<str>, Template)| {
            Ok((name.to_string(), Payload::of(template.value(view, moment).map_err(failure)?)))
        };
        let values = values.iter().map(value).collect::<Result<_, StepError>>()?;
        self.settle_on(Entry::Assigned { spot, values, at: self.now });
        Ok(())
    }

    fn respond(&mut self, respond: &Respond, spot: Spot, view: &View, moment: &Moment) -> Result<(), StepError> {
        if self.state.response().is_some() {
            return Err(StepError::permanent("already_answered", "the caller has been answered before")
                .hint("A run answers once: put the `respond` steps into branches that exclude each other."));
        }
        let response = Arc::new(respond::render(respond, view, moment)?);
        self.settle_on(Entry::Responded { spot, response, at: self.now });
        Ok(())
    }

    fn stop(&mut self, reason: Option<&Template>, spot: Spot, view: &View, moment: &Moment) -> Result<(), StepError> {
        let reason = reason.map(|reason| reason.text(view, moment)).transpose().map_err(failure)?;
        let value = reason.map_or_else(Payload::null, |reason| Payload::of(reason.into()));
        self.settle_on(Entry::Concluded { spot, conclusion: Conclusion::Stopped, value, at: self.now });
        Ok(())
    }

    fn done(&mut self, spot: Spot, output: Payload) {
        let delivery = Delivery::Real;
        let done = Done { spot, attempt: 1, output, sent: Payload::null(), delivery, at: self.now };
        self.record(Entry::Done(Box::new(done)));
    }

    fn fail(&mut self, spot: Spot, error: StepError) {
        let attempt = match self.state.active.get(&spot) {
            Some(Activity::Attempting { attempt, .. }) => *attempt,
            Some(Activity::Retrying { attempt, .. }) => attempt + 1,
            _ => 1,
        };
        self.record(Entry::Failed { spot, attempt, error: Box::new(error), retry: None, at: self.now });
    }

    fn called(
        &self,
        invoke: &Invoke,
        spot: Spot,
        attempt: u32,
        view: &View,
        moment: &Moment,
    ) -> Result<Called, StepError> {
        let input = Payload::of(invoke.input.value(view, moment).map_err(failure)?);
        let what = format!("{spot:?}#{attempt}");
        let child = RunId::derived(self.now, self.state.run(), what.as_bytes());
        let (scenario, detached) = (invoke.scenario.to_string(), invoke.detach == Detach::Go);
        Ok(Called { spot, attempt, child, scenario, input, detached, at: self.now })
    }

    fn choose(&self, route: &Route, view: &View, moment: &Moment) -> Result<Vec<u32>, StepError> {
        let mut chosen = Vec::new();
        for (number, branch) in (0..).zip(&route.branches) {
            let taken = branch.when.as_ref().map_or(Ok(true), |condition| condition.holds(view, moment));
            if taken.map_err(failure)? {
                chosen.push(number);
                if route.take == Take::First {
                    break;
                }
            }
        }
        if chosen.is_empty() && route.otherwise.is_some() {
            chosen.push(route.branches.len() as u32);
        }
        Ok(chosen)
    }

    /// Walks the chosen branches one after another. The route's output lists them.
    fn branches(&mut self, step: &Step, spot: Spot, branches: &[u32]) -> Result<(), StepError> {
        let Kind::Route(route) = &step.kind else { return Err(other_plan(step)) };
        for &number in branches {
            let block = block_of(route, number).ok_or_else(|| other_plan(step))?;
            if self.lane(&Lane { block, turns: spot.turns.clone() }) == Lap::Busy {
                return Ok(());
            }
        }
        let taken: rhai::Array = branches.iter().map(|&number| branch_name(route, number)).collect();
        self.done(spot, Payload::of(taken.into()));
        Ok(())
    }

    /// Walks branches side by side until all are over.
    fn join(&mut self, spot: Spot, branches: &[Branch]) -> Result<(), StepError> {
        let mut busy = false;
        for branch in branches {
            busy |= self.lane(&Lane { block: branch.block, turns: spot.turns.clone() }) == Lap::Busy;
        }
        if !busy {
            self.done(spot, Payload::null());
        }
        Ok(())
    }

    fn view<'l>(&self, lane: &'l Lane) -> View<'l>
    where
        'a: 'l,
    {
        View { state: self.state, lane }
    }

    /// What the expressions of a step see.
    fn moment(&self, spot: &Spot, occasion: Occasion) -> Moment {
        self.state.moment(spot, occasion, self.now)
    }
}

/// The failure of a step whose expression has no value.
pub(crate) fn failure(error: ExpressionError) -> StepError {
    let failure = StepError::permanent(error.code, error.message).at(error.place);
    match error.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn block_of(route: &Route, number: u32) -> Option<BlockNo> {
    match route.branches.get(number as usize) {
        Some(branch) => Some(branch.block),
        None => route.otherwise,
    }
}

fn branch_name(route: &Route, number: u32) -> Dynamic {
    match route.branches.get(number as usize) {
        Some(branch) => branch.name.clone().map_or_else(|| i64::from(number).into(), Dynamic::from),
        None => "otherwise".into(),
    }
}

/// The journal tells of another kind of step than the plan has here.
fn other_plan(step: &Step) -> StepError {
    StepError::permanent("other_version", format!("the journal does not fit step `{}` of this version", step.label))
}
