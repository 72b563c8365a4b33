//! Whose turn it is when several things happen at once: repeats, pauses, purges, moves and deployments that change while
//! runs wait.

use super::flow::{deploy, end, restart, runs_of, start, status};
use super::queue::dedupe;
use super::{Bench, Recorder, WAIT, id, unique, until};
use crate::{Answer, Begin, Move, Novelty, QueueState, Replay, Which};
use run::entry::End;
use serde_json::json;
use store::{Filter, Status};

const ONE_AT_A_TIME: &str = "
limits: { concurrency: { limit: 1 } }
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.body.n }}\" } } ]
";

const FREE: &str = "
trigger: { manual: {} }
steps: [ { id: one, test.call: { n: \"{{ trigger.body.n }}\" } } ]
";

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_takes_no_place_from_the_run_that_it_repeats() {
    for on_full in ["drop", "cancel_running"] {
        let text = format!(
            "
limits: {{ concurrency: {{ limit: 1, on_full: {on_full} }} }}
trigger: {{ webhook: {{ dedupe: trigger.body.id }} }}
steps: [ {{ test.call: {{ n: 1 }} }}, {{ respond: {{ text: done }} }} ]
"
        );
        let bench = Bench::new(Recorder::closed());
        let dedupe = dedupe(&bench, &text);
        let (_engine, handle) = bench.engine(&text);
        let callers: Vec<_> = (0..20)
            .map(|_| {
                let (handle, dedupe) = (handle.clone(), dedupe.clone());
                tokio::spawn(async move {
                    let deployment = handle.deployment(&id()).unwrap();
                    handle.deliver(&deployment, unique(&json!({ "id": 7 }), &dedupe), WAIT).await
                })
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
            assert!(matches!(told.answer, Answer::Responded { run: of, .. } if of == run), "{on_full}: {told:?}");
        }
        assert_eq!((firsts, runs_of(&handle, "test").len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lined_up_by_a_pause_alone_leaves_its_line_when_it_is_over() {
    let bench = Bench { unattended_runs: 1, ..Bench::new(Recorder::closed()) };
    let (engine, handle) = bench.engine(FREE);
    let mut runs = Vec::new();
    for n in 0..4 {
        runs.push(start(&handle, json!({ "n": n })).await);
    }
    until("the first call", || bench.recorder.asked() == 1).await;
    handle.set_queue(&id(), QueueState::Paused).unwrap();
    let (bench, _engine, handle) = restart(bench, engine, &[("test", FREE)]);
    until("the first to end", || end(&handle, runs[0]).is_some()).await;
    assert_eq!(handle.queues()[&id()].waiting, 3);
    handle.set_queue(&id(), QueueState::Open).unwrap();
    until("the end", || runs.iter().all(|run| end(&handle, *run) == Some(End::Succeeded))).await;
    until("the empty line", || handle.queues()[&id()].running == 0).await;
    deploy(&bench, &handle, "test", ONE_AT_A_TIME);
    let next = start(&handle, json!({ "n": 4 })).await;
    until("the next to end", || end(&handle, next) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_ends_those_that_wait_in_lines_and_no_others() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(ONE_AT_A_TIME);
    let first = start(&handle, json!({ "n": 0 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    for n in 1..50 {
        start(&handle, json!({ "n": n })).await;
    }
    assert_eq!(handle.purge(&id()).await.unwrap(), 49);
    until("an empty line", || handle.queues()[&id()].waiting == 0).await;
    let cancelled = Filter { status: Some(Status::Cancelled), ..Filter::default() };
    assert_eq!((handle.runs(&cancelled, 100).unwrap().len(), bench.recorder.asked()), (49, 1));
    bench.recorder.gate.add_permits(10);
    until("the first to end", || end(&handle, first) == Some(End::Succeeded)).await;
    let next = start(&handle, json!({ "n": 50 })).await;
    until("the next to end", || end(&handle, next) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_moved_while_it_waits_for_its_turn_waits_on_through_a_restart() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(ONE_AT_A_TIME);
    start(&handle, json!({ "n": 0 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    let second = start(&handle, json!({ "n": 1 })).await;
    let text = format!("name: Again\n{ONE_AT_A_TIME}");
    deploy(&bench, &handle, "test", &text);
    assert_eq!(handle.move_run(second, None, Move::Go, "someone".into()).await, Ok(vec![]));
    // Whoever heard that it is moved has its slot for a moment.
    until("it to wait again", || {
        let view = handle.queues()[&id()].clone();
        (view.waiting, view.running) == (1, 1)
    })
    .await;
    assert_eq!(status(&handle, second), Some(Status::Waiting));
    let after = Bench { recorder: Recorder::closed(), ..bench };
    std::mem::forget(engine);
    let (_engine, handle) = after.engine(&text);
    until("the call again", || after.recorder.asked() == 1).await;
    let view = handle.queues()[&id()].clone();
    assert_eq!((view.waiting, view.running), (1, 1));
    after.recorder.gate.add_permits(10);
    until("the end", || end(&handle, second) == Some(End::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_a_scenario_that_is_gone_take_turns_as_their_version_says() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(ONE_AT_A_TIME);
    let mut runs = Vec::new();
    for n in 0..5 {
        runs.push(start(&handle, json!({ "n": n })).await);
    }
    until("the call", || bench.recorder.asked() == 1).await;
    let after = Bench { recorder: Recorder::closed(), ..bench };
    std::mem::forget(engine);
    let (_engine, handle) = after.engine_with(&[]);
    until("the call again", || after.recorder.asked() == 1).await;
    let view = handle.queues()[&id()].clone();
    assert_eq!((view.waiting, view.running), (4, 1));
    after.recorder.gate.add_permits(10);
    until("the end", || runs.iter().all(|run| end(&handle, *run) == Some(End::Succeeded))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_an_older_version_goes_by_the_limits_of_now() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(&ONE_AT_A_TIME.replace("limit: 1", "limit: 10"));
    let old = start(&handle, json!({ "n": 0 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    bench.recorder.gate.add_permits(1);
    until("the end", || end(&handle, old) == Some(End::Succeeded)).await;
    deploy(&bench, &handle, "test", ONE_AT_A_TIME);
    start(&handle, json!({ "n": 1 })).await;
    until("the second call", || bench.recorder.asked() == 2).await;
    let again = Replay { from: Begin::Anew, version: Which::Same, input: None, by: "someone".into() };
    let replayed = handle.replay(old, again).await.unwrap();
    let view = handle.queues()[&id()].clone();
    assert_eq!((view.waiting, view.running, status(&handle, replayed)), (1, 1, Some(Status::Waiting)));
    bench.recorder.gate.add_permits(10);
    until("the end of both", || end(&handle, replayed) == Some(End::Succeeded)).await;
}
