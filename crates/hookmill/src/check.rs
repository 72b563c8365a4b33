//! `hookmill check`: everything that is wrong with scenarios, in one pass, without running anything.

mod coming;
mod inspection;
mod mending;

use crate::home::Home;
use crate::sources;
use crate::terminal::{self, BAD, DOUBTFUL, Done, QUIET, STRONG, paint};
use clap::{Args, ValueEnum};
use coming::Coming;
use inspection::{Finding, inspect, orphans};
use mending::{Mended, mend};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Find what is wrong with scenarios, without running anything
///
/// Reports every mistake with file, line, column and a hint. Knows the connections of `connections.yaml` and finds
/// what scenarios of one folder cannot share, such as a webhook path. Warnings name what is most probably not meant; a
/// comment `# hookmill: allow W0503` on or above a line keeps one back.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Check {
    /// Files, or folders with everything below them [default: scenarios, else the working directory]
    paths: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 on warnings, too
    #[arg(long)]
    strict: bool,
    /// Mend what can be mended without a doubt, in the files; comments and everything else stay
    #[arg(long)]
    fix: bool,
    /// Tell when schedules are due next, and what they mean
    #[arg(long)]
    next: bool,
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
        let mended = if self.fix { mend(&sources, &homes)? } else { Vec::new() };
        let mut findings = inspect(&sources, &homes)?;
        findings.extend(orphans(&self.paths)?);
        let errors = findings.iter().filter(|finding| finding.diagnostic.is_error()).count();
        let coming = if self.next { coming::all(&sources, &homes)? } else { Vec::new() };
        match self.format {
            Format::Text => print_text(&mended, &findings, &coming)?,
            Format::Json => print_json(sources.len(), &mended, &findings, self.next.then_some(&coming))?,
        }
        terminal::say(summary(sources.len(), errors, findings.len() - errors));
        let mendable = findings.iter().filter(|finding| finding.diagnostic.fix.is_some()).count();
        if mendable > 0 {
            let what = terminal::count(mendable, "finding");
            terminal::say(paint(QUIET, format_args!("next: `hookmill check --fix` mends {what}")));
        } else if errors == 0 && !sources.is_empty() {
            terminal::say(paint(QUIET, "next: `hookmill test` runs the tests they carry"));
        }
        Ok(terminal::verdict(if self.strict { findings.len() } else { errors }))
    }
}

fn print_text(mended: &[Mended], findings: &[Finding], coming: &[Coming]) -> anyhow::Result<()> {
    let mut out = terminal::stdout();
    for Mended { file, code, place, title } in mended {
        let place = format!("{file}:{}:{}", place.line, place.column);
        writeln!(out, "{}: {}: {title}", paint(STRONG, place), paint(terminal::OK, format_args!("fixed[{code}]")))?;
    }
    for Finding { file, diagnostic } in findings {
        let text = diagnostic.render(file);
        // Everything before the message is the place, and the tag that gives it its colour.
        let tag = format!("{}[{}]", diagnostic.severity, diagnostic.code);
        let style = if diagnostic.is_error() { BAD } else { DOUBTFUL };
        match text.split_once(&tag) {
            Some((place, message)) => writeln!(out, "{}{}{message}", paint(STRONG, place), paint(style, &tag))?,
            None => writeln!(out, "{text}")?,
        }
        if let Some(fix) = &diagnostic.fix {
            writeln!(out, "  fix available: {}", fix.title)?;
        }
    }
    coming.iter().try_for_each(|one| one.print(&mut out))?;
    Ok(out.flush()?)
}

fn print_json(
    scenarios: usize,
    mended: &[Mended],
    findings: &[Finding],
    coming: Option<&Vec<Coming>>,
) -> anyhow::Result<()> {
    let errors = findings.iter().filter(|finding| finding.diagnostic.is_error()).count();
    let mut report = json!({
        "scenarios": scenarios,
        "errors": errors,
        "warnings": findings.len() - errors,
        "fixed": mended,
        "diagnostics": findings,
    });
    if let Some(coming) = coming {
        report["next"] = json!(coming);
    }
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
