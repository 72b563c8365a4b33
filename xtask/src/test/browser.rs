//! The page in a real browser against the real binary.

use std::fs;
use std::process::Command;

use anyhow::ensure;

use super::Report;
use super::rust;
use super::tally::Tally;
use crate::workspace::Workspace;
use crate::{debian, process};

/// Names under which systems keep Chromium, Debian's first.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Runs `web/e2e`, which starts the binary itself.
pub(crate) fn tests(workspace: &Workspace) -> anyhow::Result<Report> {
    debian::ensure(&["chromium"], || browser().is_some())?;
    let binary = workspace.target.join("debug/hookmill");
    // The Rust tests have shown already why it does not build; an old one must not speak for it.
    ensure!(rust::build(workspace).is_ok() && binary.is_file(), "not run: the binary does not build");
    let file = workspace.target.join("page-browser.json");
    let _ = fs::remove_file(&file); // an old report must not speak for this run
    let mut node = Command::new("node");
    node.current_dir(workspace.web())
        .arg("e2e/run.js")
        .arg("--binary")
        .arg(&binary)
        .args(["--browser", browser().unwrap_or(BROWSERS[0])])
        .arg("--report")
        .arg(&file)
        .arg("--shots")
        .arg(workspace.target.join("shots"));
    let ended = process::listen(&mut node)?;
    let report = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let tally = report.as_ref().and_then(Tally::of_counts).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}

fn browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| process::succeeds(name, &["--version"]))
}
