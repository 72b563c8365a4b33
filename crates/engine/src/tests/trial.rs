//! Texts that are tried keep every promise that runs have, and disturb nobody.

use super::flow::{restart, runs_of, status};
use super::{Bench, Recorder, deliver, id, input, until};
use crate::{Answer, Attempt, Handle, QueueState, TrialStart};
use run::entry::Trial;
use run::id::RunId;
use serde_json::{Map, Value, json};
use std::time::Duration;
use store::Status;

const LIVE: &str = "
limits: { concurrency: { limit: 1 } }
trigger: { manual: {} }
steps: [ { test.call: { n: 1 } } ]
";

const DRAFT: &str = "
limits: { concurrency: { limit: 1 } }
trigger: { manual: {} }
steps:
  - id: one
    test.call: { n: 1 }
  - id: two
    test.call: { n: 3 }
  - id: three
    set: \"{{ one.n + two.n }}\"
";

fn attempt(pins: Value) -> Attempt {
    let pins = pins.as_object().cloned().unwrap_or_default();
    let from = TrialStart::Input(Box::new(input(&json!({})).into()));
    Attempt { from, until: None, only: None, pins, scope: Map::new(), by: "admin".to_owned() }
}

async fn try_draft(handle: &Handle, pins: Value) -> RunId {
    handle.try_text(id(), DRAFT.to_owned(), attempt(pins)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_goes_on_after_a_crash_with_its_own_text_and_pins() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(LIVE);
    let run = try_draft(&handle, json!({ "one": { "n": 40 } })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    let key = bench.recorder.asked.lock().unwrap()[0].clone();
    let (after, _engine, handle) = restart(bench, engine, &[("test", LIVE)]);
    until("the end", || status(&handle, run) == Some(Status::Succeeded)).await;
    assert_eq!(*after.recorder.asked.lock().unwrap(), [key], "what was in flight is called again, and nothing pinned");
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let trial = Trial::of(&entries).unwrap();
    assert_eq!((trial.by.as_str(), trial.pins.len()), ("admin", 1));
    let scope = handle.scope(run).unwrap().unwrap();
    assert_eq!(scope.steps["three"].text(), b"43");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_stands_in_nobody_s_way_and_nobody_in_its() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(LIVE);
    let waiting = handle.clone();
    let live = tokio::spawn(async move { deliver(&waiting, json!({})).await });
    until("the call of the run", || bench.recorder.asked() == 1).await;
    try_draft(&handle, json!({ "one": { "n": 1 } })).await;
    until("the call of the trial, though the line is full", || bench.recorder.asked() == 2).await;
    bench.recorder.gate.add_permits(10);
    assert!(matches!(live.await.unwrap(), Ok(Answer::Accepted { .. })));
    handle.set_queue(&id(), QueueState::Paused).unwrap();
    let run = try_draft(&handle, json!({ "one": { "n": 1 }, "two": { "n": 1 } })).await;
    until("the end, though the queue is paused", || status(&handle, run) == Some(Status::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_the_failure_of_a_trial() {
    let bench = Bench::new(Recorder::new());
    let watcher = "trigger: { failure: { scenarios: test } }\nsteps: [ { set: 1 } ]\n";
    let fails =
        "alarms: { failures: 1 }\ntrigger: { manual: {} }\nsteps: [ { fail: no luck }, { respond: { text: x } } ]\n";
    let (_engine, handle) = bench.engine_with(&[("test", fails), ("watcher", watcher)]);
    let run = handle.try_text(id(), fails.to_owned(), attempt(json!({}))).await.unwrap();
    assert_eq!(status(&handle, run), Some(Status::Failed));
    assert_eq!((runs_of(&handle, "watcher").len(), handle.alarms().len()), (0, 0));
    assert!(matches!(deliver(&handle, json!({})).await, Ok(Answer::Failed { .. })), "a run that is none");
    // Of the failure, and of the alarm about it.
    until("the one who is to hear of it", || runs_of(&handle, "watcher").len() == 2).await;
    assert_eq!(handle.alarms().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_tries_a_text_is_answered_by_it() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(LIVE);
    let text = "trigger: { manual: {} }\nsteps: [ { respond: { text: tried } } ]\n";
    let kept = handle.keep_for_trial(id(), text).unwrap();
    let delivery = input(&json!({})).into();
    let answer = handle.deliver_trial(&kept, delivery, "admin".to_owned(), Duration::from_secs(20)).await.unwrap();
    let Answer::Responded { run, response } = answer else { panic!("{answer:?}") };
    assert_eq!(&response.body[..], b"tried");
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    assert!(Trial::of(&entries).is_some());
    assert_ne!(handle.deployment(&id()).unwrap().plan.version, kept.plan.version);
}
