//! `cargo xtask bench`: what docs/performance.md promises, measured on this machine.

mod check;
mod figure;
mod flush;
mod hello;
mod http;
mod intake;
mod memory;
mod profile;
mod report;
mod scratch;
mod server;
mod start;
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
use report::Section;

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
}

/// One promise, or a few that are measured together.
struct Part {
    name: &'static str,
    measure: fn(&Bench) -> anyhow::Result<Vec<Figure>>,
}

const PARTS: &[Part] = &[
    Part { name: "hello", measure: hello::measure },
    Part { name: "intake", measure: intake::measure },
    Part { name: "start", measure: start::measure },
    Part { name: "check", measure: check::measure },
    Part { name: "memory", measure: memory::measure },
    Part { name: "waits", measure: waits::measure },
];

/// Builds, measures, prints one table; fails when a floor is not kept or a part could not be measured.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let flags = Flags::parse(arguments, &["--seconds", "--only", "--binary"])?;
    let only: Option<String> = flags.get("--only")?;
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    ensure!(only.as_deref().is_none_or(|name| names.contains(&name)), "--only takes one of {}", names.join(", "));
    let seconds = flags.get("--seconds")?.unwrap_or(SECONDS);
    ensure!(seconds > 0, "--seconds must be at least 1");
    debian::ensure(&["wrk"], || process::listen(Command::new("wrk").arg("-v")).is_ok())?;
    let bench = Bench {
        workspace,
        profiles: workspace.root.join("bench"),
        scratch: workspace.target.join("bench"),
        binary: run::given_or_built(workspace, &flags)?,
        seconds,
    };
    fs::create_dir_all(&bench.scratch)?;
    let wanted = PARTS.iter().filter(|part| only.as_deref().is_none_or(|name| name == part.name));
    let sections: Vec<Section> = wanted.map(|part| perform_one(&bench, part)).collect();
    let results = bench.scratch.join("results.json");
    fs::write(&results, format!("{:#}\n", report::json(&sections, seconds)))?;
    print!("\n{}", report::table(&sections));
    let shown = results.strip_prefix(&workspace.root).unwrap_or(&results).display();
    println!("\nmedians of {RUNS} runs of {seconds} s each; every number is in {shown}");
    Ok(if sections.iter().all(Section::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn perform_one(bench: &Bench, part: &Part) -> Section {
    eprintln!("{}…", part.name);
    Section { part: part.name, figures: (part.measure)(bench).map_err(|error| format!("{error:#}")) }
}
