//! Holds what a test expects against what happened.

mod answer;
mod difference;

pub(super) use difference::{differences, part_differences, part_differences_at, shown};

use super::performance::Performance;
use run::State;
use run::entry::{Conclusion, End};
use run::error::StepError;
use run::history::{StepRecord, StepStatus};
use run::id::Spot;
use run::payload::Payload;
use scenario::data;
use scenario::plan::{Expect, ExpectedError, Plan, Step, StepNo, StoreContents};
use serde_json::Value;
use std::collections::BTreeMap;

/// What did not turn out as expected, one finding each. A run that fails although nothing of the test says so
/// (`ends: failed`, `error`, or a status of 500) is such a finding too.
pub(crate) fn disappointments(expect: &Expect, plan: &Plan, performance: &Performance) -> Vec<String> {
    let seen = Seen { plan, performance, steps: performance.rehearsal.steps() };
    let mut findings = performance.complaints.clone();
    seen.end(expect, &mut findings);
    seen.error(expect.error.as_ref(), &mut findings);
    answer::compare(expect, &performance.rehearsal, &mut findings);
    seen.steps(expect, &mut findings);
    seen.calls(expect, &mut findings);
    seen.outputs(&expect.outputs, &mut findings);
    seen.stores(&expect.stores, &mut findings);
    seen.values(expect, &mut findings);
    findings
}

struct Seen<'a> {
    plan: &'a Plan,
    performance: &'a Performance,
    steps: Vec<StepRecord>,
}

impl Seen<'_> {
    fn end(&self, expect: &Expect, findings: &mut Vec<String>) {
        let ends = ending(&self.performance.rehearsal.state);
        let foreseen = match expect.ends.as_deref() {
            // What returned has succeeded.
            Some("succeeded") => matches!(ends, "succeeded" | "returned"),
            Some(expected) => expected == ends,
            None if matches!(ends, "failed" | "held") => expect.status == Some(500) || expect.error.is_some(),
            None => true,
        };
        if foreseen {
            return;
        }
        let expected = expect.ends.as_deref().unwrap_or("succeeded");
        findings.push(format!("ends: expected {expected}, was {ends}"));
        if let Some((spot, error)) = self.failure() {
            let step = spot.map(|spot| self.plan.step(spot.step));
            let place = error.place.or(step.map(|step| step.place)).unwrap_or_default();
            let label = step.map_or("the run", |step| &step.label);
            findings.push(format!("  {label}, line {}: [{}] {}", place.line, error.code, error.message));
            findings.extend(error.hint.iter().map(|hint| format!("  hint: {hint}")));
        }
    }

    /// Why the run failed or is held, and at which step.
    fn failure(&self) -> Option<(Option<&Spot>, &StepError)> {
        let state = &self.performance.rehearsal.state;
        match state.end() {
            Some(End::Failed { spot, error }) => Some((spot.as_ref(), error)),
            None => state.held().next().map(|(spot, error)| (Some(spot), error)),
            _ => None,
        }
    }

    /// What the run returned, and its variables.
    fn values(&self, expect: &Expect, findings: &mut Vec<String>) {
        let state = &self.performance.rehearsal.state;
        if let Some(expected) = &expect.returned {
            match state.concluded() {
                Some((Conclusion::Returned, value)) => {
                    findings.extend(differences("returned", expected, &decoded(value)));
                }
                _ => findings.push(format!("returned: expected {}, but nothing was", shown(expected))),
            }
        }
        let vars = data::to_json(state.vars());
        for (name, expected) in &expect.vars {
            let path = format!("vars.{name}");
            match vars.get(name) {
                Some(actual) => findings.extend(differences(&path, expected, actual)),
                None if expected.is_null() => {}
                None => findings.push(format!("{path}: expected {}, but it was never assigned", shown(expected))),
            }
        }
    }

    fn error(&self, expected: Option<&ExpectedError>, findings: &mut Vec<String>) {
        let Some(expected) = expected else { return };
        let Some((spot, error)) = self.failure() else {
            findings.push("error: expected one, but nothing failed for good".to_owned());
            return;
        };
        for (key, expected, actual) in
            [("code", &expected.code, &error.code), ("message", &expected.message, &error.message)]
        {
            let expected = expected.iter();
            findings.extend(expected.flat_map(|e| differences(&format!("error.{key}"), e, &actual.as_str().into())));
        }
        if let Some(name) = &expected.step
            && !spot.is_some_and(|spot| self.named(name).contains(&spot.step))
        {
            let actual = spot.map_or("the run as a whole", |spot| &self.plan.step(spot.step).label);
            findings.push(format!("error.step: expected `{name}`, was {actual}"));
        }
    }

    fn steps(&self, expect: &Expect, findings: &mut Vec<String>) {
        for name in &expect.skipped {
            if let Some(record) = self.records(name).find(|record| ran(record)) {
                findings.push(format!("skipped: expected `{name}` not to run, but it is {}", told(record)));
            }
        }
        for name in &expect.ran {
            let mut records = self.records(name).peekable();
            let told = records.peek().map_or("was never reached".to_owned(), |record| format!("is {}", told(record)));
            if !records.any(ran) {
                findings.push(format!("ran: expected `{name}` to run, but it {told}"));
            }
        }
    }

    fn calls(&self, expect: &Expect, findings: &mut Vec<String>) {
        for (name, expected) in &expect.calls {
            let actual = self.sent(name).count() as u64;
            if actual != *expected {
                findings.push(format!("calls.{name}: expected {expected}, was {actual}"));
            }
        }
        for (name, expected) in &expect.sent {
            let sent: Vec<&Value> = self.sent(name).collect();
            match expected {
                Value::Array(expected) => {
                    for (number, (expected, sent)) in expected.iter().zip(&sent).enumerate() {
                        findings.extend(part_differences_at(&format!("sent.{name}[{number}]"), expected, sent));
                    }
                    if expected.len() != sent.len() {
                        findings.push(format!("sent.{name}: expected {} calls, was {}", expected.len(), sent.len()));
                    }
                }
                _ if sent.is_empty() => findings.push(format!("sent.{name}: it was never called")),
                _ => findings
                    .extend(sent.iter().flat_map(|sent| part_differences_at(&format!("sent.{name}"), expected, sent))),
            }
        }
    }

    fn outputs(&self, expected: &BTreeMap<String, Value>, findings: &mut Vec<String>) {
        for (name, expected) in expected {
            let outputs: Vec<(bool, Value)> = self.records(name).filter_map(output).collect();
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

    fn stores(&self, expected: &StoreContents, findings: &mut Vec<String>) {
        for (table, records) in expected {
            for (key, expected) in records {
                let actual = self.performance.stores.get(table).and_then(|records| records.get(key));
                let path = format!("stores.{table}.{key}");
                findings.extend(differences(&path, expected, actual.unwrap_or(&Value::Null)));
            }
        }
    }

    /// Parameters of the calls of the steps of this name.
    fn sent(&self, name: &str) -> impl Iterator<Item = &Value> {
        let steps = self.named(name);
        let calls = self.performance.calls.iter().filter(move |called| steps.contains(&called.spot.step));
        calls.map(|called| &called.parameters)
    }

    /// What happened to the steps of this name.
    fn records(&self, name: &str) -> impl Iterator<Item = &StepRecord> {
        let steps = self.named(name);
        self.steps.iter().filter(move |record| steps.contains(&record.spot.step))
    }

    /// The steps of this name: their id, or else their module.
    fn named(&self, name: &str) -> Vec<StepNo> {
        let has_id = |step: &&Step| step.id.as_deref() == Some(name);
        let of_module = |step: &&Step| &*step.module == name;
        let numbers = |meant: &dyn Fn(&&Step) -> bool| -> Vec<StepNo> {
            self.plan.steps.iter().filter(meant).map(|step| step.no).collect()
        };
        let by_id = numbers(&has_id);
        if by_id.is_empty() { numbers(&of_module) } else { by_id }
    }
}

fn ending(state: &State) -> &'static str {
    match (state.end(), state.concluded()) {
        (Some(End::Succeeded), Some((Conclusion::Returned, _))) => "returned",
        (Some(End::Succeeded), _) => "succeeded",
        (Some(End::Stopped), _) => "stopped",
        (Some(End::Failed { .. }), _) => "failed",
        (Some(End::Cancelled), _) => "cancelled",
        (None, _) if state.is_held() => "held",
        (None, _) => "not over",
    }
}

fn ran(record: &StepRecord) -> bool {
    record.status != StepStatus::Skipped
}

/// A step's output, and whether it stands in a loop.
fn output(record: &StepRecord) -> Option<(bool, Value)> {
    Some((!record.spot.turns.is_empty(), decoded(record.output.as_ref()?)))
}

fn decoded(payload: &Payload) -> Value {
    serde_json::from_slice(payload.text()).unwrap_or_default()
}

fn told(record: &StepRecord) -> &'static str {
    match record.status {
        StepStatus::Running => "running",
        StepStatus::Retrying => "waiting for its next attempt",
        StepStatus::Done => "done",
        StepStatus::Failed => "failed",
        StepStatus::Recovered => "recovered",
        StepStatus::Skipped => "skipped",
        StepStatus::Filtered => "held back",
        StepStatus::Waiting => "waiting",
        StepStatus::Held => "held",
        StepStatus::Cancelled => "cancelled",
    }
}
