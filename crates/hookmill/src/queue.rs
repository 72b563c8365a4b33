//! `hookmill queue`: what waits on a server, and what to do about it.

mod list;

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, Done, OK, paint};
use clap::{Args, Subcommand};
use run::id::ScenarioId;
use serde_json::json;
use std::process::ExitCode;

/// Look at what waits on a server; pause, drain or purge the queue of a scenario
#[derive(Args, Debug)]
pub(crate) struct Queue {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    /// Take runs in and let none begin; those under way go on
    Pause(Of),
    /// Let runs in and begin again, after a pause or a drain
    Resume(Of),
    /// Take nothing new in; what waits goes on
    Drain(Of),
    /// Cancel every run that waits and has not begun
    Purge(Of),
}

/// Whose queue.
#[derive(Args, Debug)]
struct Of {
    /// The scenario
    scenario: ScenarioId,
    #[command(flatten)]
    place: Place,
}

impl Queue {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::List(list) => list.run().await,
                Command::Pause(of) => of.set("pause").await,
                Command::Resume(of) => of.set("resume").await,
                Command::Drain(of) => of.set("drain").await,
                Command::Purge(of) => of.purge().await,
            }
        })
    }
}

impl Of {
    async fn set(&self, what: &str) -> Done {
        let told = self.post(what).await?;
        let state = told["state"].as_str().unwrap_or_default().to_owned();
        let (waiting, running) = (&told["waiting"], &told["running"]);
        terminal::say(format_args!("{} {}: {waiting} waiting, {running} running", paint(OK, state), self.scenario));
        Ok(ExitCode::SUCCESS)
    }

    async fn purge(&self) -> Done {
        let told = self.post("purge").await?;
        terminal::say(format_args!("{} {} runs of {}", paint(OK, "cancelled"), told["cancelled"], self.scenario));
        Ok(ExitCode::SUCCESS)
    }

    async fn post(&self, what: &str) -> anyhow::Result<serde_json::Value> {
        let path = format!("/scenarios/{}/queue/{what}", self.scenario);
        Server::of(&self.place)?.post(&path, &json!({})).await
    }
}
