//! The synchronous path beside a bare actix-web handler: how much of the machine's speed is left with every run on disk
//! before its answer.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;
use serde_json::Value;

use super::bare::Pair;
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, bare, flush, http};

/// The webhook of `bench/scenarios/hello.yaml`; the bare handler answers any path.
pub(crate) const PATH: &str = "/hook/hello";

/// What share of the bare handler's requests per second is reached at [`MANY`] connections.
const SHARE: Bound = Bound::AtLeast { floor: 1.0 / 3.0, aim: Some(0.4) };

/// The number of connections at which the share and the slowest answers are promised.
pub(crate) const MANY: u64 = 100;

/// The time within which 99 of 100 answers come at [`MANY`] connections, in milliseconds.
pub(crate) const SLOWEST: Bound = Bound::AtMost(6.0);

/// The time within which half of the answers come over one connection, in milliseconds.
pub(crate) const ALONE: Bound = Bound::AtMost(0.6);

/// How long each server is warmed up, in seconds.
const WARM_UP: u64 = 1;

/// Compares at every number of connections of the profile, and counts flushes.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "hello")?;
    let bare = bare::build(bench.workspace)?;
    let mut figures = Vec::new();
    let mut errors = 0;
    for connections in profile.connections()? {
        let pairs = compare(bench, &bare, &profile, connections)?;
        errors += pairs.iter().map(|pair| pair.bare.errors + pair.ours.errors).sum::<u64>();
        figures.extend(describe(connections, &pairs));
    }
    figures.push(Figure::new("errors", "", vec![errors as f64]).bound(Bound::AtMost(0.0)));
    figures.push(flush::measure(bench, &profile)?);
    Ok(figures)
}

/// The hello scenario in a scratch folder, with its profile's body checked to be answered as it should.
pub(crate) fn serve(bench: &Bench, scratch: &Scratch, profile: &Profile) -> anyhow::Result<Server> {
    let server = Server::hookmill(bench, scratch)?;
    greeted(server.address, PATH, profile)?;
    Ok(server)
}

/// A fresh folder with the hello scenario.
pub(crate) fn scratch(bench: &Bench, profile: &Profile) -> anyhow::Result<Scratch> {
    Scratch::new(&bench.scratch, "hello", [("hello.yaml".to_owned(), profile.scenario().to_owned())])
}

/// Starts both and lets them take turns.
fn compare(bench: &Bench, bare: &Path, profile: &Profile, connections: u64) -> anyhow::Result<Vec<Pair<Outcome>>> {
    let scratch = scratch(bench, profile)?;
    let hello = serve(bench, &scratch, profile)?;
    let bare = Server::bare(bare, &scratch)?;
    greeted(bare.address, PATH, profile)?;
    let body = profile.body();
    let load = |server: &Server, seconds| {
        wrk::run(bench, &Load { address: server.address, path: PATH, body: &body, connections, seconds })
    };
    load(&bare, WARM_UP)?;
    load(&hello, WARM_UP)?;
    (0..RUNS).map(|_| Ok(Pair { bare: load(&bare, bench.seconds)?, ours: load(&hello, bench.seconds)? })).collect()
}

/// Fails unless the server answers as both have to, so that nothing else is measured.
pub(crate) fn greeted(address: SocketAddr, path: &str, profile: &Profile) -> anyhow::Result<()> {
    let answer = http::post(address, path, profile.body().as_bytes())?;
    let expected: Value = serde_json::json!({ "response": "Hello", "name": "Ada" });
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.is_ok() && body == Some(expected), "the answer is {} {said}", answer.status);
    Ok(())
}

fn describe(connections: u64, pairs: &[Pair<Outcome>]) -> Vec<Figure> {
    let figure = |what: &str, unit, value: fn(&Pair<Outcome>) -> f64| {
        Figure::new(format!("{what}, {connections} conn."), unit, pairs.iter().map(value).collect())
    };
    let promised = |at: u64, bound| if connections == at { bound } else { Bound::Open };
    vec![
        figure("bare", "/s", |pair| pair.bare.rate),
        figure("hello", "/s", |pair| pair.ours.rate),
        figure("hello / bare", "", |pair| pair.ours.rate / pair.bare.rate).bound(promised(MANY, SHARE)),
        figure("bare p50", "ms", |pair| pair.bare.p50),
        figure("bare p99", "ms", |pair| pair.bare.p99),
        figure("hello p50", "ms", |pair| pair.ours.p50).bound(promised(1, ALONE)),
        figure("hello p99", "ms", |pair| pair.ours.p99).bound(promised(MANY, SLOWEST)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::figure::Verdict;
    use super::*;

    #[test]
    fn the_share_is_of_each_pair() {
        let outcome = |rate| Outcome { requests: 1, rate, p50: 1.0, p99: 2.0, errors: 0 };
        let pair = |bare, hello| Pair { bare: outcome(bare), ours: outcome(hello) };
        // A noisy second slows both of a pair; the medians taken apart would say 0.25.
        let pairs = [pair(100.0, 36.0), pair(50.0, 18.0), pair(72.0, 25.0)];
        let share = |connections| {
            let figures = describe(connections, &pairs);
            figures.into_iter().find(|figure| figure.what.starts_with("hello / bare")).map(|figure| figure.verdict())
        };
        assert_eq!(share(100), Some(Verdict::AimMissed));
        assert_eq!(share(10), Some(Verdict::Open));
        assert_eq!(describe(100, &pairs)[2].median(), Some(0.36));
    }
}
