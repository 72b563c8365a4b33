//! The asynchronous path: how fast deliveries are acknowledged, each on disk before its 200, and how fast what was
//! acknowledged is done.

use std::time::Instant;

use serde_json::Value;

use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, http};

/// The webhook of `bench/scenarios/intake.yaml`.
const PATH: &str = "/hook/intake";

/// A load, and what was left to do after it.
struct Flood {
    acknowledged: Outcome,
    /// From the end of the load to the end of the last run, in seconds.
    behind: f64,
}

/// Floods at every number of connections of the profile.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "intake")?;
    let mut figures = Vec::new();
    for connections in profile.connections()? {
        let scratch = || Scratch::new(&bench.scratch, "intake", [("intake.yaml".into(), profile.scenario().into())]);
        let floods: Vec<Flood> =
            (0..RUNS).map(|_| flood(bench, &scratch()?, &profile, connections)).collect::<anyhow::Result<_>>()?;
        figures.extend(describe(connections, &floods));
    }
    Ok(figures)
}

fn flood(bench: &Bench, scratch: &Scratch, profile: &Profile, connections: u64) -> anyhow::Result<Flood> {
    let mut server = Server::hookmill(bench, scratch)?;
    let body = profile.body();
    let load = Load { address: server.address, path: PATH, body: &body, connections, seconds: bench.seconds };
    let acknowledged = wrk::run(bench, &load)?;
    let end = Instant::now();
    server.wait_for("every acknowledged run to end", |server| running(server) == Some(0))?;
    Ok(Flood { acknowledged, behind: end.elapsed().as_secs_f64() })
}

/// How many runs the API shows as running, one at most; nothing while it cannot say.
pub(crate) fn running(server: &Server) -> Option<usize> {
    let answer = http::get(server.address, "/api/v1/runs?status=running&limit=1").ok()?;
    let page: Value = serde_json::from_slice(&answer.body).ok()?;
    page["items"].as_array().map(Vec::len)
}

fn describe(connections: u64, floods: &[Flood]) -> Vec<Figure> {
    let figure = |what: &str, unit, value: fn(&Flood) -> f64| {
        Figure::new(format!("{what}, {connections} conn."), unit, floods.iter().map(value).collect())
    };
    let errors = floods.iter().map(|flood| flood.acknowledged.errors).sum::<u64>();
    vec![
        figure("acknowledged", "/s", |flood| flood.acknowledged.rate),
        figure("p50", "ms", |flood| flood.acknowledged.p50),
        figure("p99", "ms", |flood| flood.acknowledged.p99),
        figure("the last run ends after the load", "s", |flood| flood.behind),
        Figure::new(format!("errors, {connections} conn."), "", vec![errors as f64]).bound(Bound::AtMost(0.0)),
    ]
}
