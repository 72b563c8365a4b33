//! A finished run, as `--json` prints it. The fields are those of the API's runs.

use super::standstill::{Awaited, Blocked};
use crate::terminal;
use engine::{Deployment, Status};
use run::call::Delivery;
use run::entry::{End, Entry};
use run::error::StepError;
use run::history::{StepRecord, history};
use run::id::{RunId, ScenarioId};
use run::payload::Payload;
use run::response::Response;
use scenario::diagnostic::Place;
use scenario::plan::Plan;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A run and everything that happened in it.
pub(super) struct Record {
    run: RunId,
    scenario: ScenarioId,
    plan: Arc<Plan>,
    status: Status,
    entries: Vec<Entry>,
}

impl Record {
    pub(super) fn new(run: RunId, deployment: &Deployment, status: Status, entries: Vec<Entry>) -> Self {
        Self { run, scenario: deployment.id.clone(), plan: Arc::clone(&deployment.plan), status, entries }
    }

    /// What the caller was answered.
    pub(super) fn response(&self) -> Option<&Response> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Responded { response, .. } => Some(&**response),
            _ => None,
        })
    }

    /// How it ended.
    pub(super) fn end(&self) -> Option<&End> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Ended { end, .. } => Some(&**end),
            _ => None,
        })
    }

    /// Where in the text it failed: as exactly as the error knows, else at the step.
    pub(super) fn failed_at(&self) -> Option<Place> {
        let Some(End::Failed { spot, error }) = self.end() else { return None };
        error.place.or_else(|| spot.as_ref().map(|spot| self.plan.step(spot.step).place))
    }

    /// The label of the step that failed.
    pub(super) fn failed_step(&self) -> Option<&str> {
        let Some(End::Failed { spot: Some(spot), .. }) = self.end() else { return None };
        Some(&self.plan.step(spot.step).label)
    }

    /// Where the step stands that keeps it from going on; none where that is another scenario's.
    pub(super) fn blocked_at(&self, blocked: &Blocked) -> Option<Place> {
        (blocked.scenario == self.scenario).then(|| self.plan.step(blocked.spot.step).place)
    }

    /// What it waits for, as a sentence without a final dot.
    pub(super) fn waits(&self, blocked: &Blocked) -> String {
        let whose = if blocked.scenario == self.scenario {
            format!("step `{}`", self.plan.step(blocked.spot.step).label)
        } else {
            format!("a step of `{}`, which it called,", blocked.scenario)
        };
        match &blocked.awaited {
            Awaited::Answer(until) => {
                format!("{whose} waits for an answer until {}, and only a server takes one", terminal::time(*until))
            }
            Awaited::Time(until) => format!("{whose} waits until {}", terminal::time(*until)),
            Awaited::Hand(reason) => format!("{whose} is held until someone resumes it, after {reason}"),
        }
    }

    /// Whether a call was written down instead of made.
    pub(super) fn used_sandbox(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Done(done) if done.delivery == Delivery::Sandbox))
    }

    /// The whole of it.
    pub(super) fn json(&self) -> Value {
        let error = match self.end() {
            Some(End::Failed { error, .. }) => Self::error(error, self.failed_at()),
            _ => Value::Null,
        };
        json!({
            "id": self.run.to_string(),
            "scenario": self.scenario.as_str(),
            "version": self.plan.version,
            "status": self.status,
            "created": self.entries.first().map(Entry::at),
            "changed": self.entries.last().map(Entry::at),
            "input": self.input(),
            "steps": history(&self.entries).iter().map(|step| self.step(step)).collect::<Vec<_>>(),
            "response": self.response().map(response),
            "error": error,
        })
    }

    fn input(&self) -> Value {
        let Some(Entry::Created(created)) = self.entries.first() else { return Value::Null };
        let input = &created.input;
        let mut fields = json!({ "source": input.source, "body": parsed(input.body.text()) });
        if let Some(request) = &input.request {
            fields["method"] = request.method.as_str().into();
            fields["path"] = request.path.as_str().into();
            fields["query"] = pairs(&request.query);
        }
        fields
    }

    fn step(&self, record: &StepRecord) -> Value {
        let step = self.plan.step(record.spot.step);
        json!({
            "step": step.no,
            "turns": record.spot.turns,
            "id": step.id,
            "label": step.label,
            "module": step.module,
            "status": record.status,
            "attempts": record.attempts,
            "started": record.started,
            "ended": record.ended,
            "output": record.output.as_ref().map(value),
            "sent": record.sent.as_ref().map(value),
            "sandbox": record.delivery == Delivery::Sandbox,
            "error": record.error.as_ref().map(|error| Self::error(error, error.place.or(Some(step.place)))),
        })
    }

    fn error(error: &StepError, place: Option<Place>) -> Value {
        json!({
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "status": error.status,
            "place": place,
        })
    }
}

fn response(response: &Response) -> Value {
    json!({ "status": response.status, "headers": pairs(&response.headers), "body": parsed(&response.body) })
}

fn value(payload: &Payload) -> Value {
    parsed(payload.text())
}

/// The JSON of a text, or the text itself where it is none.
fn parsed(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|_| String::from_utf8_lossy(text).into())
}

/// Pairs as a map; a name that is there twice gives a list.
fn pairs(pairs: &[(String, String)]) -> Value {
    let mut map = Map::new();
    for (name, value) in pairs {
        match map.get_mut(name) {
            None => drop(map.insert(name.clone(), value.as_str().into())),
            Some(Value::Array(list)) => list.push(value.as_str().into()),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    map.into()
}
