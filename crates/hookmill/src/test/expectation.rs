//! Holds what a test expects against what happened.

mod difference;

use difference::{differences, shown};
use engine::Rehearsal;
use run::entry::End;
use run::history::{Outcome, StepRecord};
use run::payload::Payload;
use run::response::Response;
use scenario::plan::{Expect, Plan, Step};
use serde_json::Value;
use std::collections::BTreeMap;

/// What did not turn out as expected, one finding each. A run that fails although nothing of the test says so
/// (`ends: failed`, or a status of 500) is such a finding too.
pub(super) fn disappointments(expect: &Expect, plan: &Plan, rehearsal: &Rehearsal) -> Vec<String> {
    let seen = Seen { plan, rehearsal, steps: rehearsal.steps() };
    let mut findings = Vec::new();
    seen.end(expect, &mut findings);
    seen.answer(expect, &mut findings);
    seen.steps(expect, &mut findings);
    seen.outputs(&expect.outputs, &mut findings);
    findings
}

struct Seen<'a> {
    plan: &'a Plan,
    rehearsal: &'a Rehearsal,
    steps: Vec<StepRecord>,
}

impl Seen<'_> {
    fn end(&self, expect: &Expect, findings: &mut Vec<String>) {
        let end = self.rehearsal.state.end();
        let ends = match end {
            Some(End::Succeeded) => "succeeded",
            Some(End::Stopped) => "stopped",
            Some(End::Failed { .. }) => "failed",
            Some(End::Cancelled) => "cancelled",
            None => "not over",
        };
        let foreseen = match &expect.ends {
            Some(expected) => expected == ends,
            None => ends != "failed" || expect.status == Some(500),
        };
        if !foreseen {
            let expected = expect.ends.as_deref().unwrap_or("succeeded");
            findings.push(format!("ends: expected {expected}, was {ends}"));
        }
        if let (false, Some(End::Failed { spot, error })) = (foreseen, end) {
            let step = spot.as_ref().map(|spot| self.plan.step(spot.step));
            let place = error.place.or(step.map(|step| step.place)).unwrap_or_default();
            let label = step.map_or("the run", |step| &step.label);
            findings.push(format!("  {label}, line {}: [{}] {}", place.line, error.code, error.message));
            findings.extend(error.hint.iter().map(|hint| format!("  hint: {hint}")));
        }
    }

    fn answer(&self, expect: &Expect, findings: &mut Vec<String>) {
        let response = self.rehearsal.state.response().map(AsRef::as_ref);
        if let Some(expected) = expect.status {
            let status = self.status(response);
            if status != expected {
                findings.push(format!("response.status: expected {expected}, was {status}"));
            }
        }
        let body = response.map_or(&[][..], |response| &response.body);
        if let Some(expected) = &expect.json {
            match serde_json::from_slice::<Value>(body) {
                Ok(actual) => findings.extend(differences("response.json", expected, &actual)),
                Err(_) => findings.push(format!(
                    "response.json: expected {}, was {}",
                    shown(expected),
                    if body.is_empty() { "no body".to_owned() } else { shown(&String::from_utf8_lossy(body).into()) }
                )),
            }
        }
        if let Some(expected) = &expect.text {
            let actual = String::from_utf8_lossy(body).into_owned();
            findings.extend(differences("response.text", &expected.as_str().into(), &actual.into()));
        }
        for (name, expected) in &expect.headers {
            let values = response.map_or(&[][..], |response| &response.headers);
            let actual = values.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            if actual != Some(expected) {
                let actual = actual.map_or("missing".to_owned(), |actual| format!("`{actual}`"));
                findings.push(format!("response.headers.{name}: expected `{expected}`, was {actual}"));
            }
        }
    }

    /// The status the caller would see: a run without an answer is accepted, or failed.
    fn status(&self, response: Option<&Response>) -> u16 {
        match (response, self.rehearsal.state.end()) {
            (Some(response), _) => response.status,
            (None, Some(End::Failed { .. })) => 500,
            (None, _) => 200,
        }
    }

    fn steps(&self, expect: &Expect, findings: &mut Vec<String>) {
        for name in &expect.skipped {
            if let Some(record) = self.steps_named(name).find(|record| ran(record)) {
                findings.push(format!("skipped: expected `{name}` not to run, but it is {}", told(record)));
            }
        }
        for name in &expect.ran {
            let mut records = self.steps_named(name).peekable();
            let told = records.peek().map_or("was never reached".to_owned(), |record| format!("is {}", told(record)));
            if !records.any(ran) {
                findings.push(format!("ran: expected `{name}` to run, but it {told}"));
            }
        }
    }

    fn outputs(&self, expected: &BTreeMap<String, Value>, findings: &mut Vec<String>) {
        for (name, expected) in expected {
            let outputs: Vec<(bool, Value)> = self.steps_named(name).filter_map(output).collect();
            // A step in a loop has an output for each turn.
            let actual = match outputs.as_slice() {
                [] => {
                    findings.push(format!("outputs.{name}: expected {}, but it gave none", shown(expected)));
                    continue;
                }
                [(false, one)] => one.clone(),
                many => many.iter().map(|(_, value)| value.clone()).collect(),
            };
            findings.extend(differences(&format!("outputs.{name}"), expected, &actual));
        }
    }

    /// What happened to the steps of this name: their id, or their module.
    fn steps_named<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s StepRecord> {
        let has_id = |step: &Step| step.id.as_deref() == Some(name);
        let by_id = self.plan.steps.iter().any(has_id);
        let meant = move |step: &Step| if by_id { step.id.as_deref() == Some(name) } else { &*step.module == name };
        let numbers: Vec<_> = self.plan.steps.iter().filter(|step| meant(step)).map(|step| step.no).collect();
        self.steps.iter().filter(move |record| numbers.contains(&record.spot.step))
    }
}

fn ran(record: &StepRecord) -> bool {
    record.outcome != Outcome::Skipped
}

/// A step's output, and whether it stands in a loop.
fn output(record: &StepRecord) -> Option<(bool, Value)> {
    let text = record.output.as_ref().map(Payload::text)?;
    Some((!record.spot.turns.is_empty(), serde_json::from_slice(text).unwrap_or_default()))
}

fn told(record: &StepRecord) -> &'static str {
    match record.outcome {
        Outcome::Running => "running",
        Outcome::Retrying => "waiting for its next attempt",
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Recovered => "recovered",
        Outcome::Skipped => "skipped",
        Outcome::Filtered => "held back",
    }
}
