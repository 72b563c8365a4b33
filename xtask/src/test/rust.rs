//! The Rust tests: unit and integration tests by nextest, examples in docs by rustdoc.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Report;
use super::tally::Tally;
use crate::workspace::Workspace;
use crate::{debian, process};

/// Builds binaries and tests together, so that all of them are built once; takes no time when nothing has changed.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--color=never", "--workspace", "--bins", "--tests"]);
    process::read(&mut cargo).map(drop)
}

/// Builds everything and runs the tests.
pub(crate) fn tests(workspace: &Workspace) -> anyhow::Result<Report> {
    ensure_tools(workspace)?;
    build(workspace)?;
    let mut nextest = workspace.cargo();
    nextest.args(["nextest", "run", "--workspace", "--color=never", "--hide-progress-bar", "--cargo-quiet"]);
    let ended = process::listen(&mut nextest)?;
    let tally = Tally::of_nextest(&ended.errors).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}

/// Runs the examples in docs of those crates that have any; to ask rustdoc about the others takes a while.
pub(crate) fn examples(workspace: &Workspace) -> anyhow::Result<Report> {
    let crates = crates_with_examples(workspace)?;
    if crates.is_empty() {
        return Ok(Report { tally: Tally::default(), said: String::new() });
    }
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--doc", "--quiet", "--color=never"]);
    for package in crates {
        cargo.args(["--package", &package]);
    }
    let ended = process::listen(&mut cargo)?;
    let tally = Tally::of_cargo_test(&ended.output).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}

/// The servers that modules are tested against: program and Debian package. One that cannot be installed costs its tests.
const SERVERS: [(&str, &str); 6] = [
    ("/usr/sbin/dovecot", "dovecot-imapd"),
    ("/usr/sbin/exim4", "exim4-daemon-light"),
    ("/usr/sbin/mariadbd", "mariadb-server-core"),
    ("/usr/sbin/mosquitto", "mosquitto"),
    ("/usr/bin/pg_ctlcluster", "postgresql"),
    ("/usr/bin/redis-server", "redis-server"),
];

fn ensure_tools(workspace: &Workspace) -> anyhow::Result<()> {
    // The mail tests talk to a real SMTP server, a Python package in an environment of its own.
    debian::ensure(&["python3", "python3-venv"], || process::succeeds("python3", &["-c", "import ensurepip, venv"]))?;
    ensure_servers();
    ensure_nextest(workspace)
}

fn ensure_servers() {
    let missing = SERVERS.iter().filter(|(program, _)| !Path::new(program).exists());
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    let present = || SERVERS.iter().all(|(program, _)| Path::new(program).exists());
    if let Err(error) = debian::ensure(&packages, present) {
        println!("without the tests of {}: {error:#}", packages.join(", "));
    }
}

/// Installs cargo-nextest where it is missing.
pub(crate) fn ensure_nextest(workspace: &Workspace) -> anyhow::Result<()> {
    if process::listen(workspace.cargo().args(["nextest", "--version"]))?.success {
        return Ok(());
    }
    println!("installing cargo-nextest (once; takes some minutes)");
    process::read(workspace.cargo().args(["install", "cargo-nextest", "--locked", "--quiet"]))?;
    Ok(())
}

fn crates_with_examples(workspace: &Workspace) -> anyhow::Result<BTreeSet<String>> {
    let mut crates = BTreeSet::new();
    for file in workspace.files()? {
        let mut folders = file.iter().map(|part| part.to_string_lossy());
        let (Some(top), Some(name)) = (folders.next(), folders.next()) else { continue };
        let is_source = top == "crates" && file.extension().is_some_and(|extension| extension == "rs");
        if is_source && has_example(&workspace.root.join(&file)) {
            crates.insert(name.into_owned());
        }
    }
    Ok(crates)
}

/// Whether a doc comment opens a code block that rustdoc takes for Rust.
fn has_example(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut open = false;
    text.lines().any(|line| {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(words) = doc.and_then(|doc| doc.trim_start().strip_prefix("```")) else { return false };
        open = !open;
        open && is_rust(words)
    })
}

/// Whether the words after ``` leave a block to be run as Rust.
fn is_rust(words: &str) -> bool {
    let known = ["", "rust", "no_run", "should_panic", "compile_fail", "edition2024"];
    words.split(',').all(|word| known.contains(&word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_blocks_are_rust() {
        let check = |words, expected| assert_eq!(is_rust(words), expected, "{words}");
        check("", true);
        check("rust,no_run", true);
        check("ignore", false);
        check("text", false);
        check("yaml", false);
    }
}
