//! What comes next. Pure: the same plan, state and moment give the same actions.

mod prepare;
mod respond;

use crate::call::Outcome;
use crate::entry::{Done, End, Entry, Skip};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::names::View;
use crate::payload::Payload;
use crate::retry::next_attempt;
use crate::state::{Activity, Lane, Progress, State};
pub use prepare::{Job, PreparedCall};
use rhai::Dynamic;
use scenario::expression::{ExpressionError, Moment};
use scenario::plan::{BODY, BlockNo, ForEach, Kind, OnError, Route, Step, Take};
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
    /// Nothing to do before then.
    Wait(Millis),
}

/// What to do now. `in_flight` holds the steps that this process is already calling or computing: nothing is said
/// about them. An empty answer means that the run is over or that only steps in flight can carry it on.
pub fn decide(state: &State, in_flight: &BTreeSet<Spot>, moment: &Moment) -> Vec<Action> {
    if state.end().is_some() {
        return Vec::new();
    }
    if moment.now >= state.deadline() {
        return vec![Action::Record(overdue(state, moment))];
    }
    let mut decision = Decision { state, in_flight, moment, actions: Vec::new() };
    let body = Lane { block: BODY, turns: Default::default() };
    if decision.lane(&body) == Lap::Over {
        decision.record(Entry::Ended { end: Box::new(End::Succeeded), at: moment.now });
    }
    decision.actions
}

/// The entry for what a call or a script gave.
pub fn settle(state: &State, spot: &Spot, attempt: u32, result: Result<Outcome, StepError>, moment: &Moment) -> Entry {
    let at = moment.now;
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
            let step = state.plan.step(spot.step);
            let retry = next_attempt(&step.retry, &error, attempt, at, moment.seed);
            Entry::Failed { spot: spot.clone(), attempt, error: Box::new(error), retry, at }
        }
    }
}

/// The end of a run that has used up its time.
fn overdue(state: &State, moment: &Moment) -> Entry {
    let limit = state.plan.limits.timeout;
    let error = StepError::permanent("run_timeout", format!("the run took longer than {limit:?}"))
        .hint("Raise `limits.timeout`, or give the slow step a `timeout` of its own.");
    let end = End::Failed { spot: state.active.keys().next().cloned(), error };
    Entry::Ended { end: Box::new(end), at: moment.now }
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
    moment: &'a Moment,
    actions: Vec<Action>,
}

impl Decision<'_> {
    fn record(&mut self, entry: Entry) {
        self.actions.push(Action::Record(entry));
    }

    /// Looks at the step a lane stands before.
    fn lane(&mut self, lane: &Lane) -> Lap {
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
            Some(Activity::Attempting { attempt }) => self.attempt(step, spot, lane, *attempt),
            Some(Activity::Retrying { attempt, due }) if *due <= self.moment.now => {
                self.attempt(step, spot, lane, attempt + 1)
            }
            Some(Activity::Retrying { due, .. }) => {
                self.actions.push(Action::Wait(*due));
                Ok(())
            }
            Some(Activity::Failing { error }) => {
                self.recover(step, spot, lane, error);
                Ok(())
            }
            Some(Activity::Routed { branches }) => self.branches(step, spot, branches),
            Some(Activity::Looping { count, turns, collected, .. }) => {
                self.turns(step, spot, *count, *turns, collected)
            }
        }
    }

    /// A step of which nothing is known yet.
    fn fresh(&mut self, step: &Step, spot: Spot, lane: &Lane) -> Result<(), StepError> {
        let at = self.moment.now;
        if step.disabled {
            self.record(Entry::Skipped { spot, why: Skip::Disabled, at });
            return Ok(());
        }
        if let Some(condition) = &step.when
            && !condition.holds(&self.view(lane), self.moment).map_err(failure)?
        {
            self.record(Entry::Skipped { spot, why: Skip::When, at });
            return Ok(());
        }
        self.attempt(step, spot, lane, 1)
    }

    fn attempt(&mut self, step: &Step, spot: Spot, lane: &Lane, attempt: u32) -> Result<(), StepError> {
        let (state, at) = (self.state, self.moment.now);
        let view = View { state, lane };
        match &step.kind {
            Kind::Call(call) => {
                let prepared = prepare::call(step, call, spot, attempt, &view, self.moment)?;
                self.actions.push(Action::Call(Box::new(prepared)));
            }
            Kind::Rhai(script) => {
                let job = prepare::job(script, spot, attempt, &view, self.moment)?;
                self.actions.push(Action::Compute(Box::new(job)));
            }
            Kind::Set(template) => {
                let value = template.value(&view, self.moment).map_err(failure)?;
                self.done(spot, Payload::of(value));
            }
            Kind::Respond(respond) => {
                if state.response().is_some() {
                    return Err(StepError::permanent("already_answered", "the caller has been answered before")
                        .hint("A run answers once: put the `respond` steps into branches that exclude each other."));
                }
                let response = Arc::new(respond::render(respond, &view, self.moment)?);
                self.record(Entry::Responded { spot, response, at });
            }
            Kind::Filter(condition) => {
                let passed = condition.holds(&view, self.moment).map_err(failure)?;
                self.record(Entry::Filtered { spot, passed, at });
            }
            Kind::Route(route) => {
                let branches = self.choose(route, &view)?;
                self.record(Entry::Routed { spot, branches, at });
            }
            Kind::ForEach(each) => {
                let (items, count) = list(each.items.eval(&view, self.moment).map_err(failure)?)?;
                self.record(Entry::Looped { spot, items, count, at });
            }
        }
        Ok(())
    }

    fn done(&mut self, spot: Spot, output: Payload) {
        let delivery = crate::call::Delivery::Real;
        let done = Done { spot, attempt: 1, output, sent: Payload::null(), delivery, at: self.moment.now };
        self.record(Entry::Done(Box::new(done)));
    }

    fn fail(&mut self, spot: Spot, error: StepError) {
        let attempt = match self.state.active.get(&spot) {
            Some(Activity::Attempting { attempt }) => *attempt,
            Some(Activity::Retrying { attempt, .. }) => attempt + 1,
            _ => 1,
        };
        self.record(Entry::Failed { spot, attempt, error: Box::new(error), retry: None, at: self.moment.now });
    }

    /// What becomes of a step that has failed for good.
    fn recover(&mut self, step: &Step, spot: Spot, lane: &Lane, error: &StepError) {
        let at = self.moment.now;
        let failed =
            |error: StepError| Entry::Ended { end: Box::new(End::Failed { spot: Some(spot.clone()), error }), at };
        let entry = match &step.on_error {
            OnError::Fail => failed(error.clone()),
            OnError::Stop => Entry::Ended { end: Box::new(End::Stopped), at },
            OnError::Ignore => Entry::Recovered { spot: spot.clone(), output: Payload::null(), at },
            OnError::Use(template) => match template.value(&self.view(lane), self.moment) {
                Ok(value) => Entry::Recovered { spot: spot.clone(), output: Payload::of(value), at },
                Err(error) => failed(failure(error)),
            },
        };
        self.record(entry);
    }

    fn choose(&self, route: &Route, view: &View) -> Result<Vec<u32>, StepError> {
        let mut chosen = Vec::new();
        for (number, branch) in (0..).zip(&route.branches) {
            let taken = branch.when.as_ref().map_or(Ok(true), |condition| condition.holds(view, self.moment));
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

    /// Walks the turns of a loop one after another.
    fn turns(
        &mut self,
        step: &Step,
        spot: Spot,
        count: u32,
        turn: u32,
        collected: &[Payload],
    ) -> Result<(), StepError> {
        let Kind::ForEach(each) = &step.kind else { return Err(other_plan(step)) };
        if turn == count {
            let output = match &each.collect {
                Some(_) => Dynamic::from_array(collected.iter().map(Payload::value).collect()),
                None => Dynamic::from_int(count.into()),
            };
            self.done(spot, Payload::of(output));
            return Ok(());
        }
        let mut turns = spot.turns.clone();
        turns.push(turn);
        let lane = Lane { block: each.block, turns };
        if self.lane(&lane) == Lap::Over {
            let value = self.collect(each, &lane)?;
            self.record(Entry::Turned { spot, turn, value, at: self.moment.now });
        }
        Ok(())
    }

    fn collect(&self, each: &ForEach, lane: &Lane) -> Result<Option<Payload>, StepError> {
        let held = self.state.lanes.get(lane).is_some_and(|progress: &Progress| progress.held);
        match &each.collect {
            Some(template) if !held => {
                let value = template.value(&self.view(lane), self.moment).map_err(failure)?;
                Ok(Some(Payload::of(value)))
            }
            _ => Ok(None),
        }
    }

    fn view<'l>(&'l self, lane: &'l Lane) -> View<'l> {
        View { state: self.state, lane }
    }
}

/// The failure of a step whose expression has no value.
fn failure(error: ExpressionError) -> StepError {
    let failure = StepError::permanent(error.code, error.message).at(error.place);
    match error.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The items of a loop: a list, or nothing for `()`.
fn list(value: Dynamic) -> Result<(Payload, u32), StepError> {
    let count = match value.read_lock::<rhai::Array>() {
        Some(items) => items.len(),
        None if value.is_unit() => return Ok((Payload::of(rhai::Array::new().into()), 0)),
        None => {
            let kind = value.type_name();
            return Err(StepError::permanent("not_a_list", format!("`for_each` wants a list, and `in` gives {kind}"))
                .hint("For the entries of a map, use `.keys()` or `.values()`."));
        }
    };
    let count = u32::try_from(count).map_err(|_| StepError::permanent("limit", "the list is too long"))?;
    Ok((Payload::of(value), count))
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
