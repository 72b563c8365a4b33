//! `hookmill runs cancel`.

use super::Place;
use super::server::Server;
use crate::terminal::{self, Done, OK, paint};
use clap::Args;
use run::id::RunId;
use serde_json::json;
use std::process::ExitCode;

/// End a run on a server, and the runs that it waits for
#[derive(Args, Debug)]
pub(super) struct Cancel {
    /// The run
    run: RunId,
    #[command(flatten)]
    place: Place,
}

impl Cancel {
    pub(super) async fn run(self) -> Done {
        Server::of(&self.place)?.post(&format!("/runs/{}/cancel", self.run), &json!({})).await?;
        terminal::say(format_args!("{} {}", paint(OK, "cancelled"), self.run));
        Ok(ExitCode::SUCCESS)
    }
}
