//! Makes a test of a run that has been: the trigger comes in again, what others answered stands in for them, and what
//! came of it is expected.

use run::entry::{Conclusion, Created, End, Entry, Recognised};
use run::error::{Recovery, StepError};
use run::id::{Millis, Spot};
use run::input::{Input, Request};
use run::payload::Payload;
use run::response::Response;
use scenario::plan::{Kind, Plan, Trigger};
use serde_json::{Map, Value, json};

/// What stands where a credential stood.
const MASK: &str = "•••";

/// One entry of `tests:` that tells of this run. Headers and query values of which the name `is_secret` says that they
/// carry a credential are left out, as is everything that the scenario does not read.
pub fn capture(plan: &Plan, entries: &[Entry], is_secret: fn(&str) -> bool) -> Value {
    let mut test = Map::new();
    if let Some(Entry::Created(created)) = entries.first() {
        test.insert("name".into(), format!("as it was at {}", time(created.at)).into());
        test.insert("at".into(), time(created.at).into());
        let mut trigger = trigger(plan, created, is_secret);
        Recognised::of(entries).into_iter().for_each(|recognised| add_recognised(plan, recognised, &mut trigger));
        if !trigger.is_empty() {
            test.insert("trigger".into(), trigger.into());
        }
    }
    let mocks = mocks(plan, entries);
    if !mocks.is_empty() {
        test.insert("mock".into(), mocks.into());
    }
    test.insert("expect".into(), expect(plan, entries).into());
    test.into()
}

fn trigger(plan: &Plan, created: &Created, is_secret: fn(&str) -> bool) -> Map<String, Value> {
    let Input { request, body, raw, files, .. } = &created.input;
    let mut trigger = Map::new();
    if let Some(request) = request {
        add_request(plan, request, body, is_secret, &mut trigger);
    }
    for (key, payload) in [("body", Some(body)), ("raw", raw.as_ref()), ("files", files.as_ref())] {
        let is_read = key == "body" || plan.trigger_reads.reads(key);
        let value = payload.filter(|_| is_read).map(decoded).filter(|value| !value.is_null());
        trigger.extend(value.map(|value| (key.to_owned(), value)));
    }
    trigger
}

fn add_recognised(plan: &Plan, recognised: &Recognised, trigger: &mut Map<String, Value>) {
    let Recognised { provider, event, id, item, .. } = recognised;
    for (key, text) in [("provider", provider), ("event", event), ("id", id)] {
        let read = text.as_deref().filter(|_| plan.trigger_reads.reads(key));
        trigger.extend(read.map(|text| (key.to_owned(), text.into())));
    }
    let index = item.as_ref().map(|item| item.index).filter(|_| plan.trigger_reads.reads("index"));
    trigger.extend(index.map(|index| ("index".to_owned(), index.into())));
}

fn add_request(
    plan: &Plan,
    request: &Request,
    body: &Payload,
    is_secret: fn(&str) -> bool,
    trigger: &mut Map<String, Value>,
) {
    let Request { method, path, params, query, headers, ip } = request;
    let usual = if decoded(body).is_null() { "GET" } else { "POST" };
    if method != usual {
        trigger.insert("method".into(), method.as_str().into());
    }
    let of_plan = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => webhook.path.as_deref(),
        _ => None,
    });
    if of_plan.is_some_and(|of_plan| of_plan != path) && plan.trigger_reads.reads("path") {
        trigger.insert("path".into(), path.as_str().into());
    }
    let shown = |pairs: &[(String, String)]| {
        pairs
            .iter()
            .filter(|(name, value)| value != MASK && !is_secret(&name.to_lowercase()))
            .cloned()
            .collect::<Vec<_>>()
    };
    let headers = if plan.trigger_reads.reads("headers") { shown(headers) } else { Vec::new() };
    for (key, pairs) in [("params", params.clone()), ("query", shown(query)), ("headers", headers)] {
        if !pairs.is_empty() {
            trigger.insert(key.into(), map_of(pairs));
        }
    }
    if plan.trigger_reads.reads("ip") {
        trigger.insert("ip".into(), ip.as_str().into());
    }
}

/// Pairs as a map. A repeated name gives a list of its values.
fn map_of(pairs: Vec<(String, String)>) -> Value {
    let mut map = Map::new();
    for (name, value) in pairs {
        match map.get_mut(&name) {
            None => _ = map.insert(name, value.into()),
            Some(Value::Array(list)) => list.push(value.into()),
            Some(first) => *first = vec![first.take(), value.into()].into(),
        }
    }
    map.into()
}

/// What somebody was asked, and what came of it once that is known.
struct Asked<'a> {
    spot: &'a Spot,
    attempt: u32,
    /// As a mock says it.
    given: Option<Value>,
}

/// The mock of every step that asked someone, by its id, else by its module: in the order in which was asked.
fn mocks(plan: &Plan, entries: &[Entry]) -> Map<String, Value> {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Started { spot, attempt, .. } => asked.push(Asked { spot, attempt: *attempt, given: None }),
            Entry::Called(called) => asked.push(Asked { spot: &called.spot, attempt: called.attempt, given: None }),
            Entry::Awaiting { spot, .. } if matches!(plan.step(spot.step).kind, Kind::WaitFor(_)) => {
                asked.push(Asked { spot, attempt: 1, given: None });
            }
            Entry::Done(done) => note(&mut asked, &done.spot, done.attempt, literal(decoded(&done.output))),
            Entry::Answered { spot, answer, .. } => note(&mut asked, spot, 1, literal(decoded(answer))),
            Entry::Failed { spot, attempt, error, .. } => {
                let awaits = matches!(plan.step(spot.step).kind, Kind::WaitFor(_));
                let given = if awaits { json!({ "$timeout": true }) } else { failure(error) };
                note(&mut asked, spot, *attempt, given);
            }
            _ => {}
        }
    }
    let mut mocks: Map<String, Value> = Map::new();
    for one in asked {
        let step = plan.step(one.spot.step);
        let name = step.id.as_deref().unwrap_or(&step.module);
        let Some(given) = one.given else { continue };
        let list = mocks.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut().into_iter().for_each(|list| list.push(given.clone()));
    }
    for mock in mocks.values_mut() {
        *mock = match mock.as_array_mut().map(std::mem::take).unwrap_or_default() {
            mut one if one.len() == 1 => one.remove(0),
            many => json!({ "$sequence": many }),
        };
    }
    mocks
}

/// What came of the latest question of this step in this attempt. A step that was in flight at a crash asked twice.
fn note(asked: &mut [Asked<'_>], spot: &Spot, attempt: u32, given: Value) {
    let mut latest = asked.iter_mut().rev();
    if let Some(one) = latest.find(|one| one.spot == spot && one.attempt == attempt && one.given.is_none()) {
        one.given = Some(given);
    }
}

fn failure(error: &StepError) -> Value {
    let mut fields = Map::new();
    fields.insert("code".into(), error.code.as_str().into());
    fields.insert("message".into(), error.message.as_str().into());
    fields.extend(error.status.map(|status| ("status".to_owned(), status.into())));
    fields.extend(error.retry_after.map(|pause| ("retry_after".to_owned(), format!("{pause}ms").into())));
    fields.insert("retry".into(), (error.recovery == Recovery::Retry).into());
    json!({ "$error": fields })
}

fn expect(plan: &Plan, entries: &[Entry]) -> Map<String, Value> {
    let mut expect = Map::new();
    for entry in entries {
        match entry {
            Entry::Responded { response, .. } => {
                expect.insert("response".into(), answer(response).into());
            }
            Entry::Concluded { conclusion: Conclusion::Returned, value, .. } => {
                expect.insert("returned".into(), exactly(decoded(value)));
            }
            Entry::Ended { end, .. } => match &**end {
                End::Succeeded => {}
                End::Stopped => _ = expect.insert("ends".into(), "stopped".into()),
                End::Cancelled => {}
                End::Failed { spot, error } => {
                    let mut told = Map::from_iter([("code".to_owned(), error.code.as_str().into())]);
                    let step = spot.as_ref().map(|spot| plan.step(spot.step));
                    let name = step.map(|step| step.id.as_deref().unwrap_or(&step.module));
                    told.extend(name.map(|name| ("step".to_owned(), name.into())));
                    expect.insert("ends".into(), "failed".into());
                    expect.insert("error".into(), told.into());
                }
            },
            _ => {}
        }
    }
    expect
}

fn answer(response: &Response) -> Map<String, Value> {
    let mut answer = Map::from_iter([("status".to_owned(), response.status.into())]);
    let text = String::from_utf8_lossy(&response.body);
    match serde_json::from_slice(&response.body) {
        Ok(json) => _ = answer.insert("json".into(), exactly(json)),
        Err(_) if text.is_empty() => {}
        Err(_) => _ = answer.insert("text".into(), text.into()),
    }
    answer
}

/// A mock that gives this value, whatever it looks like.
fn literal(value: Value) -> Value {
    let special = value.as_object().is_some_and(|map| map.keys().any(|key| key.starts_with('$')));
    if special { json!({ "$exactly": value }) } else { value }
}

/// An expected value, with nothing in it taken for a matcher.
fn exactly(value: Value) -> Value {
    match value {
        Value::Object(map) if map.keys().any(|key| key.starts_with('$')) => json!({ "$exactly": map }),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, exactly(value))).collect(),
        Value::Array(items) => items.into_iter().map(exactly).collect(),
        other => other,
    }
}

fn decoded(payload: &Payload) -> Value {
    serde_json::from_slice(payload.text()).unwrap_or_default()
}

/// RFC 3339, UTC, with milliseconds.
fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.3}")).unwrap_or_default()
}
