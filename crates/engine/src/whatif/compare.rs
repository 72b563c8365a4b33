//! Two walks, side by side.

use super::{Difference, Walk};
use run::entry::{End, Entry};
use run::history::StepRecord;
use run::id::Spot;
use run::replay::counterpart;
use run::response::Response;
use scenario::plan::Plan;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// No more is told of one run.
const MOST: usize = 200;

/// How much is told of one value, in bytes of its JSON.
const MOST_OF_A_VALUE: usize = 1_024;

/// What would be different. What comes after something unknown is not compared.
pub(super) fn differences(was: &Walk, would_be: &Walk, old: &Arc<Plan>) -> Vec<Difference> {
    let is_cut = was.unknown.is_some() || would_be.unknown.is_some();
    let mut told = Told { differences: Vec::new(), is_cut };
    told.calls(was, would_be, old);
    told.steps(was, would_be, old);
    if !is_cut {
        told.values("answer", "", answer(was), answer(would_be));
        told.values("end", "", end(was), end(would_be));
    }
    told.differences
}

struct Told {
    differences: Vec<Difference>,
    /// A walk ended before its run did: what is missing in it may have come later.
    is_cut: bool,
}

impl Told {
    fn calls(&mut self, was: &Walk, would_be: &Walk, old: &Arc<Plan>) {
        let keyed = |walk: &Walk| -> BTreeMap<Key, (String, Value)> {
            let made = walk.calls.iter().map(|made| {
                let key = (key(walk, &made.spot, old), made.attempt);
                (key, (name(&walk.plan, &made.spot), made.sent.clone()))
            });
            made.collect()
        };
        let (before, mut after) = (keyed(was), keyed(would_be));
        for (key, (name, sent)) in before {
            match after.remove(&key) {
                Some((_, would)) => self.values(&name, "sent", Some(sent), Some(would)),
                None if self.is_cut => {}
                None => self.push(&name, "call", Some(sent), None),
            }
        }
        for (name, sent) in after.into_values() {
            self.push(&name, "call", None, Some(sent));
        }
    }

    fn steps(&mut self, was: &Walk, would_be: &Walk, old: &Arc<Plan>) {
        let keyed = |walk: &Walk| -> BTreeMap<SpotKey, (String, StepRecord)> {
            let records = walk.rehearsal.steps().into_iter();
            records.map(|record| (key(walk, &record.spot, old), (name(&walk.plan, &record.spot), record))).collect()
        };
        let (before, mut after) = (keyed(was), keyed(would_be));
        for (key, (name, record)) in before {
            match after.remove(&key) {
                Some((_, would)) if self.is_cut && would.ended.is_none() => {}
                Some((_, would)) => self.values(&name, "", shown(&record), shown(&would)),
                None if self.is_cut => {}
                None => self.push(&name, "step", shown(&record), None),
            }
        }
        for (name, record) in after.into_values() {
            self.push(&name, "step", None, shown(&record));
        }
    }

    /// Where two values differ, down to their leaves.
    fn values(&mut self, at: &str, path: &str, was: Option<Value>, would_be: Option<Value>) {
        if was == would_be {
            return;
        }
        match (was, would_be) {
            (Some(Value::Object(was)), Some(Value::Object(mut would))) => {
                for (name, value) in was {
                    let other = would.remove(&name);
                    self.values(at, &joined(path, &name), Some(value), other);
                }
                for (name, value) in would {
                    self.values(at, &joined(path, &name), None, Some(value));
                }
            }
            (Some(Value::Array(was)), Some(Value::Array(would))) if was.len() == would.len() => {
                for (number, (was, would)) in was.into_iter().zip(would).enumerate() {
                    self.values(at, &format!("{path}[{number}]"), Some(was), Some(would));
                }
            }
            (was, would_be) => self.push(at, path, was, would_be),
        }
    }

    fn push(&mut self, at: &str, path: &str, was: Option<Value>, would_be: Option<Value>) {
        if self.differences.len() < MOST {
            let (at, path) = (at.to_owned(), path.to_owned());
            self.differences.push(Difference { at, path, was: was.map(cut), would_be: would_be.map(cut) });
        }
    }
}

/// A large value as the beginning of its text: the runs themselves have it whole.
fn cut(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.len() <= MOST_OF_A_VALUE {
        return value;
    }
    format!("{}…", &text[..text.floor_char_boundary(MOST_OF_A_VALUE)]).into()
}

/// A step in the terms of the old version; one that is new comes after them, in its own.
type SpotKey = (u8, Spot);
type Key = (SpotKey, u32);

fn key(walk: &Walk, spot: &Spot, old: &Arc<Plan>) -> SpotKey {
    match counterpart(spot, &walk.plan, old) {
        Some(spot) => (0, spot),
        None => (1, spot.clone()),
    }
}

fn name(plan: &Plan, spot: &Spot) -> String {
    let step = plan.step(spot.step);
    let turns: String = spot.turns.iter().map(|turn| format!("[{turn}]")).collect();
    format!("{}{turns}", step.id.as_deref().unwrap_or(&step.label))
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What a step came to. Times are left out: they are the walk's own.
fn shown(record: &StepRecord) -> Option<Value> {
    let mut shown = Map::new();
    shown.insert("status".to_owned(), json!(record.status));
    if let Some(output) = &record.output {
        shown.insert("output".to_owned(), serde_json::from_slice(output.text()).unwrap_or_default());
    }
    if let Some(error) = &record.error {
        shown.insert("error".to_owned(), json!({ "code": error.code, "message": error.message }));
    }
    Some(shown.into())
}

fn answer(walk: &Walk) -> Option<Value> {
    let Response { status, headers, body } = &**walk.rehearsal.state.response()?;
    let body: Value =
        serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into());
    Some(json!({ "status": status, "headers": headers, "body": body }))
}

fn end(walk: &Walk) -> Option<Value> {
    let ended = walk.rehearsal.entries.iter().find_map(|entry| match entry {
        Entry::Ended { end, .. } => Some(&**end),
        _ => None,
    });
    Some(match ended {
        None => json!({ "status": "held" }),
        Some(End::Succeeded) => json!({ "status": "succeeded" }),
        Some(End::Stopped) => json!({ "status": "stopped" }),
        Some(End::Cancelled) => json!({ "status": "cancelled" }),
        Some(End::Failed { error, .. }) => {
            json!({ "status": "failed", "error": { "code": error.code, "message": error.message } })
        }
    })
}
