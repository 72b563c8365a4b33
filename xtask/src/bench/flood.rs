//! A flood against a scenario whose far side takes a second for each answer: what it costs in memory, what others notice
//! of it, and whether everything that was accepted is done, in its order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::events::{Acknowledged, Events};
use super::far_side::FarSide;
use super::figure::{Bound, Figure, median};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, gauge, hello, runs};

/// The webhook of `bench/scenarios/flood.yaml`.
const PATH: &str = "/hook/flood";

/// The most memory that may be held, in MB.
const MEMORY: Bound = Bound::AtMost(250.0);

/// How many times as long as without the flood 99 of 100 answers of another scenario may take.
const DELAY: Bound = Bound::AtMost(2.0);

/// What the far side takes for an answer while the flood comes and others are measured.
const SLOW: Duration = Duration::from_secs(1);

/// The other scenario, in three situations.
struct Others {
    alone: Vec<Outcome>,
    meanwhile: Vec<Outcome>,
    behind: Vec<Outcome>,
}

/// First the flood comes and is waited upon by a slow far side; then that answers at once, so that the end of a million
/// events can be seen within minutes.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "flood")?;
    let count = bench.events.map_or_else(|| profile.number("count"), Ok)?;
    let far_side = FarSide::start(SLOW)?;
    let greeting = Profile::read(&bench.profiles, "hello")?;
    let files = [("flood.yaml", far_side.put_into(profile.scenario())), ("hello.yaml", greeting.scenario().to_owned())];
    let scratch = Scratch::new(&bench.scratch, "flood", files.map(|(name, text)| (name.to_owned(), text)))?;
    let mut server = hello::serve(bench, &scratch, &greeting)?;
    let other = |server: &Server| greet(bench, server, &profile, &greeting);
    let alone = (0..RUNS).map(|_| other(&server)).collect::<anyhow::Result<Vec<_>>>()?;
    let start = Instant::now();
    let (acknowledged, meanwhile) = pour(&server, &profile, count, || other(&server))?;
    let poured = start.elapsed();
    let behind = (0..RUNS).map(|_| other(&server)).collect::<anyhow::Result<Vec<_>>>()?;
    let (start, left) = (Instant::now(), acknowledged.len().saturating_sub(far_side.events()));
    far_side.take(Duration::ZERO);
    far_side.wait_for(acknowledged.len())?;
    let drained = left as f64 / start.elapsed().as_secs_f64();
    server.wait_for("the last run to end", |server| runs::running(server) == Some(0))?;
    let peak = gauge::peak(server.pid())?;
    let mut figures = vec![
        Figure::new("accepted", "", vec![acknowledged.len() as f64]),
        Figure::new("accepted", "/s", vec![acknowledged.len() as f64 / poured.as_secs_f64()]),
        Figure::new("refused", "", vec![acknowledged.refused as f64]),
        Figure::new("resident at most", "MB", vec![peak]).bound(MEMORY),
    ];
    figures.extend(describe(&Others { alone, meanwhile, behind }));
    figures.push(Figure::new("drained once the far side answers at once", "/s", vec![drained]));
    figures.extend(kept(&far_side, &acknowledged)?);
    Ok(figures)
}

/// Posts the flood at the profile's rate, and measures again and again meanwhile.
fn pour(
    server: &Server,
    profile: &Profile,
    count: u64,
    mut other: impl FnMut() -> anyhow::Result<Outcome>,
) -> anyhow::Result<(Acknowledged, Vec<Outcome>)> {
    let events = Events {
        address: server.address,
        path: PATH,
        keys: u32::try_from(profile.number("keys")?)?,
        clients: u32::try_from(profile.connections()?.first().copied().unwrap_or(1))?,
        rate: Some(profile.number("rate")? as f64),
    };
    let (goes_on, over) = (AtomicBool::new(true), AtomicBool::new(false));
    thread::scope(|scope| {
        let poured = scope.spawn(|| {
            let acknowledged = events.post(count, 1, &goes_on);
            over.store(true, Ordering::Relaxed);
            acknowledged
        });
        let mut outcomes = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let outcome = other();
            if outcome.is_err() {
                goes_on.store(false, Ordering::Relaxed);
            }
            outcomes.push(outcome?);
        }
        let acknowledged = poured.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the flood broke off")))?;
        Ok((acknowledged, outcomes))
    })
}

fn greet(bench: &Bench, server: &Server, profile: &Profile, greeting: &Profile) -> anyhow::Result<Outcome> {
    let body = greeting.body();
    let connections = profile.number("others")?;
    let load = Load { address: server.address, path: hello::PATH, body: &body, connections, seconds: bench.seconds };
    wrk::run(bench, &load)
}

fn describe(others: &Others) -> Vec<Figure> {
    let p99 = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.p99).collect::<Vec<_>>();
    let alone = median(&p99(&others.alone)).unwrap_or(f64::NAN);
    let times = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.p99 / alone).collect::<Vec<_>>();
    let all = [&others.alone, &others.meanwhile, &others.behind];
    let errors = all.iter().flat_map(|outcomes| outcomes.iter()).map(|outcome| outcome.errors).sum::<u64>();
    vec![
        Figure::new("another scenario's p99, alone", "ms", p99(&others.alone)),
        Figure::new("the same while the flood comes", "ms", p99(&others.meanwhile)),
        Figure::new("the same, times", "", times(&others.meanwhile)).bound(DELAY),
        Figure::new("the same while it is worked off", "ms", p99(&others.behind)),
        Figure::new("the same, times", "", times(&others.behind)).bound(DELAY),
        Figure::new("another scenario's errors", "", vec![errors as f64]).bound(Bound::AtMost(0.0)),
    ]
}

fn kept(far_side: &FarSide, acknowledged: &Acknowledged) -> anyhow::Result<Vec<Figure>> {
    let came = far_side.compare(acknowledged)?;
    let none = |what: &str, count: f64| Figure::new(what, "", vec![count]).bound(Bound::AtMost(0.0));
    Ok(vec![
        none("accepted events that were lost", came.lost as f64),
        none("events that were done twice", came.repeated as f64),
        none("keys out of order", came.disordered as f64),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::figure::Verdict;
    use super::*;

    #[test]
    fn others_may_take_twice_as_long() {
        let outcomes = |p99: f64| vec![Outcome { requests: 1, rate: 1.0, p50: 0.1, p99, errors: 0 }];
        let check = |meanwhile, behind, expected: [Verdict; 2]| {
            let others = Others { alone: outcomes(1.0), meanwhile: outcomes(meanwhile), behind: outcomes(behind) };
            let figures = describe(&others);
            assert_eq!([figures[2].verdict(), figures[4].verdict()], expected);
        };
        check(2.0, 1.5, [Verdict::Kept, Verdict::Kept]);
        check(2.1, 1.5, [Verdict::Broken, Verdict::Kept]);
        check(1.0, 2.5, [Verdict::Kept, Verdict::Broken]);
    }
}
