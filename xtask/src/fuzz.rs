//! `cargo xtask fuzz`: hostile inputs, found by coverage, for the doors of the language and of the journal.
//!
//! The targets are in `fuzz/`, outside of the workspace: they are built by the nightly toolchain. What is in
//! `fuzz/corpus` is where each begins; what grows of it stays in `target/fuzz`, and so does an input that breaks one.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};

use crate::flags::Flags;
use crate::process;
use crate::workspace::Workspace;

/// How long each target is fuzzed unless said, in minutes.
const MINUTES: u64 = 10;

/// The longest input, in bytes.
const LONGEST: usize = 4_096;

/// How long one input may take, in seconds.
const SLOWEST: u32 = 20;

const MISSING: &str = "fuzzing needs cargo-fuzz and a nightly toolchain: `cargo install cargo-fuzz` and `rustup toolchain \
                       install nightly`";

/// Fuzzes one target, or all of them one after another.
pub(crate) fn perform(workspace: &Workspace, mut arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let named = arguments.first().is_some_and(|first| !first.starts_with("--"));
    let target = named.then(|| arguments.remove(0));
    let flags = Flags::parse(arguments, &["--minutes"])?;
    let minutes = flags.get("--minutes")?.unwrap_or(MINUTES);
    let targets = targets(workspace)?;
    if let Some(target) = &target {
        ensure!(targets.contains(target), "there is no target {target:?}; there are {}", targets.join(", "));
    }
    ensure!(process::succeeds("cargo", &["+nightly", "fuzz", "--version"]), MISSING);
    for target in targets.iter().filter(|name| target.as_ref().is_none_or(|only| only == *name)) {
        eprintln!("{target}: {minutes} minutes…");
        fuzz(workspace, target, minutes)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The names of all targets.
fn targets(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let folder = workspace.root.join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut names = Vec::new();
    for file in files {
        names.extend(file?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn fuzz(workspace: &Workspace, target: &str, minutes: u64) -> anyhow::Result<()> {
    let folder = workspace.root.join("fuzz");
    let grown = workspace.target.join("fuzz/grown").join(target);
    let broken = workspace.target.join("fuzz/broken").join(target);
    for folder in [&grown, &broken] {
        fs::create_dir_all(folder)?;
    }
    let mut cargo = Command::new("cargo");
    // There is no unsafe code of ours, so the address sanitizer would only cost time.
    cargo
        .current_dir(&workspace.root)
        .args(["+nightly", "fuzz", "run", "--sanitizer", "none", "--fuzz-dir"])
        .arg(&folder)
        .arg("--target-dir")
        .arg(workspace.target.join("fuzz"))
        .arg(target)
        .arg(&grown)
        .arg(folder.join("corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={}", minutes.saturating_mul(60)))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-timeout={SLOWEST}"))
        .arg(format!("-artifact_prefix={}/", broken.display()));
    process::show(&mut cargo)
}
