//! A server that is killed with a million finished runs and many more queued: how soon it is there again, and whether it
//! is as fast as one that has nothing behind it. The process is new each time; what the system has cached stays.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::events::{Acknowledged, Events};
use super::far_side::FarSide;
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load};
use super::{Bench, RUNS, gauge, hello, history, runs};

/// The webhook of `bench/scenarios/queued.yaml`.
const PATH: &str = "/hook/queued";

/// From exec to the first 200 of `/readyz`, in milliseconds.
const READY: Bound = Bound::AtMost(1000.0);

/// What share of its speed on an empty folder is reached; the rest is for noise.
const SHARE: Bound = Bound::AtLeast { floor: 0.8, aim: None };

/// How long a far side takes that does not answer.
const SILENT: Duration = Duration::from_secs(3600);

/// The first number of the events that are queued; those before it are done at once.
const QUEUED: u32 = 1_000_000;

/// Measures on the empty folder, fills it, kills and starts the server a few times, and measures again.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "cold")?;
    let greeting = Profile::read(&bench.profiles, "hello")?;
    let far_side = FarSide::start(Duration::ZERO)?;
    let files =
        [("queued.yaml", far_side.put_into(profile.scenario())), ("hello.yaml", greeting.scenario().to_owned())];
    let scratch = Scratch::new(&bench.scratch, "cold", files.map(|(name, text)| (name.to_owned(), text)))?;
    let mut server = hello::serve(bench, &scratch, &greeting)?;
    let rates_before = greet(bench, &server, &greeting)?;
    let (fresh, fresh_rate) = work(&server, &far_side, &profile)?;
    let finished = history::fill(bench, &mut server, hello::PATH, &profile, bench.runs_or(&profile, "count")?)?;
    far_side.take(SILENT);
    let queued = post(&server, &profile, profile.number("queued")?, QUEUED)?;
    let mut ready = Vec::new();
    for _ in 0..RUNS {
        server.kill()?;
        server = Server::hookmill(bench, &scratch)?;
        ready.push(server.ready_after.as_secs_f64() * 1e3);
    }
    let resident = gauge::resident(server.pid())?;
    let (start, left) = (Instant::now(), (fresh.len() + queued.len()).saturating_sub(far_side.events()));
    far_side.take(Duration::ZERO);
    far_side.wait_for(fresh.len() + queued.len())?;
    let resumed_rate = left as f64 / start.elapsed().as_secs_f64();
    server.wait_for("the last run to end", |server| runs::running(server) == Some(0))?;
    let rates_after = greet(bench, &server, &greeting)?;
    let what = format!("{finished} finished runs, {} queued", queued.len());
    let shares = rates_before.iter().zip(&rates_after).map(|(before, after)| after / before).collect();
    Ok(vec![
        Figure::new("exec to ready", "ms", ready).bound(READY).note(what),
        Figure::new("resident when ready", "MB", vec![resident]),
        Figure::new("runs done on an empty folder", "/s", vec![fresh_rate]),
        Figure::new("queued runs resumed", "/s", vec![resumed_rate]),
        Figure::new("resumed / on an empty folder", "", vec![resumed_rate / fresh_rate]).bound(SHARE),
        Figure::new("hello on an empty folder", "/s", rates_before),
        Figure::new("hello after the start", "/s", rates_after),
        Figure::new("after the start / on an empty folder", "", shares).bound(SHARE),
        Figure::new("queued runs that were lost", "", vec![far_side.compare(&queued)?.lost as f64])
            .bound(Bound::AtMost(0.0)),
    ])
}

fn greet(bench: &Bench, server: &Server, greeting: &Profile) -> anyhow::Result<Vec<f64>> {
    let body = greeting.body();
    let load =
        Load { address: server.address, path: hello::PATH, body: &body, connections: 100, seconds: bench.seconds };
    (0..RUNS).map(|_| Ok(wrk::run(bench, &load)?.rate)).collect()
}

/// Has runs done with nothing behind them; gives what they were and how many came to their end in a second.
fn work(server: &Server, far_side: &FarSide, profile: &Profile) -> anyhow::Result<(Acknowledged, f64)> {
    let start = Instant::now();
    let acknowledged = post(server, profile, profile.number("fresh")?, 1)?;
    far_side.wait_for(acknowledged.len())?;
    let rate = acknowledged.len() as f64 / start.elapsed().as_secs_f64();
    Ok((acknowledged, rate))
}

fn post(server: &Server, profile: &Profile, count: u64, first: u32) -> anyhow::Result<Acknowledged> {
    let clients = u32::try_from(profile.connections()?.first().copied().unwrap_or(1))?;
    let events = Events { address: server.address, path: PATH, keys: clients, clients, rate: None };
    events.post(count, first, &AtomicBool::new(true))
}
