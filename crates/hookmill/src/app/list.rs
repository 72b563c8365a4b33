//! `hookmill app list`: the apps that there are.

use super::files;
use crate::terminal::{self, Done, QUIET, STRONG, paint};
use clap::Args;
use modules::Apps;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// List the apps: those that Hookmill ships, and yours
#[derive(Args, Debug)]
pub(crate) struct List {}

impl List {
    pub(super) fn run(self) -> Done {
        let apps = here();
        let width = apps.names().map(str::len).max().unwrap_or_default();
        let mut out = terminal::stdout();
        for app in apps.all() {
            let pad = " ".repeat(width - app.name.len());
            let count = terminal::count(app.actions.len(), "action");
            writeln!(out, "{}{pad}  {} {}", paint(STRONG, &app.name), app.about.en, paint(QUIET, count))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The shipped apps and those of the usual folder that are sound.
pub(super) fn here() -> Arc<Apps> {
    match files::find(&[]) {
        Ok(files) => files::together(&files).0,
        Err(_) => Apps::shipped(),
    }
}
