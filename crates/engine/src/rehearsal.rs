//! Walks a scenario without a store, tasks or the outside: for `hookmill test`. A [`Cast`] stands in for everyone the
//! run asks, and time passes at once.

use crate::calls;
use crate::course::{Course, Stretch};
use crate::delivery;
use crate::scenarios::Deployment;
use run::call::{Delivery, Outcome};
use run::entry::{Called, Caller, Created, Decided, Entry, Recognised};
use run::error::StepError;
use run::history::{StepRecord, history};
use run::id::{Millis, RunId, ScenarioId, Spot};
use run::input::{Input, Source};
use run::payload::Payload;
use run::setting::{MadeUp, Setting};
use run::{Action, PreparedCall, State};
use scenario::plan::{Kind, Plan, WaitFor};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A walk, from the first entry to the end, or to where only someone's hand could carry it on.
#[derive(Debug)]
pub struct Rehearsal {
    /// How the run stands at its end.
    pub state: State,
    /// Its journal.
    pub entries: Vec<Entry>,
}

impl Rehearsal {
    /// What happened to each step.
    pub fn steps(&self) -> Vec<StepRecord> {
        history(&self.entries)
    }
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The scenario of the run: the rehearsed one, or one that it calls.
    pub scenario: &'a ScenarioId,
    /// What it says.
    pub plan: &'a Plan,
    /// Which run.
    pub run: RunId,
    /// The time by the run's own clock.
    pub now: Millis,
}

/// Those who stand in for everyone that a rehearsed run asks.
pub trait Cast {
    /// Answers the call of a module.
    fn call(&mut self, call: &PreparedCall, scene: Scene<'_>) -> Result<Outcome, StepError>;
    /// What someone answers to a step that waits for it; none: nobody does before the deadline.
    fn answer(&mut self, spot: &Spot, asked: &WaitFor, scene: Scene<'_>) -> Option<Value>;
    /// What a called scenario comes to; none: it is to be rehearsed itself.
    fn invoke(&mut self, called: &Called, scene: Scene<'_>) -> Option<Result<Value, StepError>>;
    /// The scenario of this name that can be called, if there is one.
    fn scenario(&mut self, name: &str) -> Option<Arc<Deployment>>;
    /// Whether they can go on no further, after so many entries: the walk ends where it is.
    fn leaves(&mut self, _entries: usize) -> bool {
        false
    }
}

/// Runs the plan on this delivery from `start`; whether it repeats another is not asked. The clock stands while there is
/// something to do, and jumps to the next time at which there is.
pub fn rehearse(
    scenario: &ScenarioId,
    plan: &Arc<Plan>,
    delivery: delivery::Delivery,
    start: Start,
    cast: &mut dyn Cast,
) -> Rehearsal {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&start.seed.to_be_bytes());
    let run = RunId(uuid::Builder::from_unix_timestamp_millis(start.now as u64, &random).into_uuid());
    let mut stage = Stage::new(run, scenario, plan, delivery.input, start.now);
    stage.recognise(delivery.recognised);
    stage.walk(cast).0
}

/// When a rehearsal begins, and what it draws.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The time, in milliseconds since 1970.
    pub now: Millis,
    /// From what random values are drawn.
    pub seed: u64,
}

/// A run that is rehearsed.
pub(crate) struct Stage {
    course: Course,
    now: Millis,
    /// Steps of which it is known that nobody answers them.
    unanswered: BTreeSet<Spot>,
}

impl Stage {
    /// A run that is walked again, at the place where it was.
    pub(crate) fn of(run: RunId, plan: &Arc<Plan>, created: Created, setting: Arc<Setting>) -> Self {
        let now = created.at;
        let course = Course::begin(run, Arc::clone(plan), Arc::new(created), setting);
        Self { course, now, unanswered: BTreeSet::new() }
    }

    /// Tells what the delivery was recognised as.
    pub(crate) fn recognise(&mut self, recognised: Option<Recognised>) {
        recognised.into_iter().for_each(|recognised| self.course.record(Entry::Recognised(Box::new(recognised))));
    }

    /// Has all steps see again what they saw then.
    pub(crate) fn recall(&mut self, draws: RunId, times: Vec<Decided>) {
        self.course.recall(draws, times);
    }

    fn new(run: RunId, scenario: &ScenarioId, plan: &Arc<Plan>, input: Input, now: Millis) -> Self {
        let created = Created { scenario: scenario.clone(), version: plan.version.clone(), at: now, input };
        Self::of(run, plan, created, Arc::new(Setting::rehearsed()))
    }

    /// Goes on until nothing is left to do. Gives the time at which that is.
    pub(crate) fn walk(mut self, cast: &mut dyn Cast) -> (Rehearsal, Millis) {
        loop {
            // What is decided after someone has left is not decided.
            let stretch = if self.is_left_by(cast) { Stretch::Act(Vec::new()) } else { self.course.walk(self.now) };
            let Stretch::Act(actions) = stretch else { continue };
            if actions.is_empty() {
                let now = self.now;
                let (state, entries) = self.course.finish();
                return (Rehearsal { state, entries }, now);
            }
            self.perform(actions, cast);
        }
    }

    /// Does what is to be done at once; where that is nothing, someone answers, or time passes.
    fn perform(&mut self, actions: Vec<Action>, cast: &mut dyn Cast) {
        let mut next: Option<Millis> = None;
        let mut is_idle = true;
        for action in actions {
            if self.is_left_by(cast) {
                return;
            }
            is_idle &= matches!(action, Action::Wait(_));
            match action {
                Action::Record(entry) => self.course.record(entry),
                Action::Wait(due) => next = Some(next.map_or(due, |sooner| sooner.min(due))),
                Action::Call(call) => self.call(*call, cast),
                Action::Compute(job) => {
                    let (spot, attempt) = (job.spot.clone(), job.attempt);
                    self.course.record(Entry::Started { spot, attempt, at: self.now });
                    let result = job.run();
                    self.settle(&job.spot, job.attempt, result);
                }
                Action::Follow(called) => self.follow(&called, cast),
            }
        }
        if let (true, Some(due)) = (is_idle, next)
            && !self.hear(cast)
        {
            self.now = self.now.max(due.min(self.course.state().deadline()));
        }
    }

    fn call(&mut self, mut call: PreparedCall, cast: &mut dyn Cast) {
        let (spot, attempt) = (call.spot.clone(), call.attempt);
        self.course.record(Entry::Started { spot, attempt, at: self.now });
        let result = call.unseal(&MadeUp).and_then(|_| cast.call(&call, self.scene()));
        if !self.is_left_by(cast) {
            self.settle(&call.spot, call.attempt, result);
        }
    }

    fn settle(&mut self, spot: &Spot, attempt: u32, result: Result<Outcome, StepError>) {
        self.course.settle(spot, attempt, result, self.now);
    }

    /// Lets someone answer the first step that waits for it. Gives whether anyone did.
    fn hear(&mut self, cast: &mut dyn Cast) -> bool {
        let state = self.course.state();
        let plan = Arc::clone(state.plan());
        let waiting = self.course.unwritten().iter().filter_map(|entry| match entry {
            Entry::Awaiting { spot, .. } if !self.unanswered.contains(spot) => Some(spot),
            _ => None,
        });
        let open = waiting.filter(|spot| matches!(state.awaits(spot), Some((_, false))));
        let asked: Vec<Spot> = open.cloned().collect();
        for spot in asked {
            let Kind::WaitFor(wait) = &plan.step(spot.step).kind else { continue };
            match cast.answer(&spot, wait, self.scene()) {
                Some(answer) => {
                    let answer = Payload::of_value(&answer);
                    self.course.record(Entry::Answered { spot, answer, at: self.now });
                    return true;
                }
                None => _ = self.unanswered.insert(spot),
            }
        }
        false
    }

    /// Rehearses a called scenario, unless someone stands in for it. A run that is waited for takes its time.
    fn follow(&mut self, called: &Called, cast: &mut dyn Cast) {
        let outcome = |output| Outcome { output, sent: Value::Null, delivery: Delivery::Sandbox };
        let result = match cast.invoke(called, self.scene()) {
            Some(result) => result.map(outcome),
            None => self.rehearse_called(called, cast).and_then(|(rehearsal, end)| {
                if called.detached {
                    return Ok(outcome(json!({ "run": called.child.to_string() })));
                }
                self.now = self.now.max(end);
                calls::result(&rehearsal.entries).unwrap_or_else(|| Err(held(called)))
            }),
        };
        if !self.is_left_by(cast) {
            self.settle(&called.spot, called.attempt, result);
        }
    }

    fn rehearse_called(&self, called: &Called, cast: &mut dyn Cast) -> Result<(Rehearsal, Millis), StepError> {
        let parent = self.course.state();
        let deployment = cast.scenario(&called.scenario).ok_or_else(|| calls::unknown(called))?;
        calls::accepts(&deployment.plan, called)?;
        let chain = calls::chain(parent)?;
        let at = self.now;
        let input =
            Input { source: Source::Call, at, request: None, body: called.input.clone(), raw: None, files: None };
        let mut stage = Self::new(called.child, &deployment.id, &deployment.plan, input, self.now);
        let (run, spot, detached) = (parent.run(), called.spot.clone(), called.detached);
        let root = calls::root(parent);
        stage.course.record(Entry::CalledBy(Box::new(Caller { run, spot, chain, detached, root, at })));
        Ok(stage.walk(cast))
    }

    fn is_left_by(&self, cast: &mut dyn Cast) -> bool {
        cast.leaves(self.course.unwritten().len())
    }

    fn scene(&self) -> Scene<'_> {
        let state = self.course.state();
        Scene { scenario: &state.created().scenario, plan: state.plan(), run: state.run(), now: self.now }
    }
}

/// A called run that no one carries on.
fn held(called: &Called) -> StepError {
    StepError::permanent(
        "held",
        format!("a step of `{}` is held, and nobody resumes it in a rehearsal", called.scenario),
    )
}
