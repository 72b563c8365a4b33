//! `hookmill test`: the tests of scenarios. Mocks, recorded answers and samples stand in for the outside; nothing
//! leaves the machine.

mod coverage;
mod expectation;
mod far_side;
mod junit;
mod performance;
mod report;
mod request;
mod stand_ins;
mod suite;

use crate::home::Home;
use crate::processors;
use crate::sources::{self, CONNECTIONS, Source};
use crate::terminal::{self, BAD, Done, paint};
use anyhow::Context;
use clap::{Args, ValueEnum};
use coverage::{Coverage, Reached, percent};
use engine::Deployment;
pub(crate) use expectation::disappointments;
use modules::Connections;
pub(crate) use performance::{Performance, Piece, perform};
use report::{Covered, Outcome, Report};
use scenario::diagnostic::Place;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use suite::{Case, Fault, Suite};

/// Run the tests of scenarios; nothing leaves the machine
///
/// Runs the `tests:` of scenarios and those in `NAME.test.yaml` beside `NAME.yaml`. A step that calls a module is
/// answered by the test's `mock`, under the step's id or its module's name, by its recorded `http`, by
/// itself where it only computes, or else by the module's documented sample. The clock stands at 2026-01-01T00:00:00Z unless the test says `at`, waits and retries
/// take no time, and chance is the same every time.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Test {
    /// Files, or folders with everything below them [default: scenarios, else the working directory]
    paths: Vec<PathBuf>,
    /// Only the tests of which the scenario or the name holds this text
    #[arg(long, short, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the outcome to this file as JUnit XML, for CI systems
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Say which steps and branches no test came to
    #[arg(long)]
    coverage: bool,
    /// Fail where tests came to fewer than so many percent of all steps and branches
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage_min: Option<u8>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One test after another, for people
    Text,
    /// One JSON object, for programs
    Json,
}

impl Test {
    pub(crate) fn run(self) -> Done {
        let report = self.perform()?;
        match self.format {
            Format::Text => report.say(),
            Format::Json => writeln!(terminal::stdout(), "{:#}", report.json())?,
        }
        if let Some(file) = &self.junit {
            std::fs::write(file, junit::document(&report))
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        let (covered, all) = report.covered();
        if let Some(least) = self.coverage_min.filter(|least| percent(covered, all) < *least) {
            terminal::say(paint(BAD, format_args!("coverage is below {least} %")));
            return Ok(ExitCode::from(1));
        }
        Ok(terminal::verdict(report.failed()))
    }

    fn perform(&self) -> anyhow::Result<Report> {
        let began = Instant::now();
        let sources = sources::find(&self.paths)?;
        let homes = Home::all(&sources);
        let suites = processors::each(&sources, |source: &Source| Suite::read(source, &homes[&source.home]));
        let suites: Vec<Suite> = suites.into_iter().collect::<anyhow::Result<_>>()?;
        let connections = homes.iter().map(|(at, home)| (at.clone(), Arc::new(rehearsed(at, home)))).collect();
        let scenes = Scenes { homes: &homes, connections, suites: &suites };
        let wanted: Vec<Wanted<'_>> =
            suites.iter().enumerate().flat_map(|(at, suite)| self.wanted(at, suite)).collect();
        let performed = processors::each(&wanted, |one| one.perform(&scenes));
        let mut outcomes = Vec::new();
        let mut reached: Vec<Reached> = suites.iter().map(|_| Reached::default()).collect();
        let mut performed = wanted.iter().zip(performed).peekable();
        for (at, suite) in suites.iter().enumerate() {
            while let Some((_, (outcome, more))) = performed.next_if(|(one, _)| one.at == at) {
                outcomes.push(outcome);
                reached[at].add(more);
            }
            outcomes.extend(suite.faults.iter().map(|fault| faulty(&suite.name, fault)));
        }
        outcomes.extend(self.orphans()?);
        let coverage = if self.coverage || self.coverage_min.is_some() { covered(&suites, &reached) } else { vec![] };
        Ok(Report { outcomes, coverage, took: began.elapsed() })
    }

    /// The tests of a suite that the filter lets through.
    fn wanted<'s>(&self, at: usize, suite: &'s Suite) -> impl Iterator<Item = Wanted<'s>> {
        let wants = |case: &&Case| {
            let title = format!("{}: {}", suite.name, case.test.name);
            self.filter.as_ref().is_none_or(|filter| title.contains(filter))
        };
        suite.cases.iter().filter(wants).map(move |case| Wanted { at, suite, case })
    }

    fn orphans(&self) -> anyhow::Result<Vec<Outcome>> {
        let orphans = sources::orphans(&self.paths)?;
        let outcome = |file: PathBuf| faulty(&sources::tested_by(&file).unwrap_or_default(), &suite::orphan(&file));
        Ok(orphans.into_iter().map(outcome).collect())
    }
}

/// What tests share: folders, and the scenarios in them.
struct Scenes<'a> {
    homes: &'a BTreeMap<PathBuf, Home>,
    connections: BTreeMap<PathBuf, Arc<Connections>>,
    suites: &'a [Suite],
}

impl Scenes<'_> {
    /// The scenario of this name in the same folder, where it is sound.
    fn neighbour(&self, home: &Path, name: &str) -> Option<Arc<Deployment>> {
        let suite = self.suites.iter().find(|suite| suite.home == home && suite.name == name)?;
        let (id, plan) = suite.scenario.as_ref()?;
        Some(Arc::new(Deployment { id: id.clone(), plan: Arc::clone(plan) }))
    }
}

/// A test that is to be run.
struct Wanted<'a> {
    /// The number of its suite.
    at: usize,
    suite: &'a Suite,
    case: &'a Case,
}

impl Wanted<'_> {
    fn perform(&self, scenes: &Scenes<'_>) -> (Outcome, Reached) {
        let (began, Case { file, test }) = (Instant::now(), self.case);
        let mut reached = Reached::default();
        let mut findings = Vec::new();
        if let Some((id, plan)) = &self.suite.scenario {
            let home = &self.suite.home;
            let neighbours = |name: &str| scenes.neighbour(home, name);
            let catalog = &scenes.homes[home].catalog;
            let piece = Piece { id, plan, catalog, connections: &scenes.connections[home], neighbours: &neighbours };
            match perform(piece, test) {
                Ok(performance) => {
                    findings = disappointments(&test.expect, plan, &performance);
                    reached = Reached::by(&performance.rehearsal);
                }
                Err(problem) => findings.push(problem),
            }
        }
        let outcome = Outcome {
            scenario: self.suite.name.clone(),
            file: file.clone(),
            place: test.place,
            test: Some(test.name.clone()),
            findings,
            took: began.elapsed(),
        };
        (outcome, reached)
    }
}

/// The connections of a folder as tests use them.
fn rehearsed(at: &Path, home: &Home) -> Connections {
    Connections::rehearsed(&at.join(CONNECTIONS), &home.apps)
}

fn faulty(scenario: &str, fault: &Fault) -> Outcome {
    Outcome {
        scenario: scenario.to_owned(),
        file: fault.file.clone(),
        place: Place { line: 1, column: 1 },
        test: None,
        findings: fault.findings.clone(),
        took: Duration::ZERO,
    }
}

fn covered(suites: &[Suite], reached: &[Reached]) -> Vec<Covered> {
    let planned = suites.iter().zip(reached).filter_map(|(suite, reached)| {
        let (_, plan) = suite.scenario.as_ref()?;
        let (scenario, file) = (suite.name.clone(), suite.file.clone());
        Some(Covered { scenario, file, coverage: Coverage::of(plan, reached) })
    });
    planned.collect()
}
