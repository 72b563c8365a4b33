//! Runs done again: calls in doubt, replays, moves to other versions, and what another text would have made of them.

use super::flow::{DAY, deploy, end, output, restart, start, status};
use super::{Bench, Recorder, id, until};
use crate::{Begin, Compared, Handle, Incomparable, Move, Replay, Sample, Unheard, Unreplayable, Which};
use run::entry::{End, Entry, Release};
use run::history::{InDoubt, StepRecord, history};
use run::id::RunId;
use run::payload::Payload;
use run::replay::Why;
use serde_json::{Value, json};
use std::time::Instant;
use store::Status;

const CALLS: &str = "
trigger: { manual: {} }
steps:
  - id: made
    set: { at: \"{{ now() }}\", key: \"{{ uuid() }}\", n: \"{{ trigger.body.n }}\" }
  - id: one
    test.call: { n: 1, key: \"{{ made.key }}\" }
  - id: drawn
    rhai: \"[now(), uuid(), random_int(1, 1000000)]\"
  - id: two
    test.call: { n: \"{{ made.n }}\" }
";

fn steps(handle: &Handle, run: RunId) -> Vec<StepRecord> {
    history(&handle.journal(run).unwrap().unwrap().1)
}

async fn succeeded(handle: &Handle, run: RunId) {
    until("the end", || end(handle, run).is_some()).await;
    assert_eq!(end(handle, run), Some(End::Succeeded));
}

fn replay(from: Begin) -> Replay {
    Replay { from, version: Which::Same, input: None, by: "someone".into() }
}

fn step(name: &str) -> Begin {
    Begin::Step { step: name.to_owned(), turns: None }
}

/// A run whose first call is in flight when the process ends.
async fn interrupted(text: &str) -> (Bench, Handle, RunId, crate::Engine) {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(text);
    let run = start(&handle, json!({ "n": 5 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    bench.clock.advance(60_000);
    let (bench, engine, handle) = restart(bench, engine, &[(id().as_str(), text)]);
    (bench, handle, run, engine)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_in_flight_at_a_crash_is_named_and_made_again_as_it_was() {
    let text = "steps: [ { id: one, test.call: { at: \"{{ now() }}\", key: \"{{ uuid() }}\" } } ]";
    let first = Bench::new(Recorder::closed());
    let (engine, handle) = first.engine(text);
    let run = start(&handle, json!({})).await;
    until("the call", || first.recorder.asked() == 1).await;
    let sent = first.recorder.asked.lock().unwrap().clone();
    let began = crate::Clock::now(&*first.clock);
    first.clock.advance(60_000);
    let (second, _engine, handle) = restart(first, engine, &[(id().as_str(), text)]);
    succeeded(&handle, run).await;
    assert_eq!(*second.recorder.asked.lock().unwrap(), sent, "the same parameters and the same key");
    let doubt = InDoubt { attempt: 1, started: began, noticed: began + 60_000 };
    assert_eq!(steps(&handle, run)[0].in_doubt, [doubt]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_in_doubt_is_held_where_the_step_says_so_until_someone_decides() {
    let text = "
steps:
  - id: pay
    test.call: { n: 5 }
    after_crash: hold
    on_error: { use: { code: \"{{ error.code }}\" } }
";
    for (release, asked, gives) in [
        (Release::Retry, 1, json!({ "n": 5 })),
        (Release::Use(Payload::of_value(&json!("paid"))), 0, json!("paid")),
        (Release::Fail, 0, json!({ "code": "in_doubt" })),
    ] {
        let (bench, handle, run, _engine) = interrupted(text).await;
        until("the hold", || status(&handle, run) == Some(Status::Held)).await;
        assert_eq!(bench.recorder.asked(), 0, "nothing is sent before someone decides");
        let state = handle.state(run).unwrap().unwrap();
        let (_, error) = state.held().next().unwrap();
        assert_eq!(error.code, "in_doubt");
        assert!(error.message.contains("2026-01-01T00:00:00.000Z with {\"n\":5}"), "{error}");
        handle.resume_run(run, None, release, "someone".into()).await.unwrap();
        succeeded(&handle, run).await;
        assert_eq!(bench.recorder.asked(), asked);
        assert_eq!(output(&handle, run, 0), gives);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_begins_at_a_step_and_sees_again_what_was_seen() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(CALLS);
    let run = start(&handle, json!({ "n": 7 })).await;
    succeeded(&handle, run).await;
    bench.clock.advance(DAY);

    let whole = handle.replay(run, replay(Begin::Anew)).await.unwrap();
    succeeded(&handle, whole).await;
    for pure in [0, 2] {
        assert_eq!(output(&handle, whole, pure), output(&handle, run, pure), "time and chance are those of then");
    }
    assert_eq!(bench.recorder.asked(), 4);

    let later = handle.replay(whole, replay(step("drawn"))).await.unwrap();
    succeeded(&handle, later).await;
    assert_eq!(bench.recorder.asked(), 5, "what lies before the step is not called again");
    assert_eq!(output(&handle, later, 2), output(&handle, run, 2), "a replay of a replay, too");
    let keys: Vec<String> = bench.recorder.asked.lock().unwrap().iter().map(|(_, key)| key.clone()).collect();
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "each has keys of its own");
    let told = steps(&handle, later);
    assert_eq!(told.iter().map(|step| step.copied).collect::<Vec<_>>(), [true, true, false, false]);
    let (_, entries) = handle.journal(later).unwrap().unwrap();
    let replayed = entries.iter().find_map(|entry| match entry {
        Entry::Replayed(replayed) => Some((replayed.of, replayed.draws, replayed.by.as_str())),
        _ => None,
    });
    assert_eq!(replayed, Some((whole, run, "someone")));

    let input = Some(Payload::of_value(&json!({ "n": 8 })));
    let edited = handle.replay(run, Replay { input, ..replay(Begin::Anew) }).await.unwrap();
    succeeded(&handle, edited).await;
    assert_eq!(output(&handle, edited, 3), json!({ "n": 8 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_goes_on_under_the_version_that_mends_it() {
    let broken = CALLS.replace("id: two\n    test.call: { n: \"{{ made.n }}\" }", "id: two\n    set: \"{{ made.m }}\"");
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(&broken);
    let run = start(&handle, json!({ "n": 7 })).await;
    until("the failure", || matches!(end(&handle, run), Some(End::Failed { .. }))).await;
    // Its time is up long ago; that is no reason for the replay to fail.
    bench.clock.advance(DAY);
    deploy(&bench, &handle, "test", &broken.replace("made.m }}", "made.n }}").replace("steps:", "steps:\n  # mended"));
    let mended = Replay { version: Which::Current, ..replay(Begin::Failure) };
    let again = handle.replay(run, mended).await.unwrap();
    succeeded(&handle, again).await;
    assert_eq!(output(&handle, again, 3), json!(7));
    assert_eq!(bench.recorder.asked(), 1);

    deploy(&bench, &handle, "test", &CALLS.replace("id: one", "id: other"));
    let current = Replay { version: Which::Current, ..replay(step("two")) };
    let refused = handle.replay(run, current).await.unwrap_err();
    let Unreplayable::Misfits(misfits) = &refused else { panic!("{refused}") };
    assert_eq!((misfits[0].step.as_str(), &misfits[0].why), ("one", &Why::Missing));
    let refused = handle.replay(run, replay(step("nowhere"))).await.unwrap_err();
    assert_eq!(refused.to_string(), "the run did not reach a step `nowhere`");
    let unknown = RunId(uuid::Uuid::from_u128(7));
    assert!(matches!(handle.replay(unknown, replay(Begin::Anew)).await, Err(Unreplayable::Unknown)));
}

const WAITS: &str = "
steps:
  - id: made
    set: { key: \"{{ uuid() }}\" }
  - id: pause
    wait: 30d
  - id: late
    test.call: { n: 1 }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_run_is_moved_where_it_fits_and_goes_on_so_after_a_restart() {
    let bench = Bench::new(Recorder::new());
    let (engine, handle) = bench.engine(WAITS);
    let run = start(&handle, json!({})).await;
    until("the wait", || status(&handle, run) == Some(Status::Waiting)).await;

    deploy(&bench, &handle, "test", &WAITS.replace("id: made", "id: built"));
    let misfits = handle.move_run(run, None, Move::Go, "someone".into()).await.unwrap();
    assert_eq!(misfits.iter().map(ToString::to_string).collect::<Vec<_>>(), ["there is no step `made`"]);

    let renamed = WAITS
        .replace("id: late\n    test.call: { n: 1 }", "id: later\n    test.call: { n: 2, was: \"{{ made.key }}\" }");
    deploy(&bench, &handle, "test", &renamed);
    assert_eq!(handle.move_run(run, None, Move::Check, "someone".into()).await, Ok(Vec::new()));
    let pinned = |handle: &Handle| handle.state(run).unwrap().unwrap().plan().version.clone();
    let current = handle.deployment(&id()).unwrap().plan.version.clone();
    assert_ne!(pinned(&handle), current, "a check moves nothing");
    assert_eq!(handle.move_run(run, None, Move::Go, "someone".into()).await, Ok(Vec::new()));
    assert_eq!(pinned(&handle), current);

    bench.clock.advance(DAY);
    let (bench, _engine, handle) = restart(bench, engine, &[(id().as_str(), &renamed)]);
    bench.clock.advance(30 * DAY);
    succeeded(&handle, run).await;
    assert_eq!(bench.recorder.asked.lock().unwrap()[0].0["n"], 2);
    assert_eq!(handle.move_run(run, None, Move::Go, "someone".into()).await, Err(Unheard::Over));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_calls_out_is_not_moved() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(CALLS);
    let run = start(&handle, json!({ "n": 1 })).await;
    until("the call", || bench.recorder.asked() == 1).await;
    deploy(&bench, &handle, "test", &format!("{CALLS}\n  - set: 1\n"));
    assert_eq!(handle.move_run(run, None, Move::Go, "someone".into()).await, Err(Unheard::Busy));
    bench.recorder.gate.add_permits(9);
    succeeded(&handle, run).await;
}

fn what_if(handle: &Handle, text: &str, last: usize) -> Vec<Compared> {
    handle.what_if(&id(), Some(text), Sample { last, status: None }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_without_end_is_not_walked_to_it_and_large_values_are_not_told_whole() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine("steps: [ { id: made, set: { n: 1 } } ]");
    let run = start(&handle, json!({})).await;
    succeeded(&handle, run).await;
    let within = "steps: [ { repeat: { times: 1000, steps: [ { set: 1 } ] } } ]";
    let compared = what_if(&handle, &format!("steps: [ {{ repeat: {{ times: 1000, {within} }} }} ]"), 1).remove(0);
    assert_eq!(compared.unknown.as_deref(), Some("the walk has more than 50000 entries"));
    let large = format!("steps: [ {{ id: made, set: {{ n: {} }} }} ]", "x".repeat(5_000));
    let compared = what_if(&handle, &large, 1).remove(0);
    let Some(Value::String(told)) = &compared.differences[0].would_be else { panic!("{compared:?}") };
    assert_eq!((told.chars().count(), compared.unknown), (1_025, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_text_is_compared_with_what_was() {
    let bench = Bench::new(Recorder::new());
    let text = format!("{CALLS}  - respond: {{ json: {{ n: \"{{{{ two.n }}}}\", key: \"{{{{ made.key }}}}\" }} }}\n");
    let (_engine, handle) = bench.engine(&text);
    for n in 0..100 {
        let run = start(&handle, json!({ "n": n })).await;
        succeeded(&handle, run).await;
    }
    let asked = bench.recorder.asked();

    // Steps above, and other lines, change nothing of what is drawn.
    let same = text.replace("steps:", "# More to read.\n\nsteps:\n  - assign: { unread: 1 }");
    let began = Instant::now();
    let compared = what_if(&handle, &same, 100);
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    assert_eq!(compared.len(), 100);
    for run in &compared {
        let [added] = &run.differences[..] else { panic!("{run:?}") };
        assert_eq!((added.at.as_str(), added.path.as_str()), ("assign", "step"));
        assert_eq!(run.unknown, None);
    }

    let other = text.replace("n: \"{{ made.n }}\"", "n: \"{{ made.n * 2 }}\"");
    let run = &what_if(&handle, &other, 1)[0];
    let [sent] = &run.differences[..] else { panic!("{run:?}") };
    assert_eq!((sent.at.as_str(), sent.path.as_str()), ("two", "sent.with.n"));
    assert_eq!((&sent.was, &sent.would_be), (&Some(json!(99)), &Some(json!(198))));

    let more = text.replace("  - id: drawn", "  - id: fresh\n    test.call: { n: 3 }\n  - id: drawn");
    let run = &what_if(&handle, &more, 1)[0];
    assert_eq!(run.unknown.as_deref(), Some("`fresh` (test.call) would be called, and nothing is on record of it"));
    assert!(
        run.differences.iter().any(|told| told.at == "fresh" && told.path == "call" && told.was.is_none()),
        "{run:?}"
    );

    let answers = text.replace("key: \"{{ made.key }}\" }", "keys: 1 }");
    let run = &what_if(&handle, &answers, 1)[0];
    let paths: Vec<&str> = run.differences.iter().map(|told| told.path.as_str()).collect();
    assert!(paths.contains(&"body.key") && paths.contains(&"body.keys"), "{paths:?}");

    assert_eq!(bench.recorder.asked(), asked, "nothing leaves the machine");
    let invalid = handle.what_if(&id(), Some("steps: 1"), Sample { last: 1, status: None });
    assert!(matches!(invalid, Err(Incomparable::Invalid(_))));
    assert_eq!(what_if(&handle, &text, 3).iter().map(|run| run.differences.len()).sum::<usize>(), 0);
    let _: Value = serde_json::to_value(&compared).unwrap();
}
