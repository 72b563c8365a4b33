//! Requests with many items: a run for each or none at all, in order, none twice, through crashes.

use super::flow::{end, output, restart, runs_of, status};
use super::full::Tight;
use super::{Bench, Recorder, WAIT, id, input, until};
use crate::{Answer, Begin, By, Delivery, Handle, Novelty, Refused, Replay, Sample, Which, capture};
use run::entry::{End, Entry, Item, Recognised};
use run::id::RunId;
use run::tables::StoreError;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Filter, Status};

const CALL: &str = "
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.item.n }}\" } } ]
";

const IN_TURN: &str = "
limits: { concurrency: { limit: 1, key: trigger.item.customer ?? \"\" }, queue: 5 }
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.item.n }}\" } } ]
";

/// One item of a request with the list `events`, known by its number.
fn item(n: usize, index: usize, count: usize) -> Delivery {
    let path = vec!["events".to_owned()];
    let item = Item { path, index: index as u32, count: count as u32 };
    let recognised = Recognised {
        provider: Some("shop".into()),
        event: Some("order".into()),
        id: Some(format!("evt_{n}")),
        item: Some(item),
        at: 0,
    };
    Delivery {
        input: input(&json!({ "to": "us", "events": [{ "n": n }] })),
        recognised: Some(recognised),
        dedupe: Some(By::Id { id: format!("evt_{n}"), window: Duration::from_secs(3_600) }),
    }
}

fn items(numbers: impl IntoIterator<Item = usize>) -> Vec<Delivery> {
    let numbers: Vec<usize> = numbers.into_iter().collect();
    numbers.iter().enumerate().map(|(index, n)| item(*n, index, numbers.len())).collect()
}

async fn deliver_each(handle: &Handle, batch: Vec<Delivery>) -> Result<Vec<(RunId, Novelty)>, Refused> {
    let deployment = handle.deployment(&id()).unwrap();
    tokio::time::timeout(WAIT, handle.deliver_each(&deployment, batch)).await.expect("a batch is answered in time")
}

fn asked(bench: &Bench) -> Vec<i64> {
    bench.recorder.asked.lock().unwrap().iter().map(|(asked, _)| asked["n"].as_i64().unwrap()).collect()
}

fn sorted(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers
}

async fn all_succeed(handle: &Handle, count: usize) {
    let succeeded = Filter { status: Some(Status::Succeeded), ..Filter::default() };
    until("all to end", || handle.runs(&succeeded, count + 1).unwrap().len() == count).await;
}

fn firsts(told: &[(RunId, Novelty)]) -> usize {
    told.iter().filter(|(_, novelty)| *novelty == Novelty::First).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_is_a_run_that_knows_what_it_is() {
    let text = "
trigger: { manual: {} }
steps: [ { id: seen, set: { of: \"{{ trigger.provider }}/{{ trigger.event }}/{{ trigger.id }}\", n: \"{{ trigger.item.n }}\",
  index: \"{{ trigger.index }}\", to: \"{{ trigger.body.to }}\" } } ]
";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(text);
    let told = deliver_each(&handle, items([7, 8, 9])).await.unwrap();
    assert_eq!((told.len(), firsts(&told)), (3, 3));
    assert!(told.is_sorted_by(|(one, _), (next, _)| one < next), "names are in the order of the items");
    all_succeed(&handle, 3).await;
    for (index, (run, _)) in told.iter().enumerate() {
        let n = index + 7;
        let seen = json!({ "of": format!("shop/order/evt_{n}"), "n": n, "index": index, "to": "us" });
        assert_eq!(output(&handle, *run, 0), seen);
        let (_, entries) = handle.journal(*run).unwrap().unwrap();
        let [Entry::Created(_), Entry::Recognised(of), Entry::Keyed { dedupe, .. }, ..] = &entries[..] else {
            panic!("{entries:?}")
        };
        assert_eq!((of.item.as_ref().unwrap().count, dedupe), (3, &Some(format!("evt_{n}"))));
    }
    assert_eq!(deliver_each(&handle, Vec::new()).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sees_the_delivery_again_and_so_do_comparisons_and_tests() {
    let text = "
trigger: { webhook: { path: orders } }
steps: [ { id: seen, set: { event: \"{{ trigger.event }}\", n: \"{{ trigger.item.n }}\" } }, { test.call: { n: \"{{ seen.n }}\" } } ]
";
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(text);
    let told = deliver_each(&handle, items([7])).await.unwrap();
    all_succeed(&handle, 1).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", text)]);
    let step = Begin::Step { step: "seen".into(), turns: None };
    for from in [Begin::Anew, step, Begin::Step { step: "test.call".into(), turns: None }] {
        let again = Replay { from, version: Which::Same, input: None, by: "someone".into() };
        let run = handle.replay(told[0].0, again).await.unwrap();
        until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
        assert_eq!(output(&handle, run, 0), json!({ "event": "order", "n": 7 }));
        let (_, entries) = handle.journal(run).unwrap().unwrap();
        assert!(matches!(entries[1], Entry::Recognised(_)), "{entries:?}");
        // A replay may itself be done again.
        let again = Replay { from: Begin::Anew, version: Which::Same, input: None, by: "someone".into() };
        let run = handle.replay(run, again).await.unwrap();
        until("the end", || end(&handle, run) == Some(End::Succeeded)).await;
        assert_eq!(output(&handle, run, 0), json!({ "event": "order", "n": 7 }));
    }
    assert_eq!(asked(&bench), [7; 6]);
    let compared = handle.what_if(&id(), None, Sample { last: 10, status: None }).unwrap();
    assert!(compared.iter().all(|one| one.differences.is_empty() && one.unknown.is_none()), "{compared:?}");
    let (_, entries) = handle.journal(told[0].0).unwrap().unwrap();
    let plan = Arc::clone(&handle.deployment(&id()).unwrap().plan);
    let test = capture(&plan, &entries, |_| false);
    assert_eq!((&test["trigger"]["event"], &test["trigger"]["id"]), (&json!("order"), &Value::Null), "what is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_batch_starts_nothing_and_names_the_runs_of_the_first() {
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(CALL);
    let first = deliver_each(&handle, items(0..20)).await.unwrap();
    all_succeed(&handle, 20).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", CALL)]);
    let again = deliver_each(&handle, items((0..25).rev())).await.unwrap();
    assert_eq!(firsts(&again), 5);
    for (n, (run, _)) in first.iter().enumerate() {
        assert_eq!(again[24 - n], (*run, Novelty::Repeat));
    }
    all_succeed(&handle, 25).await;
    assert_eq!(sorted(asked(&bench)), [20, 21, 22, 23, 24]);
    until("the count", || handle.repeats(first[0].0).unwrap().is_some_and(|repeats| repeats.count == 1)).await;
    // One alone is the same as one of many.
    let deployment = handle.deployment(&id()).unwrap();
    let told = handle.deliver(&deployment, item(3, 0, 1), WAIT).await.unwrap();
    assert!(told.novelty == Novelty::Repeat && told.answer.run() == Some(first[3].0), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_comes_twice_in_one_batch_is_one_run() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(CALL);
    let told = deliver_each(&handle, items([1, 2, 1, 1])).await.unwrap();
    let (one, two) = (told[0].0, told[1].0);
    let expected = [(one, Novelty::First), (two, Novelty::First), (one, Novelty::Repeat), (one, Novelty::Repeat)];
    assert_eq!(told, expected);
    all_succeed(&handle, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_half_taken_before_a_crash_is_completed_by_its_repeat() {
    let mut bench = Bench::new(Recorder::new());
    let count = 1_500;
    bench.waiting_runs = 10_000;
    let tight = Tight::around(&mut bench, ("test", 0), 1, 0);
    tight.spared.store(600, Ordering::SeqCst);
    let (engine, handle) = bench.engine(CALL);
    let refused = deliver_each(&handle, items(0..count)).await;
    assert!(matches!(refused, Err(Refused::Store(StoreError::Full(_)))), "nothing is acknowledged: {refused:?}");
    assert_eq!(tight.appends.load(Ordering::SeqCst), 0, "the store was full");
    let half: BTreeSet<RunId> = runs_of(&handle, "test").into_iter().collect();
    assert!((600..count).contains(&half.len()), "{} of {count}", half.len());
    let (bench, _engine, handle) = restart(bench, engine, &[("test", CALL)]);
    let told = deliver_each(&handle, items(0..count)).await.unwrap();
    let runs: BTreeSet<RunId> = told.iter().map(|(run, _)| *run).collect();
    assert_eq!((runs.len(), count - firsts(&told)), (count, half.len()), "a run for each, and none twice");
    assert!(told.iter().all(|(run, novelty)| half.contains(run) == (*novelty == Novelty::Repeat)));
    all_succeed(&handle, count).await;
    let numbers: BTreeSet<i64> = runs.iter().map(|run| output(&handle, *run, 0)["n"].as_i64().unwrap()).collect();
    assert_eq!((numbers.len(), runs_of(&handle, "test").len()), (count, count));
    drop(bench);
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_batches_that_come_together_start_each_item_once() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(CALL);
    let callers: Vec<_> = (0..8)
        .map(|number| {
            let handle = handle.clone();
            let numbers: Vec<usize> = if number % 2 == 0 { (0..100).collect() } else { (0..100).rev().collect() };
            tokio::spawn(async move { deliver_each(&handle, items(numbers)).await.unwrap() })
        })
        .collect();
    let mut told = Vec::new();
    for caller in callers {
        told.extend(caller.await.unwrap());
    }
    let runs: BTreeSet<RunId> = told.iter().map(|(run, _)| *run).collect();
    assert_eq!((told.len(), firsts(&told), runs.len()), (800, 100, 100));
    all_succeed(&handle, 100).await;
    assert_eq!(sorted(asked(&bench)), (0..100).collect::<Vec<i64>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn items_take_turns_in_their_order_through_a_crash() {
    let text = IN_TURN.replace(", queue: 5", "");
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(&text);
    deliver_each(&handle, items(0..50)).await.unwrap();
    deliver_each(&handle, items(50..60)).await.unwrap();
    until("the first call", || bench.recorder.asked() == 1).await;
    let (bench, _engine, handle) = restart(bench, engine, &[("test", &text)]);
    all_succeed(&handle, 60).await;
    assert_eq!(asked(&bench), (0..60).collect::<Vec<i64>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_for_which_there_is_no_room_starts_nothing() {
    let bench = Bench { waiting_runs: 20, ..Bench::new(Recorder::closed()) };
    let (_engine, handle) = bench.engine(IN_TURN);
    for too_many in [7, 21] {
        let refused = deliver_each(&handle, items(0..too_many)).await;
        assert!(matches!(refused, Err(Refused::Busy { .. })), "{refused:?}");
        assert!(runs_of(&handle, "test").is_empty(), "nothing is kept of it");
        assert!(handle.queues().get(&id()).is_none_or(|view| (view.waiting, view.running) == (0, 0)));
    }
    let told = deliver_each(&handle, items(0..6)).await.unwrap();
    assert_eq!(firsts(&told), 6, "one has its turn, and five may wait");
    bench.recorder.gate.add_permits(100);
    all_succeed(&handle, 6).await;
    assert_eq!(asked(&bench), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_are_dropped_are_left_out() {
    let text = IN_TURN.replace("limit: 1", "limit: 2, on_full: drop");
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(&text);
    let told = deliver_each(&handle, items([1, 2, 3, 3])).await.unwrap();
    assert_eq!((told.len(), firsts(&told)), (2, 2));
    assert!(told.iter().all(|(run, _)| status(&handle, *run).is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_items_come_in_one_request() {
    let text = "trigger: { manual: {} }\nsteps: [ { id: one, set: \"{{ trigger.item.n }}\" } ]";
    let bench = Bench { waiting_runs: 10_000, ..Bench::new(Recorder::new()) };
    let (_engine, handle) = bench.engine(text);
    let told = deliver_each(&handle, items(0..10_000)).await.unwrap();
    assert_eq!(firsts(&told), 10_000);
    assert!(told.is_sorted_by(|(one, _), (next, _)| one < next));
    all_succeed(&handle, 10_000).await;
    let again = deliver_each(&handle, items(0..10_000)).await.unwrap();
    assert!(again.iter().zip(&told).all(|(again, first)| *again == (first.0, Novelty::Repeat)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_known_by_the_id_its_sender_gives_it() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(CALL);
    let deployment = handle.deployment(&id()).unwrap();
    let deliver = |delivery| handle.deliver(&deployment, delivery, WAIT);
    let first = deliver(item(1, 0, 1)).await.unwrap();
    let again = deliver(item(1, 0, 1)).await.unwrap();
    assert_eq!((first.novelty, again.novelty), (Novelty::First, Novelty::Repeat));
    assert_eq!(first.answer.run(), again.answer.run());
    all_succeed(&handle, 1).await;
    bench.clock.advance(3_600_000);
    let late = deliver(item(1, 0, 1)).await.unwrap();
    assert_eq!(late.novelty, Novelty::First, "the window is over");
    // What is captured and replayed afresh is a run however often it comes.
    for _ in 0..2 {
        let told = deliver(Delivery { dedupe: None, ..item(1, 0, 1) }).await.unwrap();
        assert!(told.novelty == Novelty::First && matches!(told.answer, Answer::Accepted { .. }));
    }
    all_succeed(&handle, 4).await;
}
