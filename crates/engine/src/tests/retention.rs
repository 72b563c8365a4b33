//! Runs go when they need not be kept any longer.

use super::{Bench, Recorder, deliver, until};
use crate::{Filter, Handle};
use run::id::RunId;
use run::tables::Expected;
use serde_json::json;

fn count(handle: &Handle) -> usize {
    handle.runs(&Filter::default(), 100).unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_says_how_long_its_runs_are_kept() {
    let bench = Bench::new(Recorder::new());
    let text = "keep: 2h\nsteps: [ { set: 1 } ]";
    let (_engine, handle) = bench.engine(text);
    let began = bench.clock_now();
    deliver(&handle, json!({})).await.unwrap();
    bench.clock.advance(3_600_000);
    deliver(&handle, json!({})).await.unwrap();
    assert_eq!(count(&handle), 2);
    // It is looked every ten minutes from when it was looked last.
    until("all to go", || {
        bench.clock.advance(600_000);
        count(&handle) == 0
    })
    .await;
    assert!(bench.clock_now() - began >= 3 * 3_600_000, "not before their time");
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_repeats_go_with_their_runs() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine("steps: [ { set: 1 } ]");
    let kept = deliver(&handle, json!({})).await.unwrap().run().unwrap();
    let gone = |number: u16| RunId(format!("0190b6f0-0000-7000-8000-{number:012x}").parse().unwrap());
    let count = br#"{"count":1,"last":0}"#;
    for run in (0..1_500).map(gone).chain([kept]) {
        bench.store.tables.put("repeats", &run.to_string(), count, Expected::Any).unwrap();
    }
    until("all others to go", || {
        bench.clock.advance(600_000);
        bench.store.tables.scan("repeats", "", None, 10).unwrap().len() == 1
    })
    .await;
    assert_eq!(handle.repeats(kept).unwrap().unwrap().count, 1);
}
