//! `hookmill check`: everything that is wrong with scenarios, in one pass, without running anything.

mod inspection;

use crate::home::Home;
use crate::sources;
use crate::terminal::{self, BAD, DOUBTFUL, Done, QUIET, STRONG, paint};
use clap::{Args, ValueEnum};
use inspection::{Finding, inspect};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Find what is wrong with scenarios, without running anything
///
/// Reports every mistake with file, line, column and a hint. Knows the connections of `connections.yaml` and finds
/// what scenarios of one folder cannot share, such as a webhook path.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Check {
    /// Files, or folders with everything below them [default: scenarios, else the working directory]
    paths: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One finding after another, for people and editors
    Text,
    /// One JSON object, for programs
    Json,
}

impl Check {
    pub(crate) fn run(self) -> Done {
        let sources = sources::find(&self.paths)?;
        let homes = Home::all(&sources);
        let findings = inspect(&sources, &homes)?;
        let errors = findings.iter().filter(|finding| finding.diagnostic.is_error()).count();
        match self.format {
            Format::Text => print_text(&findings)?,
            Format::Json => print_json(sources.len(), &findings)?,
        }
        terminal::say(summary(sources.len(), errors, findings.len() - errors));
        if errors == 0 && !sources.is_empty() {
            terminal::say(paint(QUIET, "next: `hookmill test` runs the tests they carry"));
        }
        Ok(terminal::verdict(errors))
    }
}

fn print_text(findings: &[Finding]) -> anyhow::Result<()> {
    let mut out = terminal::stdout();
    for Finding { file, diagnostic } in findings {
        let text = diagnostic.render(file);
        // Everything before the message is the place, and the tag that gives it its colour.
        let tag = format!("{}[{}]", diagnostic.severity, diagnostic.code);
        let style = if diagnostic.is_error() { BAD } else { DOUBTFUL };
        match text.split_once(&tag) {
            Some((place, message)) => writeln!(out, "{}{}{message}", paint(STRONG, place), paint(style, &tag))?,
            None => writeln!(out, "{text}")?,
        }
    }
    Ok(out.flush()?)
}

fn print_json(scenarios: usize, findings: &[Finding]) -> anyhow::Result<()> {
    let errors = findings.iter().filter(|finding| finding.diagnostic.is_error()).count();
    let report = json!({
        "scenarios": scenarios,
        "errors": errors,
        "warnings": findings.len() - errors,
        "diagnostics": findings,
    });
    Ok(writeln!(terminal::stdout(), "{report:#}")?)
}

/// `6 scenarios, 1 error, 0 warnings`.
fn summary(scenarios: usize, errors: usize, warnings: usize) -> String {
    let style = match (errors, warnings) {
        (0, 0) => terminal::OK,
        (0, _) => DOUBTFUL,
        _ => BAD,
    };
    let counts = [(scenarios, "scenario"), (errors, "error"), (warnings, "warning")];
    paint(style, counts.map(|(number, noun)| terminal::count(number, noun)).join(", "))
}
