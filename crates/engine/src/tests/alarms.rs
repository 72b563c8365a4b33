//! What is wrong is told once, until it is over.

use super::{Bench, Recorder, deliver, id, until};
use crate::{Alarm, AlarmKind, Answer, Beat, Engine, Handle, NoSuchAlarm, Signal};
use serde_json::{Value, json};

const FRAGILE: &str = "
trigger: { manual: {} }
alarms: { failures: 3 }
steps:
  - when: trigger.body.fails
    fail: no luck
  - respond: { text: well }
";

const WATCHER: &str = "
trigger: { failure: { scenarios: test } }
steps:
  - when: trigger.body?.alarm != ()
    test.call: { alarm: '{{ trigger.body.alarm }}', message: '{{ trigger.body.error.message }}' }
";

async fn fail(handle: &Handle) {
    let answer = deliver(handle, json!({ "fails": true })).await.unwrap();
    assert!(matches!(answer, Answer::Failed { .. }), "{answer:?}");
}

fn open(handle: &Handle) -> Vec<Alarm> {
    handle.alarms().into_iter().filter(|alarm| alarm.cleared.is_none()).collect()
}

fn calls(bench: &Bench) -> Vec<Value> {
    bench.recorder.asked.lock().unwrap().iter().map(|(parameters, _)| parameters.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_in_a_row_are_told_once_and_a_success_ends_it() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine_with(&[("test", FRAGILE), ("watcher", WATCHER)]);
    let mut signals = handle.signals();
    for _ in 0..2 {
        fail(&handle).await;
    }
    assert_eq!(open(&handle), []);
    for _ in 0..3 {
        fail(&handle).await;
    }
    until("the alarm", || open(&handle).len() == 1).await;
    let alarm = open(&handle).remove(0);
    assert_eq!((alarm.kind, alarm.subject.as_str()), (AlarmKind::Failing, "test"));
    assert!(alarm.message.ends_with("runs of `test` failed, at last with: no luck"), "{}", alarm.message);
    until("the watcher", || !calls(&bench).is_empty()).await;
    assert_eq!(calls(&bench), [json!({ "alarm": "failing", "message": alarm.message })]);
    deliver(&handle, json!({ "fails": false })).await.unwrap();
    until("the end", || open(&handle).is_empty()).await;
    let told = [signals.recv().await.unwrap(), signals.recv().await.unwrap()];
    let [Signal::Alarm(began), Signal::Alarm(ended)] = told else { panic!("two alarms") };
    assert_eq!((began.cleared, ended.cleared), (None, Some(bench.clock_now())));
    assert_eq!(began.since, ended.since);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_and_the_failures_before_it_outlive_the_process() {
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(FRAGILE);
    fail(&handle).await;
    fail(&handle).await;
    let (engine, handle) = restart(&bench, engine, FRAGILE);
    let acknowledged = handle.acknowledge(AlarmKind::Failing, "test", "ada".to_owned());
    assert!(matches!(acknowledged, Err(NoSuchAlarm::Unknown)));
    // Whether the failures before are counted yet is not known; one more at the latest completes the three.
    until("the alarm", || {
        if open(&handle).is_empty() {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fail(&handle)));
        }
        !open(&handle).is_empty()
    })
    .await;
    handle.acknowledge(AlarmKind::Failing, "test", "ada".to_owned()).unwrap();
    let (_engine, handle) = restart(&bench, engine, FRAGILE);
    assert_eq!(open(&handle)[0].acknowledged.as_deref(), Some("ada"));
    until("the end", || {
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(deliver(&handle, json!({ "fails": false }))).unwrap();
        });
        open(&handle).is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_triggers_that_stop_are_noticed() {
    let text = "
trigger: { manual: {} }
alarms: { silence: 1h }
steps: [ { set: 1 } ]
";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(text);
    let now = bench.clock_now();
    handle.beat(&id(), "schedule 1", Beat { seen: None, next: Some(now + 1_000) });
    until("the stopped trigger", || {
        bench.clock.advance(5_000);
        open(&handle).len() == 1
    })
    .await;
    assert!(bench.clock_now() - now > 60_000, "not while it is only late");
    assert_eq!(open(&handle)[0].kind, AlarmKind::Stopped);
    assert!(open(&handle)[0].message.contains("schedule 1"));
    handle.beat(&id(), "schedule 1", Beat { seen: Some(now + 1_000), next: None });
    assert_eq!(handle.beats(&id()), [("schedule 1".to_owned(), Beat { seen: Some(now + 1_000), next: None })]);
    until("its return", || {
        bench.clock.advance(5_000);
        open(&handle).is_empty()
    })
    .await;
    until("the silence", || {
        bench.clock.advance(600_000);
        open(&handle).iter().any(|alarm| alarm.kind == AlarmKind::Silent)
    })
    .await;
    assert_eq!(open(&handle)[0].message, "nothing has started `test` for 1 hour");
    deliver(&handle, json!({})).await.unwrap();
    until("the end of it", || {
        bench.clock.advance(5_000);
        open(&handle).is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_does_not_outlive_its_scenario() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(FRAGILE);
    for _ in 0..3 {
        fail(&handle).await;
    }
    until("the alarm", || open(&handle).len() == 1).await;
    handle.withdraw(&id());
    until("its end", || {
        bench.clock.advance(5_000);
        open(&handle).is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_grows_is_noticed() {
    let text = "
trigger: { manual: {} }
limits: { sequential: true }
alarms: { queue: 2 }
steps: [ { test.call: {} } ]
";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(text);
    for _ in 0..3 {
        deliver(&handle, json!({})).await.unwrap();
    }
    until("the alarm", || {
        bench.clock.advance(5_000);
        open(&handle).iter().any(|alarm| alarm.kind == AlarmKind::Queue)
    })
    .await;
    assert_eq!(open(&handle)[0].message, "2 runs of `test` wait");
    bench.recorder.gate.add_permits(3);
    until("the end", || {
        bench.clock.advance(5_000);
        open(&handle).is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_goes_on_until_it_is_mended() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(FRAGILE);
    handle.trouble("connection office", "the token ends in 2 days".to_owned());
    handle.trouble("connection office", "the token ends in 1 day".to_owned());
    until("the alarm", || !open(&handle).is_empty()).await;
    assert_eq!(open(&handle).len(), 1);
    handle.mended("connection office");
    until("the end", || open(&handle).is_empty()).await;
    assert_eq!(handle.alarms().len(), 1, "it is still known");
}

fn restart(bench: &Bench, engine: Engine, text: &str) -> (Engine, Handle) {
    drop(engine);
    // Names of runs tell their order from millisecond to millisecond.
    bench.clock.advance(1_000);
    bench.engine(text)
}
