//! The web page: its build, its types, its unit tests.

use std::fs;

use super::Report;
use super::tally::Tally;
use crate::workspace::Workspace;
use crate::{node, process, web};

/// Installs the page's packages and builds it.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<Report> {
    if let Some(complaint) = node::complaint() {
        anyhow::bail!(complaint);
    }
    web::install(workspace)?;
    web::build(workspace)?;
    Ok(Report { tally: Tally::PASSED, said: String::new() })
}

/// Checks the types of scripts and components.
pub(crate) fn types(workspace: &Workspace) -> anyhow::Result<Report> {
    let ended = process::listen(web::npm(workspace).args(["run", "--silent", "check"]))?;
    Ok(Report { tally: Tally::of_check(&ended), said: ended.said() })
}

/// Runs the unit tests.
pub(crate) fn units(workspace: &Workspace) -> anyhow::Result<Report> {
    let file = workspace.target.join("page-units.json");
    let _ = fs::remove_file(&file); // an old report must not speak for this run
    let mut npm = web::npm(workspace);
    npm.args(["test", "--silent", "--", "--reporter=default", "--reporter=json"]).arg("--outputFile.json").arg(&file);
    let ended = process::listen(&mut npm)?;
    let report = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let tally = report.as_ref().and_then(Tally::of_vitest).unwrap_or_default();
    Ok(Report { tally: tally.judged(&ended), said: ended.said() })
}
