//! `cargo xtask tidy`: the rules of the workspace that no compiler checks.

mod directions;
mod long_functions;
mod sources;

use std::fmt;
use std::process::ExitCode;

use crate::workspace::Workspace;

/// What one rule has to say.
pub(crate) struct Finding {
    /// The rule, in a few words.
    pub(crate) rule: &'static str,
    /// Each place where it is broken.
    pub(crate) complaints: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.complaints.iter().try_for_each(|complaint| writeln!(f, "{}: {complaint}", self.rule))
    }
}

/// Checks all rules and prints what breaks them.
pub(crate) fn perform(workspace: &Workspace, _arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let findings = findings(workspace)?;
    findings.iter().for_each(|finding| print!("{finding}"));
    let broken = findings.iter().any(|finding| !finding.complaints.is_empty());
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Checks all rules.
pub(crate) fn findings(workspace: &Workspace) -> anyhow::Result<Vec<Finding>> {
    let files = sources::read(workspace)?;
    Ok(vec![
        Finding { rule: "crates use only what stands below them", complaints: directions::check(&workspace.packages) },
        Finding { rule: "each Rust file says at its top why it exists", complaints: sources::heads(&files) },
        Finding { rule: "a file is named for what it holds", complaints: sources::names(&files) },
        Finding { rule: "nothing depends on one machine", complaints: sources::machines(&files) },
        Finding { rule: "functions are short", complaints: long_functions::check(&files) },
    ])
}
