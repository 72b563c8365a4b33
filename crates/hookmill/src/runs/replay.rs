//! `hookmill runs replay`.

use super::Place;
use super::selection::Selection;
use super::server::Server;
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use anyhow::Context;
use clap::{Args, ValueEnum};
use run::id::RunId;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Do runs on a server again, as new runs
///
/// Steps before the one that a replay begins with are not done again: what they gave comes from the journal.
#[derive(Args, Debug)]
#[command(disable_version_flag = true)]
pub(super) struct Replay {
    /// The run; or name many with --scenario
    #[arg(required_unless_present = "scenario", conflicts_with = "scenario")]
    run: Option<RunId>,
    /// The step to begin with, by its id or label [default: the beginning]
    #[arg(long, value_name = "STEP", conflicts_with = "from_failure")]
    from: Option<String>,
    /// Its turn of each loop around it, outermost first, from 0 [default: the first that was reached]
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',', requires = "from")]
    turns: Vec<u32>,
    /// Begin with the step that the run failed at
    #[arg(long)]
    from_failure: bool,
    /// With which version of the scenario
    #[arg(long, value_enum, default_value_t = Version::Same)]
    version: Version,
    /// What the run gets as `trigger.body` instead: JSON, or @FILE
    #[arg(long, value_name = "JSON|@FILE", conflicts_with = "scenario", allow_hyphen_values = true)]
    input: Option<String>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
}

/// Which version of a scenario.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Version {
    /// The one the run was of
    Same,
    /// The one that takes new runs now
    Current,
}

impl Replay {
    pub(super) async fn run(self) -> Done {
        let server = Server::of(&self.place)?;
        let body = self.body()?;
        let Some(run) = self.run else { return self.many(&server, body).await };
        let told = server.post(&format!("/runs/{run}/replay"), &body).await?;
        let again = terminal::printable(told["run"].as_str().unwrap_or_default());
        let next = paint(QUIET, format_args!("next: `hookmill runs show {again}`"));
        terminal::say(format_args!("{} {run} as {again}; {next}", paint(OK, "replayed")));
        Ok(ExitCode::SUCCESS)
    }

    async fn many(&self, server: &Server, mut body: Value) -> Done {
        body["filter"] = self.selection.filter()?;
        let told = server.post("/runs/replay", &body).await?;
        let mut failed = false;
        for item in told["items"].as_array().into_iter().flatten() {
            let text = |key: &str| terminal::printable(item[key].as_str().unwrap_or_default());
            match item["error"].as_str() {
                None => terminal::say(format_args!("{} {} as {}", paint(OK, "replayed"), text("of"), text("run"))),
                Some(_) => {
                    failed = true;
                    terminal::say(format_args!("{} {}: {}", paint(BAD, "not replayed"), text("of"), text("error")));
                }
            }
        }
        if let Some(next) = told["next"].as_str() {
            let next = terminal::printable(next);
            terminal::say(paint(QUIET, format_args!("there are more: go on with `--before {next}`")));
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn body(&self) -> anyhow::Result<Value> {
        let version = match self.version {
            Version::Same => "same",
            Version::Current => "current",
        };
        let mut body = json!({ "version": version, "from_failure": self.from_failure });
        if let Some(from) = &self.from {
            body["from"] = from.as_str().into();
        }
        if !self.turns.is_empty() {
            body["turns"] = json!(self.turns);
        }
        if let Some(input) = &self.input {
            let text = match input.strip_prefix('@') {
                Some(file) => std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?,
                None => input.clone(),
            };
            body["input"] = serde_json::from_str(&text).context("--input is no JSON")?;
        }
        Ok(body)
    }
}
