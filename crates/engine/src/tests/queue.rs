//! Repeats, lines by key, fairness, and what people do about queues: on the memory store, through crashes.

use super::flow::{end, output, restart, runs_of, start, status};
use super::{Bench, Recorder, WAIT, deliver, id, input, unique, until};
use crate::{Answer, Handle, Novelty, QueueState, Refused, Told};
use run::entry::{End, Entry, KeyOf};
use run::id::{RunId, ScenarioId};
use scenario::catalog::{Catalog, ModuleSpec};
use scenario::plan::{Dedupe, Plan, Rate, Trigger};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Filter, Status};

/// How the only webhook of this text recognises repeats.
pub(super) fn dedupe(bench: &Bench, text: &str) -> Dedupe {
    let catalog = Catalog::new([ModuleSpec::clone(&bench.recorder.spec)]);
    let plan: Plan = scenario::check(text, &catalog).0.unwrap();
    let webhooks = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => webhook.dedupe.expression().cloned(),
        _ => None,
    });
    webhooks.unwrap()
}

async fn hook(handle: &Handle, dedupe: &Dedupe, body: Value) -> Result<Told, Refused> {
    let deployment = handle.deployment(&id()).unwrap();
    handle.deliver(&deployment, unique(&body, dedupe), WAIT).await
}

fn count(handle: &Handle, status: Status) -> usize {
    handle.runs(&Filter { status: Some(status), ..Filter::default() }, 10_000).unwrap().len()
}

const ONCE: &str = "
trigger: { webhook: { dedupe: { key: trigger.body.id, window: 1h } } }
steps:
  - { id: one, test.call: { n: \"{{ trigger.body.n }}\" } }
  - respond: { text: \"{{ one.n }}\" }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_first_answer_before_and_after_a_crash() {
    let bench = Bench::new(Recorder::new());
    let dedupe = dedupe(&bench, ONCE);
    let (engine, handle) = bench.engine(ONCE);
    let first = hook(&handle, &dedupe, json!({ "id": "a", "n": 1 })).await.unwrap();
    assert_eq!(first.novelty, Novelty::First);
    let Answer::Responded { run, .. } = first.answer else { panic!("it answers") };
    let same = |told: Told| match told.answer {
        Answer::Responded { run: of, response } => {
            (of, String::from_utf8_lossy(&response.body).into_owned()) == (run, "1".into())
        }
        _ => false,
    };
    let again = hook(&handle, &dedupe, json!({ "id": "a", "n": 2 })).await.unwrap();
    assert!(again.novelty == Novelty::Repeat && same(again));
    let (bench, _engine, handle) = restart(bench, engine, &[("test", ONCE)]);
    assert!(same(hook(&handle, &dedupe, json!({ "id": "a", "n": 3 })).await.unwrap()));
    assert_eq!((bench.recorder.asked(), runs_of(&handle, "test").len()), (0, 1));
    until("the count", || handle.repeats(run).unwrap().is_some()).await;
    let other = hook(&handle, &dedupe, json!({ "id": "b", "n": 4 })).await.unwrap();
    assert_eq!(other.novelty, Novelty::First);
    bench.clock.advance(3_600_000);
    let late = hook(&handle, &dedupe, json!({ "id": "a", "n": 5 })).await.unwrap();
    assert_eq!(late.novelty, Novelty::First, "the window is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_that_come_together_wait_for_one_run() {
    let bench = Bench::new(Recorder::closed());
    let dedupe = dedupe(&bench, ONCE);
    let (_engine, handle) = bench.engine(ONCE);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (handle, dedupe) = (handle.clone(), dedupe.clone());
            tokio::spawn(async move { hook(&handle, &dedupe, json!({ "id": 7, "n": 1 })).await })
        })
        .collect();
    until("the call", || bench.recorder.asked() == 1).await;
    let run = runs_of(&handle, "test")[0];
    until("all repeats", || handle.repeats(run).unwrap().is_some_and(|repeats| repeats.count == 19)).await;
    bench.recorder.gate.add_permits(10);
    let mut firsts = 0;
    for caller in callers {
        let told = caller.await.unwrap().unwrap();
        firsts += usize::from(told.novelty == Novelty::First);
        assert!(matches!(told.answer, Answer::Responded { run: of, .. } if of == run), "{told:?}");
    }
    assert_eq!((firsts, bench.recorder.asked(), runs_of(&handle, "test").len()), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_a_run_that_waits_or_failed_is_told_so() {
    let text = "
trigger: { webhook: { dedupe: trigger.body.id } }
steps: [ { wait: 1h }, { when: trigger.body.bad, fail: no }, { respond: { text: late } } ]
";
    let bench = Bench::new(Recorder::new());
    let dedupe = dedupe(&bench, text);
    let (_engine, handle) = bench.engine(text);
    let calls: Vec<_> = [("a", false), ("a", false), ("b", true), ("b", true)]
        .into_iter()
        .map(|(id, bad)| {
            let (handle, dedupe) = (handle.clone(), dedupe.clone());
            tokio::spawn(async move { hook(&handle, &dedupe, json!({ "id": id, "bad": bad })).await })
        })
        .collect();
    until("two runs and two repeats", || {
        let runs = runs_of(&handle, "test");
        let repeats = runs.iter().filter_map(|run| handle.repeats(*run).unwrap()).count();
        (runs.len(), repeats, count(&handle, Status::Waiting)) == (2, 2, 2)
    })
    .await;
    bench.clock.advance(3_600_000);
    for (number, call) in calls.into_iter().enumerate() {
        let answer = call.await.unwrap().unwrap().answer;
        let fits = if number < 2 {
            matches!(answer, Answer::Responded { .. })
        } else {
            matches!(answer, Answer::Failed { .. })
        };
        assert!(fits, "{number}: {answer:?}");
    }
    let late = hook(&handle, &dedupe, json!({ "id": "b", "bad": false })).await.unwrap();
    assert!(matches!(late.answer, Answer::Failed { .. }) && late.novelty == Novelty::Repeat);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_without_a_key_is_a_run_of_its_own_that_shows_why() {
    let bench = Bench::new(Recorder::new());
    let dedupe = dedupe(&bench, ONCE);
    let (_engine, handle) = bench.engine(ONCE);
    for (body, code) in [(json!({ "n": 1 }), "missing_property"), (json!({ "id": null, "n": 2 }), "no_key")] {
        for _ in 0..2 {
            let told = hook(&handle, &dedupe, body.clone()).await.unwrap();
            assert_eq!(told.novelty, Novelty::First);
            let (_, entries) = handle.journal(told.answer.run().unwrap()).unwrap().unwrap();
            let Entry::Unkeyed { of: KeyOf::Dedupe, error, .. } = &entries[1] else { panic!("{entries:?}") };
            assert_eq!(error.code, code);
        }
    }
}

const BY_CUSTOMER: &str = "
limits: { concurrency: { limit: 1, key: trigger.body.customer } }
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.body.n }}\" } } ]
";

#[tokio::test(flavor = "multi_thread")]
async fn one_customers_runs_stay_in_order_through_a_crash_while_others_pass() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(BY_CUSTOMER);
    for n in 0..5 {
        start(&handle, json!({ "customer": "a", "n": 100 + n })).await;
    }
    start(&handle, json!({ "customer": "b", "n": 200 })).await;
    start(&handle, json!({ "n": 300 })).await;
    start(&handle, json!({ "n": 301 })).await;
    until("the first of each", || bench.recorder.asked() == 3).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", BY_CUSTOMER)]);
    until("the end", || count(&handle, Status::Succeeded) == 8).await;
    let asked = bench.recorder.asked.lock().unwrap();
    let asked: Vec<i64> = asked.iter().map(|(asked, _)| asked["n"].as_i64().unwrap()).collect();
    let of = |hundreds: i64| -> Vec<i64> { asked.iter().copied().filter(|n| n / 100 == hundreds).collect() };
    assert_eq!((of(1), of(2), of(3)), (vec![100, 101, 102, 103, 104], vec![200], vec![300, 301]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_dropped_or_takes_the_place_of_the_oldest() {
    let text = |on_full: &str| BY_CUSTOMER.replace("limit: 1", &format!("limit: 1, on_full: {on_full}"));
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(&text("drop"));
    start(&handle, json!({ "customer": "a", "n": 1 })).await;
    assert!(matches!(deliver(&handle, json!({ "customer": "a", "n": 2 })).await, Ok(Answer::Dropped)));
    start(&handle, json!({ "customer": "b", "n": 3 })).await;
    assert_eq!(runs_of(&handle, "test").len(), 2);
    assert_eq!(handle.queues()[&id()].dropped, 1);

    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(&text("cancel_running"));
    let old = start(&handle, json!({ "customer": "a", "n": 1 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    let new = start(&handle, json!({ "customer": "a", "n": 2 })).await;
    until("the end of the old one", || end(&handle, old) == Some(End::Cancelled)).await;
    until("the new call", || bench.recorder.asked() == 2).await;
    bench.recorder.gate.add_permits(2);
    until("the end of the new one", || end(&handle, new) == Some(End::Succeeded)).await;
}

const SLOW: &str = "trigger: { manual: {} }\nsteps: [ { id: one, test.call: { n: 1 } } ]";

#[tokio::test(flavor = "multi_thread")]
async fn w15_a_flood_of_slow_runs_leaves_slots_to_others() {
    let bench = Bench { unattended_runs: 8, ..Bench::new(Recorder::closed()) };
    let (_engine, handle) = bench.engine_with(&[("test", SLOW), ("other", SLOW)]);
    for _ in 0..100 {
        start(&handle, json!({})).await;
    }
    until("the share of the flood", || bench.recorder.asked() == 6).await;
    let other: ScenarioId = "other".parse().unwrap();
    let run = RunId(uuid::Uuid::now_v7());
    handle.start_once(run, &handle.deployment(&other).unwrap(), input(&json!({}))).await.unwrap();
    until("the other's call at once", || bench.recorder.asked() == 7).await;
    until("all to wait", || {
        let view = handle.queues()[&id()].clone();
        (view.waiting, view.running) == (94, 6)
    })
    .await;
    bench.recorder.gate.add_permits(1_000);
    until("the end", || count(&handle, Status::Succeeded) == 101).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_takes_in_and_begins_nothing_through_a_restart() {
    for text in [SLOW, BY_CUSTOMER] {
        let bench = Bench::new(Recorder::new());
        let (engine, handle) = bench.engine(text);
        handle.set_queue(&id(), QueueState::Paused).unwrap();
        let body = json!({ "n": 1, "customer": "a" });
        let runs = [start(&handle, body.clone()).await, start(&handle, body.clone()).await];
        assert!(runs.iter().all(|run| status(&handle, *run) == Some(Status::Waiting)));
        let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
        let third = start(&handle, body).await;
        let view = handle.queues()[&id()].clone();
        assert_eq!((view.state, view.waiting, view.running, bench.recorder.asked()), (QueueState::Paused, 3, 0, 0));
        handle.cancel(third).await.unwrap();
        handle.set_queue(&id(), QueueState::Open).unwrap();
        until("the end", || runs.iter().all(|run| end(&handle, *run) == Some(End::Succeeded))).await;
        assert_eq!((bench.recorder.asked(), end(&handle, third)), (2, Some(End::Cancelled)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_queue_takes_nothing_in_and_a_purged_one_is_empty() {
    let bench = Bench { unattended_runs: 1, ..Bench::new(Recorder::closed()) };
    let (_engine, handle) = bench.engine(SLOW);
    let first = start(&handle, json!({})).await;
    until("the call", || bench.recorder.asked() == 1).await;
    for _ in 0..500 {
        start(&handle, json!({})).await;
    }
    // A run is acknowledged once it is on disk, a moment before it is in the queue.
    until("all to wait", || handle.queues()[&id()].waiting == 500).await;
    handle.set_queue(&id(), QueueState::Draining).unwrap();
    let refused = deliver(&handle, json!({})).await;
    assert!(matches!(refused, Err(Refused::Draining { retry_after: 1..=3_600 })), "{refused:?}");
    assert_eq!(handle.purge(&id()).await.unwrap(), 500);
    assert_eq!((count(&handle, Status::Cancelled), handle.queues()[&id()].waiting), (500, 0));
    bench.recorder.gate.add_permits(1);
    until("the end", || end(&handle, first) == Some(End::Succeeded)).await;
    until("the empty queue", || handle.queues()[&id()].running == 0).await;
    handle.set_queue(&id(), QueueState::Open).unwrap();
    bench.recorder.gate.add_permits(1);
    start(&handle, json!({})).await;
    until("the next", || count(&handle, Status::Succeeded) == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_never_began_fails_at_its_deadline() {
    let text = BY_CUSTOMER.replace("limits: {", "limits: { deadline: 10m,");
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(&text);
    let body = json!({ "n": 1, "customer": "a" });
    let deployment = handle.deployment(&id()).unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let (handle, deployment, body) = (handle.clone(), deployment.clone(), body.clone());
            tokio::spawn(
                async move { handle.deliver(&deployment, input(&body).into(), Duration::from_millis(1)).await },
            )
        })
        .collect();
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    until("the call", || bench.recorder.asked() == 1).await;
    bench.clock.advance(600_000);
    until("all to fail", || count(&handle, Status::Failed) == 3).await;
    for run in runs_of(&handle, "test") {
        assert!(matches!(end(&handle, run), Some(End::Failed { error, .. }) if error.code == "deadline"));
    }
    assert_eq!(bench.recorder.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_engine_takes_in_only_so_many() {
    let bench = Bench { unattended_runs: 1, waiting_runs: 3, ..Bench::new(Recorder::closed()) };
    let (_engine, handle) = bench.engine(SLOW);
    for _ in 0..4 {
        start(&handle, json!({})).await;
    }
    until("three to wait", || handle.queues()[&id()].waiting == 3).await;
    let refused = deliver(&handle, json!({})).await;
    assert!(matches!(refused, Err(Refused::Busy { retry_after: 1..=3_600 })), "{refused:?}");
    assert_eq!(runs_of(&handle, "test").len(), 4, "nothing is kept of it");
    bench.recorder.gate.add_permits(100);
    until("room", || count(&handle, Status::Succeeded) == 4).await;
    let run = start(&handle, json!({})).await;
    until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
    assert_eq!(output(&handle, run, 0), json!({ "n": 1 }));
}

const OVER: &str = "
trigger: { manual: {} }
steps: [ { id: one, test.call: { connection: shop, n: \"{{ trigger.body.n }}\" } } ]
";

#[tokio::test(flavor = "multi_thread")]
async fn calls_over_a_connection_keep_its_rate_and_hold_no_slot_meanwhile() {
    let bench = Bench { unattended_runs: 2, ..Bench::new(Recorder::new()) };
    let (_engine, handle) = bench.engine_with(&[("test", OVER), ("other", SLOW)]);
    let rate = Rate { count: 1, per: Duration::from_secs(60) };
    handle.use_rates([("shop".to_owned(), rate)].into());
    for n in 0..10 {
        start(&handle, json!({ "n": n })).await;
    }
    until("nine to wait", || bench.recorder.asked() == 1 && count(&handle, Status::Waiting) == 9).await;
    let run = RunId(uuid::Uuid::now_v7());
    handle.start_once(run, &handle.deployment(&"other".parse().unwrap()).unwrap(), input(&json!({}))).await.unwrap();
    until("the other", || end(&handle, run) == Some(End::Succeeded)).await;
    for calls in 3..=11 {
        bench.clock.advance(59_999);
        assert_eq!(bench.recorder.asked(), calls - 1);
        bench.clock.advance(1);
        until("the next", || bench.recorder.asked() == calls).await;
    }
    until("the end", || count(&handle, Status::Succeeded) == 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_far_side_that_asks_for_time_gets_it_from_every_run() {
    let text = OVER.replace("} } ]", "}, retry: { attempts: 2, backoff: 1s, jitter: none } } ]");
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    bench.recorder.busy_for.store(120_000, Ordering::SeqCst);
    let (_engine, handle) = bench.engine(&text);
    start(&handle, json!({ "n": 2 })).await;
    until("the refusal", || count(&handle, Status::Waiting) == 1).await;
    start(&handle, json!({ "n": 3 })).await;
    until("both to wait", || count(&handle, Status::Waiting) == 2).await;
    bench.clock.advance(119_999);
    assert_eq!(bench.recorder.asked(), 1);
    bench.clock.advance(1);
    until("the end", || count(&handle, Status::Succeeded) == 2).await;
}
