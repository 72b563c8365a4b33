//! `hookmill app check`: everything that is wrong with the files of apps and of their cases.

use super::files::{self, AppFile};
use crate::terminal::{self, BAD, DOUBTFUL, Done, QUIET, paint};
use clap::Args;
use modules::app::{Finding, cases};
use std::process::ExitCode;

/// Find what is wrong with the files of apps
///
/// Reports every mistake with file, line, column and a hint, and says which actions no case tries.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Check {
    /// Files, folders or names of apps [default: scenarios/apps]
    paths: Vec<String>,
}

impl Check {
    pub(super) fn run(self) -> Done {
        let files = files::find(&self.paths)?;
        let (apps, mut found) = files::together(&files);
        let (mut errors, mut warnings) = (0, 0);
        for file in &files {
            let findings = found.remove(&file.name).unwrap_or_default();
            errors += findings.len();
            findings.iter().for_each(|finding| say(&file.shown(), finding));
            let unknown = apps.unknown_connections();
            for (_, kind) in unknown.iter().filter(|(app, _)| *app == file.name) {
                errors += 1;
                let severity = paint(BAD, "error");
                terminal::say(format_args!("{}: {severity}: there is no type of connection `{kind}`", file.shown()));
            }
            let (found, gaps) = of_cases(file, &apps);
            errors += found;
            warnings += gaps;
        }
        let count = terminal::count(files.len(), "app");
        let (bad, doubtful) = (terminal::count(errors, "error"), terminal::count(warnings, "warning"));
        terminal::say(paint(QUIET, format_args!("{count}: {bad}, {doubtful}")));
        Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// How much is wrong with the cases of an app, and how much they leave out.
fn of_cases(file: &AppFile, apps: &modules::Apps) -> (usize, usize) {
    let path = file.cases();
    let Ok(text) = std::fs::read_to_string(&path) else {
        terminal::say(format_args!("{}: {}: it has no cases", file.shown(), paint(DOUBTFUL, "warning")));
        return (0, 1);
    };
    let (cases, findings) = cases::read(&text);
    findings.iter().for_each(|finding| say(&path.display().to_string(), finding));
    let gaps = cases::gaps(apps, &file.name, &cases);
    for gap in &gaps {
        terminal::say(format_args!("{}: {}: {gap}", path.display(), paint(DOUBTFUL, "warning")));
    }
    (findings.len(), gaps.len())
}

/// `file:line:column: error: …`, and the hint below.
pub(super) fn say(file: &str, finding: &Finding) {
    let place = format!("{file}:{}:{}", finding.place.line, finding.place.column);
    let message = terminal::printable(&finding.message);
    terminal::say(format_args!("{place}: {}: {message}", paint(BAD, "error")));
    if let Some(hint) = &finding.hint {
        terminal::say(format_args!("  hint: {}", terminal::printable(hint)));
    }
}
