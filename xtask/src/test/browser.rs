//! The page in a real browser against the real binary.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};

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
    let browser = browser().context("no Chromium is on the PATH")?;
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
        .arg("--browser")
        .arg(browser)
        .arg("--report")
        .arg(&file)
        .arg("--shots")
        .arg(workspace.target.join("shots"));
    let ended = process::listen(&mut node)?;
    let report = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let tally = report.as_ref().and_then(Tally::of_counts).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}

/// The whole path: the driver looks nothing up.
pub(crate) fn browser() -> Option<PathBuf> {
    let folders = env::split_paths(&env::var_os("PATH")?).collect::<Vec<_>>();
    let files = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}
