//! Runs that wait, call each other, fail and are held: parked on disk, woken by time and by people, through crashes.

use super::{Bench, Recorder, deliver, id, input, until};
use crate::{Answer, Clock, Engine, Handle, ManualClock, Unheard};
use run::entry::{self, Conclusion, End, Entry, Release};
use run::history::history;
use run::id::{RunId, ScenarioId, Spot};
use run::payload::Payload;
use scenario::catalog::{Catalog, ModuleSpec};
use scenario::plan::StepNo;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Append, Filter, Head, Status};

pub(super) const DAY: i64 = 86_400_000;

pub(super) fn deploy(bench: &Bench, handle: &Handle, name: &str, text: &str) {
    let catalog = Catalog::new([ModuleSpec::clone(&bench.recorder.spec)]);
    let (plan, diagnostics) = scenario::check(text, &catalog);
    let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
    handle.deploy(name.parse().unwrap(), text, Arc::new(plan)).unwrap();
}

/// Starts a run that no one waits for.
pub(super) async fn start(handle: &Handle, body: Value) -> RunId {
    let run = RunId(uuid::Uuid::now_v7());
    handle.start_once(run, &handle.deployment(&id()).unwrap(), input(&body)).await.unwrap();
    run
}

/// The process is gone: nothing of it acts any more, and what was not on disk is lost.
pub(super) fn restart(bench: Bench, engine: Engine, texts: &[(&str, &str)]) -> (Bench, Engine, Handle) {
    engine.handle().shared.stopping.send_replace(true);
    std::mem::forget(engine);
    // The clock of the process that is gone moves no more.
    let clock = Arc::new(ManualClock::at(bench.clock.now()));
    let after = Bench { recorder: Recorder::new(), clock, ..bench };
    let (engine, handle) = after.engine_with(texts);
    (after, engine, handle)
}

pub(super) fn status(handle: &Handle, run: RunId) -> Option<Status> {
    handle.journal(run).unwrap().map(|(head, _)| head.status)
}

pub(super) fn end(handle: &Handle, run: RunId) -> Option<End> {
    let (_, entries) = handle.journal(run).unwrap()?;
    match entries.last()? {
        Entry::Ended { end, .. } => Some((**end).clone()),
        _ => None,
    }
}

pub(super) fn output(handle: &Handle, run: RunId, step: u32) -> Value {
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let record = history(&entries).into_iter().find(|record| record.spot.step.0 == step).unwrap();
    serde_json::from_slice(record.output.unwrap().text()).unwrap()
}

pub(super) fn runs_of(handle: &Handle, scenario: &str) -> Vec<RunId> {
    let scenario: ScenarioId = scenario.parse().unwrap();
    let filter = Filter { scenario: Some(scenario), ..Filter::default() };
    handle.runs(&filter, 10_000).unwrap().into_iter().map(|(run, _)| run).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_a_month_through_a_restart() {
    let text = "steps: [ { wait: 30d }, { id: late, test.call: { n: 1 } } ]";
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    bench.clock.advance(10 * DAY);
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    bench.clock.advance(20 * DAY - 1);
    assert_eq!(status(&handle, run), Some(Status::Waiting));
    bench.clock.advance(1);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(bench.recorder.asked(), 1);
}

/// As `webhook.send` does: ten attempts in three days, of which no limit of a run's time counts the pauses.
#[tokio::test(flavor = "multi_thread")]
async fn d4_a_call_is_tried_for_days_through_a_restart() {
    const HOUR: i64 = 3_600_000;
    let text = "limits: { timeout: 10m }
steps: [ { id: far, test.call: { n: 2 }, retry: { pauses: [5s, 14h, 1d], jitter: none } } ]";
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(2, Ordering::SeqCst);
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    let waits = |bench: &Bench, handle: &Handle, asked| {
        bench.recorder.asked() == asked && status(handle, run) == Some(Status::Waiting)
    };
    until("the first failure", || waits(&bench, &handle, 1)).await;
    bench.clock.advance(5_000);
    until("the second failure", || waits(&bench, &handle, 2)).await;
    let keys = |bench: &Bench| -> BTreeSet<String> {
        bench.recorder.asked.lock().unwrap().iter().map(|(_, key)| key.clone()).collect()
    };
    let before = keys(&bench);
    bench.clock.advance(14 * HOUR - 1);
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    bench.recorder.failures.store(1, Ordering::SeqCst);
    until("the run to be taken up again", || waits(&bench, &handle, 0)).await;
    bench.clock.advance(1);
    until("the third failure", || waits(&bench, &handle, 1)).await;
    bench.clock.advance(DAY);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!((bench.recorder.asked(), keys(&bench)), (2, before), "one key for all attempts");
}

const APPROVAL: &str = "
steps:
  - id: approval
    wait_for:
      choices: [approve, reject]
      deadline: 2d
      steps: [ { test.call: { link: \"{{ resume.url }}\" } } ]
    on_error: { use: { choice: none } }
  - set: \"{{ approval.choice }}\"
";

/// The token of the link that was told.
fn token(bench: &Bench) -> String {
    let asked = bench.recorder.asked.lock().unwrap();
    let link = asked.last().unwrap().0["link"].as_str().unwrap().to_owned();
    link.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_once_and_by_its_link_alone() {
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(APPROVAL);
    let run = start(&handle, json!({})).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    let token = token(&bench);
    let (bench, _engine, handle) = restart(bench, engine, &[("test", APPROVAL)]);
    let awaited = handle.awaited(&token).unwrap();
    assert_eq!((awaited.run, awaited.asks.choices.len()), (run, 2));
    assert!(matches!(handle.awaited("nonsense"), Err(Unheard::Unknown)));
    let answer = Payload::of_value(&json!({ "choice": "approve" }));
    handle.answer(run, awaited.spot.clone(), answer.clone()).await.unwrap();
    let again = handle.answer(run, awaited.spot, answer).await;
    assert!(matches!(again, Err(Unheard::Over | Unheard::NotWaiting | Unheard::AnsweredBefore)), "{again:?}");
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(output(&handle, run, 2), json!("approve"));
    assert!(handle.awaited(&token).is_err());
    assert_eq!(bench.recorder.asked(), 0, "the link is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_before_the_deadline_is_a_failure() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(APPROVAL);
    let run = start(&handle, json!({})).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    bench.clock.advance(2 * DAY);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(output(&handle, run, 2), json!("none"));
}

const PARENT: &str = "
trigger: { manual: {} }
steps:
  - id: price
    call: { scenario: price-of, input: { sku: \"{{ trigger.body.sku }}\" } }
  - respond: { json: { price: \"{{ price.price }}\" } }
";

const CHILD: &str = "
trigger: { call: { input: { type: object, required: [sku], properties: { sku: { type: string } } } } }
steps:
  - id: asked
    test.call: { sku: \"{{ trigger.body.sku }}\" }
  - return: { price: \"{{ asked.sku.len() * 10 }}\" }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_called_scenario_gives_what_it_returns() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine_with(&[("test", PARENT), ("price-of", CHILD)]);
    let answer = deliver(&handle, json!({ "sku": "ABC" })).await.unwrap();
    let Answer::Responded { response, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(&*response.body, br#"{"price":30}"#);
    assert_eq!(runs_of(&handle, "price-of").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_called_scenario_fails_the_step() {
    let bench = Bench::new(Recorder::new());
    let thinking = "trigger: { call: {} }\nsteps: [ { fail: { message: sold out, code: sold_out } } ]";
    let others = [("test", PARENT), ("price-of", CHILD)];
    let (_engine, handle) = bench.engine_with(&others);
    let check = async |body: Value, code: &str| {
        let Answer::Failed { run } = deliver(&handle, body).await.unwrap() else { panic!("it fails") };
        match end(&handle, run) {
            Some(End::Failed { error, .. }) => assert_eq!(error.code, code, "{error:?}"),
            other => panic!("{other:?}"),
        }
    };
    check(json!({ "sku": 1 }), "invalid_input").await;
    deploy(&bench, &handle, "price-of", thinking);
    check(json!({ "sku": "A" }), "sold_out").await;
    deploy(&bench, &handle, "price-of", "steps: []");
    check(json!({ "sku": "A" }), "not_callable").await;
    handle.withdraw(&"price-of".parse().unwrap());
    check(json!({ "sku": "A" }), "unknown_scenario").await;
    deploy(&bench, &handle, "price-of", &PARENT.replace("manual: {}", "call: {}"));
    check(json!({ "sku": "A" }), "call_depth").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_wait_for_others_do_not_stand_in_their_way() {
    let bench = Bench { unattended_runs: 2, ..Bench::new(Recorder::new()) };
    let (_engine, handle) = bench.engine_with(&[("test", PARENT), ("price-of", CHILD)]);
    let mut runs = Vec::new();
    for _ in 0..50 {
        runs.push(start(&handle, json!({ "sku": "A" })).await);
    }
    for run in runs {
        until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    }
    assert_eq!(bench.recorder.asked(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_a_called_run_works_repeats_neither() {
    let texts = [("test", PARENT), ("price-of", CHILD)];
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine_with(&texts);
    let run = start(&handle, json!({ "sku": "A" })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    let (bench, _engine, handle) = restart(bench, engine, &texts);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(bench.recorder.asked(), 1, "only what was in flight is called again");
    assert_eq!(runs_of(&handle, "price-of").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_called_run_is_not_missed_by_a_crash() {
    let texts = [("test", PARENT), ("price-of", CHILD)];
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine_with(&texts);
    let run = start(&handle, json!({ "sku": "A" })).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    until("the call", || bench.recorder.asked() == 1).await;
    // The called run is over on disk, and the crash comes before anyone is told.
    let child = runs_of(&handle, "price-of")[0];
    let journaled = bench.store.journal.read(child).unwrap().unwrap();
    let at = bench.clock.now();
    let spot = Spot { step: StepNo(1), turns: Default::default() };
    let value = Payload::of_value(&json!({ "price": 7 }));
    let last = [
        Entry::Concluded { spot, conclusion: Conclusion::Returned, value, at },
        Entry::Ended { end: Box::new(End::Succeeded), at },
    ];
    let head = Head { status: Status::Succeeded, ..journaled.head };
    let (piece, bytes) = (journaled.pieces.len() as u32, entry::encode(&last));
    bench.store.journal.append(append(child, piece, head, bytes)).await.unwrap();
    let (_bench, _engine, handle) = restart(bench, engine, &texts);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(runs_of(&handle, "price-of").len(), 1);
}

fn append(run: RunId, piece: u32, head: Head, bytes: Vec<u8>) -> Append {
    Append { run, piece, head, bytes, digests: Vec::new(), claim: None, durability: Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_detached_run_goes_its_own_way() {
    let parent = "steps: [ { id: job, call: { scenario: price-of, input: { sku: A }, detach: true } } ]";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine_with(&[("test", parent), ("price-of", CHILD)]);
    let run = start(&handle, json!({})).await;
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    let child: RunId = output(&handle, run, 0)["run"].as_str().unwrap().parse().unwrap();
    assert_eq!(end(&handle, child), None);
    bench.recorder.gate.add_permits(1);
    until("its end", || end(&handle, child) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_a_detached_run_began_goes_on_without_it() {
    let parent = "steps: [ { id: job, call: { scenario: price-of, input: { sku: A }, detach: true } } ]";
    let texts = [("test", parent), ("price-of", CHILD)];
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine_with(&texts);
    let run = start(&handle, json!({})).await;
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    // The same run, of which the journal ends with the call.
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let called = entries.iter().position(|entry| matches!(entry, Entry::Called(_))).unwrap();
    let again = RunId(uuid::Uuid::now_v7());
    let head = Head { scenario: id(), status: Status::Running, wake: None, at: bench.clock.now(), line: None };
    let bytes = entry::encode(&entries[..=called]);
    bench.store.journal.append(append(again, 0, head, bytes)).await.unwrap();
    let (_bench, _engine, handle) = restart(bench, engine, &texts);
    until("the end", || end(&handle, again) == Some(End::Succeeded)).await;
    assert_eq!(output(&handle, again, 0), output(&handle, run, 0));
    assert_eq!(runs_of(&handle, "price-of").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_called_scenario_without_room_fails_the_step_and_not_the_run() {
    let child = format!("limits: {{ sequential: true, queue: 0 }}\n{}", CHILD.trim_start());
    let parent = "
steps:
  - for_each:
      in: \"[1, 2]\"
      parallel: 2
      steps: [ { id: price, call: { scenario: price-of, input: { sku: A } }, on_error: { use: \"{{ error.code }}\" } } ]
      collect: \"{{ price }}\"
";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine_with(&[("test", parent), ("price-of", &child)]);
    let run = start(&handle, json!({})).await;
    until("the call", || bench.recorder.asked() == 1).await;
    until("the refusal", || {
        let (_, entries) = handle.journal(run).unwrap().unwrap();
        entries.iter().any(|entry| matches!(entry, Entry::Recovered { .. }))
    })
    .await;
    bench.recorder.gate.add_permits(10);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(output(&handle, run, 0), json!([{ "price": 10 }, "busy"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_starts_the_scenarios_that_wait_for_it_once() {
    let failing = "steps: [ { id: pay, fail: { message: no money, code: poor } } ]";
    let alarm = "
trigger: { failure: { scenarios: [\"te*\"] } }
steps:
  - id: seen
    test.call: { of: \"{{ trigger.body.scenario }}\", code: \"{{ trigger.body.error.code }}\", step: \"{{ trigger.body.error.step }}\" }
  - fail: again
";
    let other = "trigger: { failure: other }\nsteps: [ { test.call: { never: true } } ]";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine_with(&[("test", failing), ("alarm", alarm), ("other", other)]);
    let run = start(&handle, json!({})).await;
    assert!(matches!(end(&handle, run), Some(End::Failed { .. })));
    until("the alarm", || runs_of(&handle, "alarm").first().is_some_and(|run| end(&handle, *run).is_some())).await;
    assert_eq!(runs_of(&handle, "alarm").len(), 1, "its own failure starts nothing");
    let asked = bench.recorder.asked.lock().unwrap();
    let told: Vec<&Value> = asked.iter().map(|(parameters, _)| parameters).collect();
    assert_eq!(told, [&json!({ "of": "test", "code": "poor", "step": "pay" })]);
}

const HELD: &str = "
steps:
  - { id: first, test.call: { n: 1 } }
  - { id: second, test.call: { n: 2 }, on_error: hold }
  - set: \"{{ second.n }}\"
";

#[tokio::test(flavor = "multi_thread")]
async fn a_held_run_is_kept_with_everything_done_until_someone_comes() {
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    let (engine, handle) = bench.engine(HELD);
    let run = start(&handle, json!({})).await;
    until("the hold", || status(&handle, run) == Some(Status::Held)).await;
    bench.clock.advance(400 * DAY);
    let (bench, _engine, handle) = restart(bench, engine, &[("test", HELD)]);
    assert_eq!(status(&handle, run), Some(Status::Held));
    handle.resume_run(run, None, Release::Retry, "admin".into()).await.unwrap();
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(bench.recorder.asked(), 1, "only the held step is called again");
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let by = history(&entries).into_iter().find_map(|record| record.released_by);
    assert_eq!(by.as_deref(), Some("admin"));
    let over = handle.resume_run(run, None, Release::Retry, "admin".into()).await;
    assert_eq!(over, Err(Unheard::Over));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_whatever_it_is_at() {
    let texts = [("test", PARENT), ("price-of", CHILD)];
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine_with(&texts);
    let run = start(&handle, json!({ "sku": "A" })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    handle.cancel(run).await.unwrap();
    assert_eq!(end(&handle, run), Some(End::Cancelled));
    let child = runs_of(&handle, "price-of")[0];
    until("the end of the called run", || end(&handle, child) == Some(End::Cancelled)).await;
    assert_eq!(handle.cancel(run).await, Err(Unheard::Over));
    assert_eq!(handle.cancel(RunId(uuid::Uuid::now_v7())).await, Err(Unheard::Unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_side_by_side_are_called_side_by_side() {
    let text = "
trigger: { manual: {} }
steps:
  - id: all
    for_each: { in: trigger.body, parallel: 3, steps: [ { id: one, test.call: { n: \"{{ item * 10 }}\" } } ], collect: \"{{ one.n }}\" }
  - respond: { json: \"{{ all }}\" }
";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(text);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!([1, 2, 3, 4, 5])).await })
    };
    until("three calls", || bench.recorder.asked() == 3).await;
    tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>()).await.unwrap_err();
    assert_eq!(bench.recorder.asked(), 3, "no more than three at once");
    bench.recorder.gate.add_permits(10);
    let Answer::Responded { response, .. } = calling.await.unwrap().unwrap() else { panic!("it answers") };
    assert_eq!(&*response.body, b"[10,20,30,40,50]");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failure_of_one_branch_gives_up_the_calls_of_the_others() {
    let text = "
trigger: { manual: {} }
steps:
  - parallel:
      slow: [ { test.call: { n: 1 } } ]
      wrong: [ { wait: 1s }, { fail: no } ]
    on_error: ignore
  - respond: { text: after }
";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(text);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!({})).await })
    };
    until("the call", || bench.recorder.asked() == 1).await;
    bench.clock.advance(1_000);
    let Answer::Responded { run, response } = calling.await.unwrap().unwrap() else { panic!("it answers") };
    assert_eq!(&*response.body, b"after");
    bench.recorder.gate.add_permits(1);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    assert!(!entries.iter().any(|entry| matches!(entry, Entry::Done(done) if done.spot.step.0 == 1)));
}

const SEQUENTIAL: &str = "
limits: { sequential: true }
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.body }}\" }, on_error: hold } ]
";

fn order(bench: &Bench) -> Vec<i64> {
    bench.recorder.asked.lock().unwrap().iter().map(|(asked, _)| asked["n"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sequential_runs_follow_each_other_through_a_restart() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(SEQUENTIAL);
    for n in 10..20 {
        start(&handle, json!(n)).await;
    }
    bench.recorder.gate.add_permits(3);
    until("the fourth call", || bench.recorder.asked() == 4).await;
    assert_eq!(order(&bench), [10, 11, 12, 13]);
    let (bench, _engine, handle) = restart(bench, engine, &[("test", SEQUENTIAL)]);
    until("all calls", || bench.recorder.asked() == 7).await;
    assert_eq!(order(&bench), [13, 14, 15, 16, 17, 18, 19]);
    until("the end", || {
        handle.runs(&Filter { status: Some(Status::Succeeded), ..Filter::default() }, 20).unwrap().len() == 10
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_run_keeps_its_turn() {
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    let (_engine, handle) = bench.engine(SEQUENTIAL);
    let (held, after) = (start(&handle, json!(2)).await, start(&handle, json!(3)).await);
    until("the hold", || status(&handle, held) == Some(Status::Held)).await;
    let cancelled = start(&handle, json!(4)).await;
    assert_eq!(bench.recorder.asked(), 1);
    handle.cancel(cancelled).await.unwrap();
    handle.resume_run(held, None, Release::Fail, "admin".into()).await.unwrap();
    until("the next", || end(&handle, after) == Some(End::Succeeded)).await;
    assert_eq!(order(&bench), [2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequential_scenario_is_called_and_calls_itself_without_a_deadlock() {
    let recursive = "
limits: { sequential: true }
trigger: [ { manual: {} }, { call: {} } ]
steps:
  - id: below
    when: trigger.body.n > 0
    call: { scenario: test, input: { n: \"{{ trigger.body.n - 1 }}\" } }
  - id: one
    test.call: { n: \"{{ trigger.body.n }}\" }
  - return: \"{{ (below ?? 0) + 1 }}\"
";
    let caller = "trigger: { manual: {} }\nsteps: [ { id: r, call: { scenario: test, input: { n: 2 } } } ]";
    let bench = Bench { unattended_runs: 2, ..Bench::new(Recorder::new()) };
    let (_engine, handle) = bench.engine_with(&[("test", recursive), ("caller", caller)]);
    let mut runs = Vec::new();
    for _ in 0..10 {
        let run = RunId(uuid::Uuid::now_v7());
        let deployment = handle.deployment(&"caller".parse().unwrap()).unwrap();
        handle.start_once(run, &deployment, input(&json!({}))).await.unwrap();
        runs.push(run);
    }
    for run in runs {
        until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
        assert_eq!(output(&handle, run, 0), json!(3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_and_a_rate_holds_back() {
    let text = "
limits: { rate: 2/10s, queue: 1 }
trigger: { manual: {} }
steps: [ { respond: { text: \"{{ trigger.body }}\" } } ]
";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(text);
    for n in [1, 2] {
        assert!(matches!(deliver(&handle, json!(n)).await, Ok(Answer::Responded { .. })));
    }
    let third = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!(3)).await })
    };
    until("the third", || handle.runs(&Filter::default(), 10).unwrap().len() == 3).await;
    assert!(matches!(deliver(&handle, json!(4)).await, Err(crate::Refused::Busy { .. })));
    bench.clock.advance(5_000);
    let Answer::Responded { response, .. } = third.await.unwrap().unwrap() else { panic!("it answers") };
    assert_eq!(&*response.body, b"3");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_waiting_runs_wake_at_their_own_times_after_a_restart() {
    const RUNS: i64 = 1_000;
    let text = "trigger: { manual: {} }\nsteps: [ { wait: \"{{ trigger.body * 60 }}\" } ]";
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(text);
    for minute in 1..=RUNS {
        start(&handle, json!(minute)).await;
    }
    let count = |handle: &Handle, status| {
        handle.runs(&Filter { status: Some(status), ..Filter::default() }, 2 * RUNS as usize).unwrap().len() as i64
    };
    until("all to wait", || count(&handle, Status::Waiting) == RUNS).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    for (minutes, over) in [(1, 1), (249, 250), (750, RUNS)] {
        bench.clock.advance(minutes * 60_000);
        until("those that are due", || count(&handle, Status::Succeeded) == over).await;
        assert_eq!(count(&handle, Status::Waiting), RUNS - over, "and no others");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_do_not_start_each_other_through_calls() {
    let failing = "trigger: { manual: {} }\nsteps: [ { fail: first } ]";
    let one = "trigger: { failure: {} }\nsteps: [ { call: c, retry: { attempts: 2, backoff: 0s } } ]";
    let two = "trigger: { failure: {} }\nsteps: [ { call: { scenario: d, detach: true } } ]";
    let below = "trigger: { call: {} }\nsteps: [ { fail: below } ]";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) =
        bench.engine_with(&[("test", failing), ("one", one), ("two", two), ("c", below), ("d", below)]);
    let run = start(&handle, json!({})).await;
    assert!(matches!(end(&handle, run), Some(End::Failed { .. })));
    let open = |status| Filter { status: Some(status), ..Filter::default() };
    until("everything to end", || {
        let all = handle.runs(&Filter::default(), 100).unwrap();
        all.len() >= 6 && all.iter().all(|(_, head)| head.status.is_over())
    })
    .await;
    assert_eq!(
        handle.runs(&Filter::default(), 100).unwrap().len(),
        6,
        "one, its two calls, two, its call, and the first"
    );
    assert!(handle.runs(&open(Status::Running), 1).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_runs_of_a_sequential_scenario_go_on_after_a_restart() {
    let recursive = "
limits: { sequential: true }
trigger: [ { manual: {} }, { call: {} } ]
steps:
  - { id: below, when: trigger.body.n > 0, call: { scenario: test, input: { n: 0 } } }
  - { id: one, test.call: { n: \"{{ trigger.body.n }}\" } }
";
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(recursive);
    let run = start(&handle, json!({ "n": 1 })).await;
    until("the call of the nested run", || bench.recorder.asked() == 1).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;
    let (_bench, _engine, handle) = restart(bench, engine, &[("test", recursive)]);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_is_on_disk_while_another_is_called() {
    let text = "
steps:
  - parallel:
      slow: [ { id: slow, test.call: { n: 1 } } ]
      quick: [ { id: quick, test.call: { n: 3 } }, { wait: 1h } ]
";
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    until("both calls", || bench.recorder.asked() == 2).await;
    bench.recorder.gate.add_permits(1);
    let done = |handle: &Handle| {
        let (_, entries) = handle.journal(run).unwrap().unwrap();
        entries.iter().filter(|entry| matches!(entry, Entry::Done(_))).count()
    };
    until("one of them on disk", || done(&handle) == 1).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    until("the other", || done(&handle) == 2).await;
    assert_eq!(bench.recorder.asked(), 1, "only the one that was in flight");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_container_begins_anew_while_another_branch_is_called() {
    let text = "
steps:
  - parallel:
      other: [ { test.call: { n: 1 } } ]
      held:
        - name: both
          parallel:
            a: [ { id: a, test.call: { n: 5 } } ]
            b: [ { wait: 1s }, { test.call: { n: 2 } } ]
          on_error: hold
";
    let bench = Bench::new(Recorder::closed());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    let (_engine, handle) = bench.engine(text);
    let run = start(&handle, json!({})).await;
    until("two calls", || bench.recorder.asked() == 2).await;
    bench.clock.advance(1_000);
    until("the third", || bench.recorder.asked() == 3).await;
    // The third in the queue at the gate is the one that fails; the first two stay where they are.
    let held = |handle: &Handle| handle.state(run).unwrap().is_some_and(|state| state.is_held());
    bench.recorder.fail_now.notify_one();
    until("the hold", || held(&handle)).await;
    handle.resume_run(run, None, Release::Retry, "admin".into()).await.unwrap();
    until("the call of the branch that began anew", || bench.recorder.asked() == 4).await;
    bench.clock.advance(1_000);
    until("its other branch", || bench.recorder.asked() == 5).await;
    bench.recorder.gate.add_permits(10);
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_run_waited_for_ends_too() {
    let text = "
steps:
  - parallel:
      called: [ { call: { scenario: price-of, input: { sku: A } } } ]
      wrong: [ { wait: 1s }, { fail: no } ]
";
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine_with(&[("test", text), ("price-of", CHILD)]);
    let run = start(&handle, json!({})).await;
    until("the call", || bench.recorder.asked() == 1).await;
    bench.clock.advance(1_000);
    until("the end", || matches!(end(&handle, run), Some(End::Failed { .. }))).await;
    let child = runs_of(&handle, "price-of")[0];
    until("the end of the called run", || end(&handle, child) == Some(End::Cancelled)).await;
}
