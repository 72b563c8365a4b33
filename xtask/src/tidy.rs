//! `cargo xtask tidy`: the rules of the workspace that no compiler checks.

mod directions;
mod insides;
mod lock;
mod long_files;
mod long_functions;
mod mirrors;
mod packages;
mod purity;
mod ratchet;
mod sources;

use std::fmt;
use std::process::ExitCode;

use crate::workspace::Workspace;
use lock::Lock;

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
    let lock = Lock::parse(files.iter().find(|file| file.name() == "Cargo.lock").map_or("", |file| &file.text));
    let packages = &workspace.packages;
    let rules = [
        ("crates use only what stands below them", directions::check(packages)),
        ("pure crates lead to no clock, disk or network", purity::dependencies(&lock)),
        ("pure crates forbid clocks, disks and networks to clippy", purity::lints(&files)),
        ("pure crates name no clock, disk or network", purity::code(&files)),
        ("parts of crates have directions, too", insides::check(&files)),
        ("an operation's code lies where its address says", mirrors::addresses(&files)),
        ("an operation's file begins with its address", mirrors::heads(&files)),
        ("an operation's test lies where its code does", mirrors::tests(&files)),
        ("what a manifest lists is used", packages::unused(packages, &files, &workspace.root)),
        ("a package is there once", packages::duplicates(&lock, &files)),
        ("each Rust file says at its top why it exists", sources::heads(&files)),
        ("a file is named for what it holds", sources::names(&files)),
        ("nothing depends on one machine", sources::machines(&files)),
        ("functions are short", long_functions::check(&files)),
        ("files are short", long_files::check(&files)),
    ];
    Ok(rules.into_iter().map(|(rule, complaints)| Finding { rule, complaints }).collect())
}
