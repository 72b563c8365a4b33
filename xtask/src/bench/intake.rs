//! The asynchronous path beside a bare actix-web handler: how fast deliveries are acknowledged, each on disk before its
//! 200, and how fast what was acknowledged is done.

use std::path::Path;
use std::time::Instant;

use super::bare::{self, Pair};
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, runs};

/// The webhook of `bench/scenarios/intake.yaml`.
const PATH: &str = "/hook/intake";

/// What share of the bare handler's requests per second is reached.
const SHARE: Bound = Bound::AtLeast { floor: 0.5, aim: None };

/// A load, and what was left to do after it.
struct Flood {
    acknowledged: Outcome,
    /// From the end of the load to the end of the last run, in seconds.
    behind: f64,
}

/// Floods at every number of connections of the profile.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "intake")?;
    let bare = bare::build(bench.workspace)?;
    let mut figures = Vec::new();
    for connections in profile.connections()? {
        let pairs: Vec<_> =
            (0..RUNS).map(|_| compare(bench, &bare, &profile, connections)).collect::<anyhow::Result<_>>()?;
        figures.extend(describe(connections, &pairs));
    }
    Ok(figures)
}

/// Both servers are new each time: what one flood has left to do must not slow the next.
fn compare(bench: &Bench, bare: &Path, profile: &Profile, connections: u64) -> anyhow::Result<Pair<Flood>> {
    let scratch = Scratch::new(&bench.scratch, "intake", [("intake.yaml".into(), profile.scenario().into())])?;
    let bare = Server::bare(bare, &scratch)?;
    let body = profile.body();
    let load = |server: &Server| {
        wrk::run(bench, &Load { address: server.address, path: PATH, body: &body, connections, seconds: bench.seconds })
    };
    let bare = load(&bare)?;
    let mut server = Server::hookmill(bench, &scratch)?;
    let acknowledged = load(&server)?;
    let end = Instant::now();
    server.wait_for("every acknowledged run to end", |server| runs::running(server) == Some(0))?;
    Ok(Pair { bare, ours: Flood { acknowledged, behind: end.elapsed().as_secs_f64() } })
}

fn describe(connections: u64, pairs: &[Pair<Flood>]) -> Vec<Figure> {
    let figure = |what: &str, unit, value: fn(&Pair<Flood>) -> f64| {
        Figure::new(format!("{what}, {connections} conn."), unit, pairs.iter().map(value).collect())
    };
    let errors = pairs.iter().map(|pair| pair.ours.acknowledged.errors + pair.bare.errors).sum::<u64>();
    vec![
        figure("bare", "/s", |pair| pair.bare.rate),
        figure("acknowledged", "/s", |pair| pair.ours.acknowledged.rate),
        figure("acknowledged / bare", "", |pair| pair.ours.acknowledged.rate / pair.bare.rate).bound(SHARE),
        figure("p50", "ms", |pair| pair.ours.acknowledged.p50),
        figure("p99", "ms", |pair| pair.ours.acknowledged.p99),
        figure("the last run ends after the load", "s", |pair| pair.ours.behind),
        Figure::new(format!("errors, {connections} conn."), "", vec![errors as f64]).bound(Bound::AtMost(0.0)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::figure::Verdict;
    use super::*;

    #[test]
    fn errors_and_a_small_share_break_the_promise() {
        let outcome = |rate, errors| Outcome { requests: 1, rate, p50: 1.0, p99: 2.0, errors };
        let verdicts = |ours, errors| {
            let pair =
                Pair { bare: outcome(100.0, 0), ours: Flood { acknowledged: outcome(ours, errors), behind: 0.5 } };
            describe(100, &[pair]).iter().map(Figure::verdict).filter(|verdict| *verdict != Verdict::Open).collect()
        };
        let check = |ours, errors, expected: [Verdict; 2]| {
            let seen: Vec<Verdict> = verdicts(ours, errors);
            assert_eq!(seen, expected, "{ours} {errors}");
        };
        check(50.0, 0, [Verdict::Kept, Verdict::Kept]);
        check(49.0, 0, [Verdict::Broken, Verdict::Kept]);
        check(80.0, 1, [Verdict::Kept, Verdict::Broken]);
    }
}
