//! `hookmill diff`: what changed between two texts of a scenario, in sentences.

use crate::terminal::{self, Done, OK, QUIET, STRONG, paint};
use anyhow::Context;
use clap::{Args, ValueEnum};
use scenario::changes::{Change, Group, Unreadable, changes};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Tell what changed between two texts of a scenario, in sentences
///
/// Compares what the texts mean: comments, the order of keys and the form of values are no change. Steps are known by
/// their `id`, else by what they are most like.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 both mean the same · 1 they differ · 2 wrong arguments, or a file that cannot be read"
)]
pub(crate) struct Diff {
    /// The text before
    before: PathBuf,
    /// The text after
    after: PathBuf,
    /// How to print what changed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Sentences, for people
    Text,
    /// A JSON list of changes, for programs
    Json,
}

impl Diff {
    pub(crate) fn run(self) -> Done {
        let (before, after) = (read(&self.before)?, read(&self.after)?);
        let found = changes(&before, &after).map_err(|unreadable| {
            let (file, diagnostic) = match &unreadable {
                Unreadable::Before(diagnostic) => (&self.before, diagnostic),
                Unreadable::After(diagnostic) => (&self.after, diagnostic),
            };
            anyhow::anyhow!("{}", diagnostic.render(&file.display().to_string()))
        })?;
        match self.format {
            Format::Text => {
                let mut out = terminal::stdout();
                print(&mut out, &found)?;
                out.flush()?;
            }
            Format::Json => writeln!(terminal::stdout(), "{:#}", serde_json::to_value(&found)?)?,
        }
        if found.is_empty() && before == after {
            terminal::say(paint(OK, "the same"));
        } else if found.is_empty() {
            terminal::say(paint(OK, "the same, but for its form: comments, the order of keys, blank lines"));
        } else {
            terminal::say(paint(QUIET, terminal::count(found.len(), "change")));
        }
        Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The sentences below the parts of the scenario that they are about.
pub(crate) fn print(out: &mut impl Write, found: &[Change]) -> anyhow::Result<()> {
    let mut group = None;
    for change in found {
        if group != Some(change.group) {
            group = Some(change.group);
            writeln!(out, "{}", paint(STRONG, title(change.group)))?;
        }
        writeln!(out, "  {}", terminal::printable(&change.text))?;
    }
    Ok(())
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Scenario => "The scenario",
        Group::Trigger => "What starts it",
        Group::Limits => "Limits",
        Group::Steps => "Steps",
        Group::OnFailure => "When a run fails",
        Group::Tests => "Tests",
    }
}
