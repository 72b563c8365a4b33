//! `hookmill runs show`.

use super::server::Server;
use super::{Place, folder};
use crate::terminal::{self, BAD, Done, QUIET, paint};
use anyhow::Context;
use clap::Args;
use run::entry::Entry;
use run::history::history;
use run::id::RunId;
use run::payload::Payload;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Show what the steps of a run did
#[derive(Args, Debug)]
pub(super) struct Show {
    /// The run
    run: RunId,
    #[command(flatten)]
    place: Place,
}

impl Show {
    pub(super) async fn run(self) -> Done {
        let steps = match (&self.place.server, folder::open(&self.place.data)) {
            (None, Some(engine)) => {
                let steps = self.of_folder(&engine);
                folder::close(engine).await?;
                steps?
            }
            _ => {
                let told = Server::of(&self.place)?.get(&format!("/runs/{}", self.run)).await?;
                told["steps"].as_array().cloned().unwrap_or_default()
            }
        };
        let mut out = terminal::stdout();
        for step in &steps {
            let text = |key: &str| step[key].as_str().unwrap_or_default();
            writeln!(out, "{:<9}  {:<20}  {}", text("status"), text("label"), text("module"))?;
            for key in ["sent", "output"] {
                if let Some(value) = step.get(key).filter(|value| !value.is_null()) {
                    writeln!(out, "    {}", paint(QUIET, format_args!("{key}: {value}")))?;
                }
            }
            if let Some(error) = step.get("error").filter(|error| !error.is_null()) {
                let (code, message) = (error["code"].as_str(), error["message"].as_str());
                let told = format!("{}: {}", code.unwrap_or_default(), message.unwrap_or_default());
                writeln!(out, "    {}", paint(BAD, told))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The same fields as the API gives, as far as they are shown.
    fn of_folder(&self, engine: &engine::Engine) -> anyhow::Result<Vec<Value>> {
        let handle = engine.handle();
        let (_, entries) = handle.journal(self.run)?.context("there is no such run")?;
        let Some(Entry::Created(created)) = entries.first() else { anyhow::bail!("the journal has no beginning") };
        let plan = handle.version(&created.scenario, &created.version).ok();
        let decoded = |payload: &Payload| serde_json::from_slice::<Value>(payload.text()).unwrap_or_default();
        let step = |record: &run::history::StepRecord| {
            let step = plan.as_ref().map(|plan| plan.step(record.spot.step));
            json!({
                "status": record.outcome,
                "label": step.map(|step| &*step.label),
                "module": step.map(|step| &*step.module),
                "sent": record.sent.as_ref().map(decoded),
                "output": record.output.as_ref().map(decoded),
                "error": record.error,
            })
        };
        Ok(history(&entries).iter().map(step).collect())
    }
}
