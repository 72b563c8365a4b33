//! `hookmill app new`: the file of an app to begin with, and cases that pass.

use crate::terminal::{self, Done, QUIET, paint};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The app's file; `NAME` stands for its name.
const APP: &str = include_str!("new/app.yaml");

/// Its cases.
const CASES: &str = include_str!("new/cases.yaml");

/// Write the file of a new app, with cases that pass
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct New {
    /// What its modules' names begin with, as `my_service`
    name: String,
    /// The folder it goes to
    #[arg(long, default_value = "scenarios/apps")]
    folder: PathBuf,
}

impl New {
    pub(super) fn run(self) -> Done {
        let name = &self.name;
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        anyhow::ensure!(is_name, "`{name}` cannot name an app: small letters, digits and `_`");
        let shipped = modules::Apps::shipped();
        anyhow::ensure!(!shipped.has_app(name), "Hookmill ships an app `{name}`; choose another name");
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        let file = self.folder.join(format!("{name}.yaml"));
        let cases = self.folder.join(format!("{name}.cases.yaml"));
        write(&file, &APP.replace("NAME", name))?;
        write(&cases, &CASES.replace("NAME", name))?;
        terminal::say(format_args!("{}\n{}", file.display(), cases.display()));
        let next = format!("next: `hookmill app test {}`, then say in the file what your service is", file.display());
        terminal::say(paint(QUIET, next));
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file that was not there.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!path.exists(), "{} is there already", path.display());
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
