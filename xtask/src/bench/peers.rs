//! The peers on the same processors, in turns with Hookmill: n8n as it comes and at its best, and Node-RED.

mod n8n;
mod node_red;
mod npm;
mod peer;

use anyhow::ensure;

use super::figure::{Bound, Figure, median};
use super::hello::{self, ALONE, MANY, SLOWEST};
use super::profile::Profile;
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, steps};
use n8n::{Home, Setup};
use npm::Installed;
use peer::Peer;

/// How many times as many requests per second as n8n at its best.
const N8N: Bound = Bound::AtLeast { floor: 400.0, aim: Some(600.0) };

/// How many times as many requests per second as Node-RED.
const NODE_RED: Bound = Bound::AtLeast { floor: 3.0, aim: Some(4.0) };

/// How many times as many five-step runs per second as n8n at its best.
const STEPS: Bound = Bound::AtLeast { floor: 100.0, aim: None };

/// How long an answer may take, in seconds: n8n takes some with many connections.
const PATIENCE: u64 = 60;

/// How many times as long the load on n8n lasts with many connections: answers that are still due when it ends do not
/// count, and of a few hundred that would be many.
const LONGER: u64 = 4;

/// One to be measured.
struct Contender {
    name: &'static str,
    path: &'static str,
    address: std::net::SocketAddr,
    is: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hookmill,
    N8nDefault,
    N8nBest,
    NodeRed,
}

/// Throughput and latency at each number of connections of the profile, then whole five-step runs.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let installed = Installed::ensure(bench.workspace)?;
    let profile = Profile::read(&bench.profiles, "peers")?;
    let mut figures = greetings(bench, &installed, &profile)?;
    figures.extend(chains(bench, &installed)?);
    Ok(figures)
}

/// All run all the time, and only one is under load.
fn greetings(bench: &Bench, installed: &Installed, profile: &Profile) -> anyhow::Result<Vec<Figure>> {
    let scratch = hello::scratch(bench, profile)?;
    let hookmill = hello::serve(bench, &scratch, profile)?;
    let peer = |setup| {
        let home = Home::new(installed, setup)?;
        home.start(installed, |address| hello::greeted(address, n8n::HELLO, profile))
    };
    let (default, best): (Peer, Peer) = (peer(Setup::Default)?, peer(Setup::Best)?);
    let node_red = node_red::start(installed, |address| hello::greeted(address, node_red::PATH, profile))?;
    let contender = |name, is, path, address| Contender { name, path, address, is };
    let contenders = [
        contender("Hookmill", Kind::Hookmill, hello::PATH, hookmill.address),
        contender("Node-RED", Kind::NodeRed, node_red::PATH, node_red.address),
        contender("n8n at its best", Kind::N8nBest, n8n::HELLO, best.address),
        contender("n8n", Kind::N8nDefault, n8n::HELLO, default.address),
    ];
    let mut figures = Vec::new();
    for connections in profile.connections()? {
        let mut rounds: Vec<Vec<Outcome>> = contenders.iter().map(|_| Vec::new()).collect();
        for _ in 0..RUNS {
            for (contender, outcomes) in contenders.iter().zip(&mut rounds) {
                outcomes.push(load(bench, contender, profile, connections)?);
            }
        }
        figures.extend(describe(connections, &contenders, &rounds));
    }
    Ok(figures)
}

/// Comes back once what the load left behind is answered, too: the last request stands behind all of it.
fn load(bench: &Bench, contender: &Contender, profile: &Profile, connections: u64) -> anyhow::Result<Outcome> {
    let body = profile.body();
    let is_n8n = matches!(contender.is, Kind::N8nDefault | Kind::N8nBest);
    let seconds = if is_n8n && connections >= MANY { bench.seconds * LONGER } else { bench.seconds };
    let load = Load { address: contender.address, path: contender.path, body: &body, connections, seconds };
    let outcome = wrk::run_patiently(bench, &load, PATIENCE)?;
    hello::greeted(contender.address, contender.path, profile)?;
    ensure!(outcome.requests > 0, "{} answered nothing: {outcome:?}", contender.name);
    Ok(outcome)
}

fn describe(connections: u64, contenders: &[Contender], rounds: &[Vec<Outcome>]) -> Vec<Figure> {
    let ours = rounds.first().map(Vec::as_slice).unwrap_or_default();
    let mut figures = Vec::new();
    for (contender, outcomes) in contenders.iter().zip(rounds) {
        let figure = |what: &str, unit, values| {
            Figure::new(format!("{}{what}, {connections} conn.", contender.name), unit, values)
        };
        let values = |value: fn(&Outcome) -> f64| outcomes.iter().map(value).collect::<Vec<_>>();
        let is_ours = contender.is == Kind::Hookmill;
        let promised = |at: u64, bound| if is_ours && connections == at { bound } else { Bound::Open };
        figures.push(figure("", "/s", values(|outcome| outcome.rate)));
        figures.push(figure(" p50", "ms", values(|outcome| outcome.p50)).bound(promised(1, ALONE)));
        figures.push(figure(" p99", "ms", values(|outcome| outcome.p99)).bound(promised(MANY, SLOWEST)));
        let errors = outcomes.iter().map(|outcome| outcome.errors).sum::<u64>();
        let none = if is_ours { Bound::AtMost(0.0) } else { Bound::Open };
        figures.push(figure(" errors", "", vec![errors as f64]).bound(none));
        if !is_ours {
            let ratios = ours.iter().zip(outcomes).map(|(ours, theirs)| ours.rate / theirs.rate).collect();
            let bound = match contender.is {
                Kind::N8nBest if connections == MANY => N8N,
                Kind::NodeRed if connections == MANY => NODE_RED,
                _ => Bound::Open,
            };
            let what = format!("Hookmill / {}, {connections} conn.", contender.name);
            figures.push(Figure::new(what, "times", ratios).bound(bound));
        }
    }
    figures
}

/// Five steps after an answer at once: what came to its end, by what each one keeps of it.
fn chains(bench: &Bench, installed: &Installed) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "steps")?;
    let greeting = Profile::read(&bench.profiles, "peers")?;
    let connections = profile.connections()?.last().copied().unwrap_or(1);
    let home = Home::new(installed, Setup::Best)?;
    let peer = home.start(installed, |address| hello::greeted(address, n8n::HELLO, &greeting))?;
    let body = profile.body();
    let load = Load { address: peer.address, path: n8n::STEPS, body: &body, connections, seconds: bench.seconds };
    let (mut ours, mut theirs, mut last) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        ours.push(steps::complete(bench, &profile, connections)?.rate);
        wrk::run_patiently(bench, &load, PATIENCE)?;
        let completed = home.completed(installed, last)?;
        ensure!(completed.succeeded > 0, "n8n completed no run of five steps");
        theirs.push(completed.succeeded as f64 / completed.seconds);
        last = completed.last;
    }
    let ratio = median(&ours).zip(median(&theirs)).map(|(ours, theirs)| ours / theirs);
    Ok(vec![
        Figure::new(format!("Hookmill, five-step runs completed, {connections} conn."), "/s", ours),
        Figure::new(format!("n8n at its best, five-step runs completed, {connections} conn."), "/s", theirs),
        Figure::new("Hookmill / n8n at its best, five-step runs", "times", ratio.into_iter().collect()).bound(STEPS),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::figure::Verdict;
    use super::*;

    #[test]
    fn floors_hold_where_they_are_promised() {
        let contender = |name, is| Contender { name, path: "/", address: ([127, 0, 0, 1], 1).into(), is };
        let contenders = [contender("Hookmill", Kind::Hookmill), contender("Node-RED", Kind::NodeRed)];
        let outcome = |rate, p99| vec![Outcome { requests: 1, rate, p50: 0.5, p99, errors: 0 }];
        let verdicts = |connections, p99, theirs| {
            let figures = describe(connections, &contenders, &[outcome(100.0, p99), outcome(theirs, 1.0)]);
            figures.iter().map(Figure::verdict).filter(|verdict| *verdict != Verdict::Open).collect::<Vec<_>>()
        };
        use Verdict::{AimMissed, Broken, Kept};
        assert_eq!(verdicts(100, 5.9, 20.0), [Kept, Kept, Kept]);
        assert_eq!(verdicts(100, 6.1, 30.0), [Broken, Kept, AimMissed]);
        assert_eq!(verdicts(100, 5.9, 50.0), [Kept, Kept, Broken]);
        assert_eq!(verdicts(1, 9.0, 50.0), [Kept, Kept]);
    }
}
