//! Callers, processes and disks that go away in the middle, and what is left standing by that: nothing.

use super::flow::{end, output, restart, runs_of, start, status};
use super::full::Tight;
use super::{Bench, Recorder, WAIT, id, input, until};
use futures_util::FutureExt;
use run::entry::End;
use run::id::RunId;
use serde_json::json;
use std::sync::atomic::Ordering;
use store::Status;

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_lets_calls_end_and_begins_none() {
    let text = "
steps:
  - parallel:
      two: [ { test.call: { n: 1 } }, { test.call: { n: 3 } } ]
      one: [ { test.call: { n: 5 } } ]
";
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    until("both calls", || bench.recorder.asked() == 2).await;
    let stopping = tokio::spawn(engine.stop(WAIT));
    until("the stop", || *handle.shared.stopping.borrow()).await;
    bench.recorder.gate.add_permits(1);
    until("one of them on disk", || handle.journal(run).unwrap().unwrap().1.len() == 5).await;
    bench.recorder.gate.add_permits(1);
    tokio::time::timeout(WAIT, stopping).await.unwrap().unwrap().unwrap();
    assert_eq!((bench.recorder.asked(), status(&handle, run)), (2, Some(Status::Running)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_leaves_no_run_that_failed_half_way() {
    let wrong = "trigger: { manual: {} }\nsteps: [ { fail: no } ]";
    let hears = "trigger: { failure: {} }\nsteps: [ { id: told, set: 1 } ]";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine_with(&[("test", wrong), ("hears", hears)]);
    let deployment = handle.deployment(&id()).unwrap();
    // It is asked for once, and as soon as that has to wait nobody is there any more.
    let _ = handle.deliver(&deployment, input(&json!({})).into(), WAIT).now_or_never();
    until("the run", || runs_of(&handle, "test").len() == 1).await;
    let run = runs_of(&handle, "test")[0];
    until("its end", || matches!(end(&handle, run), Some(End::Failed { .. }))).await;
    assert_eq!(runs_of(&handle, "hears").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_on_takes_no_time_from_runs() {
    let text = "
limits: { timeout: 60s }
steps: [ { id: one, test.call: { n: 1 } }, { id: two, test.call: { n: 2 }, retry: { attempts: 2, backoff: 10s } } ]
";
    let bench = Bench::new(Recorder::closed());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    let (_engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    until("the call", || bench.recorder.asked() == 1).await;
    bench.clock.step(3_600_000);
    bench.recorder.gate.add_permits(2);
    until("the pause", || status(&handle, run) == Some(Status::Waiting)).await;
    bench.clock.step(86_400_000);
    until("the second try", || bench.recorder.asked() == 3).await;
    bench.clock.advance(59_000);
    assert_eq!(end(&handle, run), None);
    bench.clock.advance(2_000);
    until(
        "its end in time that passed",
        || matches!(end(&handle, run), Some(End::Failed { error, .. }) if error.code == "run_timeout"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_be_read_for_a_moment_goes_on() {
    let text = "
limits: { sequential: true }
steps: [ { wait: 1h }, { id: one, test.call: { n: 1 } } ]
";
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("test", 0), 0, 0);
    let (_engine, handle) = bench.engine(text);
    let [first, second] = [start(&handle, json!({})).await, start(&handle, json!({})).await];
    until("the wait", || status(&handle, first) == Some(Status::Waiting)).await;
    until("the timer", || handle.shared.timers.len() == 1).await;
    tight.unread.store(1, Ordering::SeqCst);
    bench.clock.advance(3_600_000);
    until("the failure", || tight.unread.load(Ordering::SeqCst) == 0).await;
    until("the next try", || handle.shared.timers.len() == 1).await;
    assert_eq!(handle.queues()[&id()].waiting, 1, "it has its turn still");
    bench.clock.advance(30_000);
    until("the end", || end(&handle, first) == Some(End::Succeeded)).await;
    until("the other to wait", || handle.shared.timers.len() == 1).await;
    bench.clock.advance(3_600_000);
    until("its end", || end(&handle, second) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_wake_at_once_are_not_read_before_there_is_room_for_them() {
    let text = "steps: [ { wait: 1h }, { id: one, test.call: { n: 1 } } ]";
    let mut bench = Bench { unattended_runs: 4, ..Bench::new(Recorder::closed()) };
    let tight = Tight::around(&mut bench, ("test", 0), 0, 0);
    let (engine, handle) = bench.engine_with(&[("test", text), ("other", text)]);
    for _ in 0..200 {
        start(&handle, json!({})).await;
    }
    let other = RunId(uuid::Uuid::now_v7());
    let deployment = handle.deployment(&"other".parse().unwrap()).unwrap();
    handle.start_once(other, &deployment, input(&json!({}))).await.unwrap();
    until("all to wait", || handle.shared.timers.len() == 201).await;
    tight.read.store(0, Ordering::SeqCst);
    bench.clock.advance(3_600_000);
    until("the share of the many, and the other", || bench.recorder.asked() == 4).await;
    assert_eq!(tight.read.load(Ordering::SeqCst), 4);
    bench.recorder.gate.add_permits(1_000);
    until("the end", || runs_of(&handle, "test").iter().all(|run| end(&handle, *run).is_some())).await;
    drop(engine);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequential_scenario_that_calls_itself_by_the_way_keeps_its_order() {
    let text = "
limits: { sequential: true }
trigger: [ { manual: {} }, { call: {} } ]
steps:
  - { when: trigger.body.n < 3, call: { scenario: test, detach: true, input: { n: \"{{ trigger.body.n + 1 }}\" } } }
  - { id: one, test.call: { n: \"{{ trigger.body.n }}\" } }
";
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({ "n": 1 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    until("the called one to wait", || handle.queues()[&id()].waiting == 1).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    until("the end of three", || runs_of(&handle, "test").len() == 3).await;
    until("their end", || runs_of(&handle, "test").iter().all(|run| end(&handle, *run).is_some())).await;
    assert_eq!(output(&handle, run, 1), json!({ "n": 1 }));
    let asked = bench.recorder.asked.lock().unwrap();
    let order: Vec<_> = asked.iter().map(|(asked, _)| asked["n"].clone()).collect();
    assert_eq!(order, [1, 2, 3]);
}
