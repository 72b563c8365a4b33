//! `hookmill runs move`.

use super::Place;
use super::selection::Selection;
use super::server::Server;
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use anyhow::Context;
use clap::Args;
use run::id::RunId;
use serde_json::json;
use std::process::ExitCode;

/// How runs stand that are not over.
const OPEN: [&str; 3] = ["running", "waiting", "held"];

/// Move open runs on a server to another version of their scenario
///
/// A run is moved only if what it has done fits the version. Each step that does not is named, with the reason.
#[derive(Args, Debug)]
pub(super) struct Move {
    /// The run; or name many with --scenario
    #[arg(required_unless_present = "scenario", conflicts_with = "scenario")]
    run: Option<RunId>,
    /// The version, by digest [default: the one that takes new runs now]
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Only look whether it fits
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
}

impl Move {
    pub(super) async fn run(self) -> Done {
        let server = Server::of(&self.place)?;
        let runs = match self.run {
            Some(run) => vec![run.to_string()],
            None => self.selected(&server).await?,
        };
        let mut all_fit = true;
        for run in runs {
            all_fit &= self.one(&server, &run).await?;
        }
        Ok(if all_fit { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn selected(&self, server: &Server) -> anyhow::Result<Vec<String>> {
        let told = server.get(&self.selection.address()?).await?;
        let items = told["items"].as_array().context("the server lists no runs")?;
        let open = items.iter().filter(|item| OPEN.contains(&item["status"].as_str().unwrap_or_default()));
        Ok(open.filter_map(|item| item["id"].as_str()).map(str::to_owned).collect())
    }

    /// Moves one run; gives whether it fits.
    async fn one(&self, server: &Server, run: &str) -> anyhow::Result<bool> {
        let mut body = json!({ "check": self.check });
        if let Some(version) = &self.to {
            body["version"] = version.as_str().into();
        }
        let told = server.post(&format!("/runs/{run}/move"), &body).await?;
        let run = terminal::printable(run);
        let misfits = told["misfits"].as_array().map(Vec::as_slice).unwrap_or_default();
        match (misfits, told["moved"] == true) {
            ([], true) => terminal::say(format_args!("{} {run}", paint(OK, "moved"))),
            ([], false) => terminal::say(format_args!("{} {run}", paint(QUIET, "fits"))),
            (misfits, _) => {
                terminal::say(format_args!("{} {run}", paint(BAD, "does not fit")));
                for misfit in misfits {
                    let message = terminal::printable(misfit["message"].as_str().unwrap_or_default());
                    terminal::say(format_args!("    {message}"));
                }
            }
        }
        Ok(misfits.is_empty())
    }
}
