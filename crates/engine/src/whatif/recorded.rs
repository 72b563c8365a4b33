//! What others answered in a run, for whoever walks it again.

use super::{OUT_OF_TIME, Patience};
use crate::rehearsal::{Cast, Scene};
use crate::scenarios::Deployment;
use run::PreparedCall;
use run::call::Outcome;
use run::entry::{Called, Entry};
use run::error::StepError;
use run::id::Spot;
use run::replay::counterpart;
use scenario::plan::{Kind, Plan, WaitFor};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// How many entries one walk may have: a text that was just written may loop for very long, and all is held in memory.
const MOST_ENTRIES: usize = 50_000;

/// What is on record of a run, by its own version, and what is asked under another.
pub(super) struct Recorded<'p> {
    old: &'p Arc<Plan>,
    new: &'p Arc<Plan>,
    patience: Patience<'p>,
    outcomes: HashMap<Spot, VecDeque<Result<Outcome, StepError>>>,
    answers: HashMap<Spot, Value>,
    /// Every call, in order.
    pub(super) calls: Vec<Made>,
    /// What was asked that is not on record.
    pub(super) unknown: Option<String>,
}

/// A call that is made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) spot: Spot,
    pub(super) attempt: u32,
    /// The module, and what it is given.
    pub(super) sent: Value,
}

impl<'p> Recorded<'p> {
    pub(super) fn of(entries: &[Entry], old: &'p Arc<Plan>, new: &'p Arc<Plan>, patience: Patience<'p>) -> Self {
        let (mut outcomes, mut answers) = (HashMap::<Spot, VecDeque<_>>::new(), HashMap::new());
        let mut begun = HashSet::new();
        let asks = |spot: &Spot| matches!(old.step(spot.step).kind, Kind::Call(_) | Kind::Invoke(_));
        for entry in entries {
            let (spot, result) = match entry {
                Entry::Started { spot, .. } => {
                    begun.insert(spot.clone());
                    continue;
                }
                Entry::Called(called) => {
                    begun.insert(called.spot.clone());
                    continue;
                }
                Entry::Answered { spot, answer, .. } => {
                    answers.insert(spot.clone(), read(answer.text()));
                    continue;
                }
                Entry::Done(done) => {
                    let (output, sent) = (read(done.output.text()), read(done.sent.text()));
                    (&done.spot, Ok(Outcome { output, sent, delivery: done.delivery }))
                }
                Entry::Failed { spot, error, .. } => (spot, Err((**error).clone())),
                _ => continue,
            };
            // A step whose expressions failed has asked nobody.
            if asks(spot) && begun.remove(spot) {
                outcomes.entry(spot.clone()).or_default().push_back(result);
            }
        }
        Self { old, new, patience, outcomes, answers, calls: Vec::new(), unknown: None }
    }

    /// The next outcome of this step.
    fn outcome(&mut self, spot: &Spot) -> Result<Outcome, StepError> {
        let before = counterpart(spot, self.new, self.old);
        let known = before.and_then(|before| self.outcomes.get_mut(&before)?.pop_front());
        known.unwrap_or_else(|| {
            let step = self.new.step(spot.step);
            let why = format!("`{}` ({}) would be called, and nothing is on record of it", step.label, step.module);
            self.unknown.get_or_insert(why.clone());
            Err(StepError::permanent("unknown", why))
        })
    }
}

impl Cast for Recorded<'_> {
    fn call(&mut self, call: &PreparedCall, _: Scene<'_>) -> Result<Outcome, StepError> {
        let mut sent = json!({ "module": &*call.module, "with": &call.parameters });
        if let Some(connection) = &call.connection {
            sent["connection"] = (&**connection).into();
        }
        self.calls.push(Made { spot: call.spot.clone(), attempt: call.attempt, sent });
        self.outcome(&call.spot)
    }

    fn answer(&mut self, spot: &Spot, _: &WaitFor, _: Scene<'_>) -> Option<Value> {
        self.answers.remove(&counterpart(spot, self.new, self.old)?)
    }

    fn invoke(&mut self, called: &Called, _: Scene<'_>) -> Option<Result<Value, StepError>> {
        let sent = json!({ "module": "call", "scenario": &called.scenario, "with": read(called.input.text()) });
        self.calls.push(Made { spot: called.spot.clone(), attempt: called.attempt, sent });
        Some(self.outcome(&called.spot).map(|outcome| outcome.output))
    }

    fn scenario(&mut self, _: &str) -> Option<Arc<Deployment>> {
        None
    }

    fn leaves(&mut self, entries: usize) -> bool {
        if self.unknown.is_none() {
            self.unknown = match entries {
                entries if entries > MOST_ENTRIES => Some(format!("the walk has more than {MOST_ENTRIES} entries")),
                _ => self.patience.is_over().then(|| OUT_OF_TIME.to_owned()),
            };
        }
        self.unknown.is_some()
    }
}

fn read(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap_or_default()
}
