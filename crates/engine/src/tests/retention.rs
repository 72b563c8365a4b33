//! Runs go when they need not be kept any longer.

use super::{Bench, Recorder, deliver, until};
use crate::{Filter, Handle};
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
