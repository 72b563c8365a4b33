//! `hookmill schema`: the JSON Schema of scenarios, from the same types that check them.

use crate::terminal::{self, Done};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;

/// Print the JSON Schema of scenarios, for YAML editors
///
/// Every module's parameters and every preset's settings are included. A YAML editor that is given it completes
/// and checks while one types: `# yaml-language-server: $schema=scenario.schema.json` as a file's first line.
#[derive(Args, Debug)]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self) -> Done {
        let schema = scenario::schema::schema(&crate::language::catalog());
        writeln!(terminal::stdout(), "{schema:#}")?;
        Ok(ExitCode::SUCCESS)
    }
}
