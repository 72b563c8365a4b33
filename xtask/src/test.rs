//! `cargo xtask test`: every test and check there is, and one true last line over all of them.

mod browser;
mod checks;
mod rust;
mod script;
mod tally;
mod yaml_editor;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Instant;

pub(crate) use browser::browser;
pub(crate) use rust::ensure_nextest;

use crate::workspace::Workspace;
use tally::Tally;

/// Something that runs tests and can say how they went.
struct Runner {
    name: &'static str,
    run: fn(&Workspace) -> anyhow::Result<Report>,
}

/// How the tests of one runner went.
struct Report {
    tally: Tally,
    /// What the runner said, for when something failed.
    said: String,
}

/// In this order: the binary embeds the page, and the browser needs both.
const RUNNERS: &[Runner] = &[
    Runner { name: "page", run: script::build },
    Runner { name: "page types", run: script::types },
    Runner { name: "page units", run: script::units },
    Runner { name: "rust", run: rust::tests },
    Runner { name: "rust docs", run: rust::examples },
    Runner { name: "yaml editor", run: yaml_editor::tests },
    Runner { name: "browser", run: browser::tests },
    Runner { name: "format", run: checks::format },
    Runner { name: "lints", run: checks::lints },
    Runner { name: "tidy", run: checks::tidy },
];

/// Runs all; fails when anything failed, also when a runner broke off without saying how its tests went.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(arguments.is_empty(), "takes no arguments; for some Rust tests use `cargo nextest run FILTER`");
    let mut total = Tally::default();
    for runner in RUNNERS {
        total += perform_one(workspace, runner);
    }
    println!("\n{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn perform_one(workspace: &Workspace, runner: &Runner) -> Tally {
    if io::stdout().is_terminal() {
        println!("{}…", runner.name); // a person would wonder for minutes
    }
    let start = Instant::now();
    let report =
        (runner.run)(workspace).unwrap_or_else(|error| Report { tally: Tally::FAILED, said: format!("{error:#}\n") });
    let Report { tally, said } = report;
    if tally.failed > 0 {
        println!("\n{}", said.trim_end());
    }
    if tally == Tally::default() {
        return tally; // a runner with nothing to do
    }
    println!("{:<12}{tally}  ({:.1} s)", runner.name, start.elapsed().as_secs_f64());
    tally
}
