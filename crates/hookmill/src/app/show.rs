//! `hookmill app show`: what an app can do.

use super::list::here;
use crate::terminal::{self, Done, QUIET, STRONG, paint};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;

/// Show an app: its connection, its actions and its triggers
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Show {
    /// Which app, as `telegram`
    name: String,
}

impl Show {
    pub(super) fn run(self) -> Done {
        let apps = here();
        let Some(app) = apps.get(&self.name) else {
            let meant = terminal::did_you_mean(&self.name, apps.names());
            anyhow::bail!("there is no app `{}`{meant}", self.name);
        };
        let mut out = terminal::stdout();
        writeln!(out, "{}  {}\n{}", paint(STRONG, &app.title.en), paint(QUIET, &app.docs), app.about.en)?;
        if let Some(kind) = app.connection_type() {
            writeln!(out, "\n{}\n  of type {kind}", paint(STRONG, "connection"))?;
        }
        writeln!(out, "\n{}", paint(STRONG, "actions"))?;
        for action in &app.actions {
            writeln!(out, "  {}.{}  {}", app.name, action.name, paint(QUIET, &action.about.en))?;
        }
        if !app.triggers.is_empty() {
            writeln!(out, "\n{}", paint(STRONG, "triggers"))?;
        }
        for trigger in &app.triggers {
            writeln!(out, "  {}  {}", trigger.name, paint(QUIET, &trigger.about.en))?;
        }
        writeln!(out, "\n{}", paint(QUIET, format_args!("next: `hookmill modules {}.ACTION`", app.name)))?;
        Ok(ExitCode::SUCCESS)
    }
}
