//! The schema of scenarios in a real YAML language server, as people's text editors use it.

use std::fs;
use std::process::Command;

use anyhow::ensure;

use super::Report;
use super::rust;
use super::tally::Tally;
use crate::process;
use crate::web;
use crate::workspace::Workspace;

/// Runs `web/e2e/yaml`, which asks the binary for the schema.
pub(crate) fn tests(workspace: &Workspace) -> anyhow::Result<Report> {
    web::install(workspace)?;
    let binary = workspace.target.join("debug/hookmill");
    // The Rust tests have shown already why it does not build; an old one must not speak for it.
    ensure!(rust::build(workspace).is_ok() && binary.is_file(), "not run: the binary does not build");
    let file = workspace.target.join("yaml-editor.json");
    let _ = fs::remove_file(&file); // an old report must not speak for this run
    let mut node = Command::new("node");
    node.current_dir(workspace.web()).arg("e2e/yaml/run.js").arg("--binary").arg(&binary).arg("--report").arg(&file);
    let ended = process::listen(&mut node)?;
    let report = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let tally = report.as_ref().and_then(Tally::of_counts).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}
