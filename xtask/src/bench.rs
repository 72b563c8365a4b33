//! `cargo xtask bench`: what docs/performance.md promises, measured on this machine.

mod bare;
mod check;
mod cold;
mod connection;
mod cost;
mod disk;
mod events;
mod far_side;
mod figure;
mod files;
mod flood;
mod flush;
mod gateway;
mod gauge;
mod hello;
mod history;
mod http;
mod import;
mod intake;
mod memory;
mod peers;
mod profile;
mod report;
mod runs;
mod schedules;
mod scratch;
mod search;
mod server;
mod soak;
mod start;
mod steps;
mod waits;
mod wrk;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::ensure;

use crate::flags::Flags;
use crate::workspace::Workspace;
use crate::{debian, process, run};
use figure::Figure;
use profile::Profile;
use report::Section;

pub(crate) use soak::perform as soak;

/// How often each thing is measured; the median counts.
const RUNS: usize = 3;

/// How long each load lasts unless said, in seconds.
const SECONDS: u64 = 5;

/// What every part needs.
struct Bench<'a> {
    workspace: &'a Workspace,
    /// The folder of profiles and scenarios.
    profiles: PathBuf,
    /// Where folders for one measurement are made.
    scratch: PathBuf,
    /// The program that is measured.
    binary: PathBuf,
    /// How long each load lasts, in seconds.
    seconds: u64,
    /// How many events a flood has, if not as its profile says.
    events: Option<u64>,
    /// How many runs a folder is filled with, if not as the profiles say.
    runs: Option<u64>,
}

/// One promise, or a few that are measured together.
struct Part {
    name: &'static str,
    measure: fn(&Bench) -> anyhow::Result<Vec<Figure>>,
}

const PARTS: &[Part] = &[
    Part { name: "hello", measure: hello::measure },
    Part { name: "intake", measure: intake::measure },
    Part { name: "steps", measure: steps::measure },
    Part { name: "start", measure: start::measure },
    Part { name: "check", measure: check::measure },
    Part { name: "import", measure: import::measure },
    Part { name: "memory", measure: memory::measure },
    Part { name: "waits", measure: waits::measure },
    Part { name: "schedules", measure: schedules::measure },
    Part { name: "cost", measure: cost::measure },
    Part { name: "disk", measure: disk::measure },
    Part { name: "search", measure: search::measure },
    Part { name: "cold", measure: cold::measure },
    Part { name: "flood", measure: flood::measure },
    Part { name: "files", measure: files::measure },
    Part { name: "gateway", measure: gateway::measure },
    PEERS,
];

/// Measured only when asked for: it installs gigabytes of other programs.
const PEERS: Part = Part { name: "peers", measure: peers::measure };

/// Builds, measures, prints one table; fails when a floor is not kept or a part could not be measured.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let known = ["--seconds", "--only", "--binary", "--events", "--runs"];
    let flags = Flags::parse_with_switches(arguments, &known, &["--peers"])?;
    let wanted = wanted(flags.get("--only")?, flags.has("--peers"))?;
    let bench = Bench::prepare(workspace, &flags)?;
    let sections: Vec<Section> = wanted.into_iter().map(|part| perform_one(&bench, part)).collect();
    let results = bench.scratch.join("results.json");
    fs::write(&results, format!("{:#}\n", report::json(&sections, bench.seconds)))?;
    print!("\n{}", report::table(&sections));
    let shown = results.strip_prefix(&workspace.root).unwrap_or(&results).display();
    println!("\nmedians of {RUNS} runs of {} s each; every number is in {shown}", bench.seconds);
    Ok(if sections.iter().all(Section::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The part of this name, else all; the peers only when they are asked for by name or by their switch.
fn wanted(only: Option<String>, peers: bool) -> anyhow::Result<Vec<&'static Part>> {
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    ensure!(only.as_deref().is_none_or(|name| names.contains(&name)), "--only takes one of {}", names.join(", "));
    let is_wanted = |part: &&Part| match &only {
        Some(name) => name == part.name || (peers && part.name == PEERS.name),
        None => peers || part.name != PEERS.name,
    };
    Ok(PARTS.iter().filter(is_wanted).collect())
}

fn perform_one(bench: &Bench, part: &Part) -> Section {
    eprintln!("{}…", part.name);
    Section { part: part.name, figures: (part.measure)(bench).map_err(|error| format!("{error:#}")) }
}

impl<'a> Bench<'a> {
    /// Makes sure of the load generator, of the program and of a place to measure in.
    fn prepare(workspace: &'a Workspace, flags: &Flags) -> anyhow::Result<Self> {
        let number = |name| {
            let number: Option<u64> = flags.get(name)?;
            ensure!(number != Some(0), "{name} must be at least 1");
            Ok(number)
        };
        debian::ensure(&["wrk"], || process::listen(Command::new("wrk").arg("-v")).is_ok())?;
        let bench = Self {
            workspace,
            profiles: workspace.root.join("bench"),
            scratch: workspace.target.join("bench"),
            binary: run::given_or_built(workspace, flags)?,
            seconds: number("--seconds")?.unwrap_or(SECONDS),
            events: number("--events")?,
            runs: number("--runs")?,
        };
        fs::create_dir_all(&bench.scratch)?;
        Ok(bench)
    }

    /// How many runs a folder is filled with.
    fn runs_or(&self, profile: &Profile, key: &str) -> anyhow::Result<u64> {
        self.runs.map_or_else(|| profile.number(key), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_measured_when_asked_for() -> anyhow::Result<()> {
        let names = |only: Option<&str>, peers| {
            let parts = wanted(only.map(str::to_owned), peers)?;
            anyhow::Ok(parts.iter().map(|part| part.name).collect::<Vec<_>>())
        };
        assert!(!names(None, false)?.contains(&"peers"));
        assert_eq!(names(None, true)?.len(), PARTS.len());
        assert_eq!(names(Some("peers"), false)?, ["peers"]);
        assert_eq!(names(Some("hello"), true)?, ["hello", "peers"]);
        assert_eq!(names(Some("hello"), false)?, ["hello"]);
        assert!(names(Some("none"), false).is_err());
        Ok(())
    }
}
