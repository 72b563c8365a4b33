//! Walks a scenario without a store, tasks or the outside: for `hookmill test`. Calls are answered by a function, and
//! time passes at once.

use crate::course::{Course, Stretch};
use run::call::Outcome;
use run::entry::{Created, Entry};
use run::error::StepError;
use run::history::{StepRecord, history};
use run::id::{RunId, ScenarioId};
use run::input::Input;
use run::{Action, PreparedCall, State, settle};
use scenario::expression::Moment;
use scenario::plan::Plan;
use std::sync::Arc;

/// A walk, from the first entry to the end.
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

/// Runs the plan on this input from `start`. `answer` stands in for every module.
pub fn rehearse(
    scenario: &ScenarioId,
    plan: &Arc<Plan>,
    input: Input,
    start: Moment,
    mut answer: impl FnMut(&PreparedCall) -> Result<Outcome, StepError>,
) -> Rehearsal {
    let run = RunId(uuid::Builder::from_unix_timestamp_millis(start.now as u64, &[0; 10]).into_uuid());
    let created = Created { scenario: scenario.clone(), version: plan.version.clone(), at: start.now, input };
    let mut course = Course::begin(run, Arc::clone(plan), Arc::new(created));
    let mut moment = start;
    loop {
        let Stretch::Act(actions) = course.walk(&moment) else { continue };
        if actions.is_empty() {
            let (state, entries) = course.finish();
            return Rehearsal { state, entries };
        }
        for action in actions {
            match action {
                Action::Record(entry) => course.record(entry),
                Action::Wait(due) => moment.now = moment.now.max(due),
                Action::Call(call) => {
                    let (spot, attempt) = (call.spot.clone(), call.attempt);
                    course.record(Entry::Started { spot, attempt, at: moment.now });
                    let result = answer(&call);
                    course.record(settle(course.state(), &call.spot, attempt, result, &moment));
                }
                Action::Compute(job) => {
                    let result = job.run();
                    course.record(settle(course.state(), &job.spot, job.attempt, result, &moment));
                }
            }
        }
    }
}
