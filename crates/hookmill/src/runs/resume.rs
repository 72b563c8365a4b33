//! `hookmill runs resume`.

use super::Place;
use super::server::Server;
use crate::terminal::{self, Done, OK, QUIET, paint};
use anyhow::Context;
use clap::Args;
use run::id::RunId;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Let a held step of a run on a server go on
///
/// The step is tried again, unless --use or --fail says otherwise.
#[derive(Args, Debug)]
pub(super) struct Resume {
    /// The run
    run: RunId,
    /// The step, by its id or label; may be left out while one alone is held
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    /// Its turn of each loop around it, outermost first, from 0
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',')]
    turns: Vec<u32>,
    /// Pass the step over; this stands in for what it gives
    #[arg(long = "use", value_name = "JSON", conflicts_with = "fail", allow_hyphen_values = true)]
    output: Option<String>,
    /// Let the step fail, as if it had not been held
    #[arg(long)]
    fail: bool,
    #[command(flatten)]
    place: Place,
}

impl Resume {
    pub(super) async fn run(self) -> Done {
        let told = Server::of(&self.place)?.post(&format!("/runs/{}/resume", self.run), &self.body()?).await?;
        let step = terminal::printable(told["step"].as_str().unwrap_or_default());
        let next = paint(QUIET, format_args!("next: `hookmill runs show {}`", self.run));
        terminal::say(format_args!("{} step `{step}`; {next}", paint(OK, "resumed")));
        Ok(ExitCode::SUCCESS)
    }

    fn body(&self) -> anyhow::Result<Value> {
        let mut body = match &self.output {
            Some(text) => {
                let output: Value = serde_json::from_str(text).context("--use is no JSON")?;
                json!({ "action": "use", "output": output })
            }
            None => json!({ "action": if self.fail { "fail" } else { "retry" } }),
        };
        if let Some(step) = &self.step {
            body["step"] = step.as_str().into();
        }
        if !self.turns.is_empty() {
            body["turns"] = json!(self.turns);
        }
        Ok(body)
    }
}
