//! `cargo xtask soak`: hours of everything at once, with kills in between. What must not grow is watched, and in the end
//! nothing may be lost.

use std::fs;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};

use super::events::{Acknowledged, Events};
use super::far_side::FarSide;
use super::figure::{Bound, Figure, median};
use super::profile::Profile;
use super::report::{self, Section};
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load};
use super::{Bench, gauge, hello, runs};
use crate::flags::Flags;
use crate::workspace::Workspace;

/// How long it lasts unless said, in minutes.
const MINUTES: f64 = 5.0;

/// The webhook of `bench/scenarios/soak.yaml`.
const PATH: &str = "/hook/soak";

/// The webhook of `bench/scenarios/failing.yaml`.
const FAILING: &str = "/hook/failing";

/// What the other scenarios are given, so that the folder can come to rest.
const KEEP: &str = "keep: { runs: 1000 }\n";

/// How many times as much as in its first third something may take in the last third of the time.
const DRIFT: Bound = Bound::AtMost(1.25);

/// One round: load for a while, perhaps with a kill in the middle, and then a look at what is left.
struct Lap {
    number: u32,
    kills: bool,
}

/// What the server takes when a lap is over and all is done.
#[derive(Clone, Copy)]
struct Sample {
    resident: f64,
    descriptors: f64,
    disk: f64,
}

/// What is under load, and what it has said so far.
struct Soak<'a> {
    bench: &'a Bench<'a>,
    profile: Profile,
    greeting: Profile,
    scratch: Scratch,
    server: Server,
    far_side: FarSide,
    acknowledged: Vec<Acknowledged>,
    errors: u64,
    kills: u32,
}

/// Goes on for as long as the flags say; prints a table, and fails when something grew or was lost.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let flags = Flags::parse(arguments, &["--minutes", "--hours", "--binary"])?;
    let hours: f64 = flags.get("--hours")?.unwrap_or(0.0);
    let minutes: f64 = flags.get("--minutes")?.unwrap_or(if hours > 0.0 { 0.0 } else { MINUTES });
    let time = Duration::try_from_secs_f64((hours * 60.0 + minutes) * 60.0).context("how long is that?")?;
    let bench = Bench::prepare(workspace, &flags)?;
    let mut soak = Soak::begin(&bench)?;
    let figures = soak.go_on(time)?;
    let section = Section { part: "soak", figures: Ok(figures) };
    let sections = [section];
    fs::write(bench.scratch.join("soak.json"), format!("{:#}\n", report::json(&sections, bench.seconds)))?;
    print!("\n{}", report::table(&sections));
    Ok(if sections.iter().all(Section::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl<'a> Soak<'a> {
    fn begin(bench: &'a Bench) -> anyhow::Result<Self> {
        let [profile, greeting, failing] =
            ["soak", "hello", "failing"].map(|name| Profile::read(&bench.profiles, name));
        let (profile, greeting, failing) = (profile?, greeting?, failing?);
        let far_side = FarSide::start(Duration::from_millis(profile.number("far_side")?))?;
        let files = [
            ("soak.yaml", far_side.put_into(profile.scenario())),
            ("hello.yaml", format!("{}{KEEP}", greeting.scenario())),
            ("failing.yaml", format!("{}{KEEP}", failing.scenario())),
        ];
        let scratch = Scratch::new(&bench.scratch, "soak", files.map(|(name, text)| (name.to_owned(), text)))?;
        let server = hello::serve(bench, &scratch, &greeting)?;
        let (acknowledged, errors, kills) = (Vec::new(), 0, 0);
        Ok(Self { bench, profile, greeting, scratch, server, far_side, acknowledged, errors, kills })
    }

    fn go_on(&mut self, time: Duration) -> anyhow::Result<Vec<Figure>> {
        let start = Instant::now();
        let (every, mut samples) = (self.profile.number("kill_every")?, Vec::new());
        for number in 1_u32.. {
            let sample = self.lap(&Lap { number, kills: u64::from(number).is_multiple_of(every) })?;
            eprintln!(
                "{:>6.0} s: {:.1} MB in memory, {:.0} descriptors, {:.0} MB on disk, {} kills",
                start.elapsed().as_secs_f64(),
                sample.resident,
                sample.descriptors,
                sample.disk,
                self.kills,
            );
            samples.push(sample);
            if start.elapsed() >= time {
                break;
            }
        }
        self.describe(&samples)
    }

    /// Clients that post events, and others that greet and fail, at the same time.
    fn lap(&mut self, lap: &Lap) -> anyhow::Result<Sample> {
        let seconds = self.profile.number("lap")?;
        let rate = self.profile.number("rate")?;
        let address = self.server.address;
        let keys = u32::try_from(self.profile.number("keys")?)?;
        let events = Events { address, path: PATH, keys, clients: 20, rate: Some(rate as f64) };
        let failing = Events { address, path: FAILING, keys: 1, clients: 1, rate: Some(1.0) };
        let goes_on = AtomicBool::new(true);
        // Greater than any number of the lap before, so that the order of a key's events goes on.
        let first = lap.number * u32::try_from(rate * seconds)?;
        let (acknowledged, errors) = thread::scope(|scope| {
            let posting = scope.spawn(|| events.post(rate * seconds, first, &goes_on));
            let failures = scope.spawn(|| failing.post(seconds, first, &goes_on));
            let errors = self.greet_and_kill(lap, seconds);
            let ended = |thread: thread::ScopedJoinHandle<'_, anyhow::Result<Acknowledged>>| {
                thread.join().unwrap_or_else(|_| Err(anyhow!("a client broke off")))
            };
            ended(failures)?;
            anyhow::Ok((ended(posting)?, errors?))
        })?;
        // While a server is dead its callers are refused; at all other times nobody may be.
        let is_quiet = lap.kills || (errors == 0 && acknowledged.refused == 0);
        ensure!(is_quiet, "lap {}: {errors} errors, {} events refused", lap.number, acknowledged.refused);
        self.errors += errors;
        self.acknowledged.push(acknowledged);
        self.server.wait_for("every run to end", |server| runs::running(server) == Some(0))?;
        Ok(Sample {
            resident: gauge::resident(self.server.pid())?,
            descriptors: gauge::descriptors(self.server.pid())? as f64,
            disk: gauge::allocated(&self.scratch.data()) as f64 / 1e6,
        })
    }

    /// Two loads, and a kill between them or none; gives how many requests went wrong.
    fn greet_and_kill(&mut self, lap: &Lap, seconds: u64) -> anyhow::Result<u64> {
        let body = self.greeting.body();
        let address = self.server.address;
        let half = (seconds / 2).max(1);
        let load = Load { address, path: hello::PATH, body: &body, connections: 5, seconds: half };
        let before = wrk::run(self.bench, &load)?;
        if lap.kills {
            self.server.kill()?;
            self.server = Server::hookmill_at(self.bench, &self.scratch, address)?;
            self.kills += 1;
        }
        let after = wrk::run(self.bench, &load)?;
        Ok(before.errors + after.errors)
    }

    fn describe(&self, samples: &[Sample]) -> anyhow::Result<Vec<Figure>> {
        let all = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<_>>();
        let (mut lost, mut accepted) = (0, 0);
        for acknowledged in &self.acknowledged {
            lost += self.far_side.compare(acknowledged)?.lost;
            accepted += acknowledged.len();
        }
        let came = self.far_side.compare(&Acknowledged::default())?;
        let none = |what: &str, count: usize| Figure::new(what, "", vec![count as f64]).bound(Bound::AtMost(0.0));
        let mut figures = vec![
            Figure::new("kills", "", vec![f64::from(self.kills)]),
            Figure::new("events accepted", "", vec![accepted as f64]),
            none("accepted events that were lost", lost),
            none("keys out of order", came.disordered),
            Figure::new("calls that kills repeated", "", vec![came.repeated as f64]),
            Figure::new("other errors while it was dead", "", vec![self.errors as f64]),
        ];
        for (what, unit, values) in [
            ("resident", "MB", all(|sample| sample.resident)),
            ("open files and connections", "", all(|sample| sample.descriptors)),
            ("on disk", "MB", all(|sample| sample.disk)),
        ] {
            let drift = drift(&values);
            figures.push(Figure::new(what, unit, values));
            figures.push(Figure::new(format!("{what}, last third / first"), "times", drift).bound(DRIFT));
        }
        Ok(figures)
    }
}

/// Nothing where there is too little to compare.
fn drift(values: &[f64]) -> Vec<f64> {
    let third = values.len() / 3;
    let (first, last) = (median(&values[..third]), median(&values[values.len() - third..]));
    first.zip(last).map(|(first, last)| last / first).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drifts_from_the_first_third_to_the_last() {
        assert_eq!(drift(&[10.0, 10.0, 50.0, 50.0, 20.0, 20.0]), [2.0]);
        assert_eq!(drift(&[10.0, 12.0]), Vec::<f64>::new());
    }
}
