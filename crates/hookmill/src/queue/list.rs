//! `hookmill queue list`.

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, Done, QUIET, paint};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;

/// List the queues of a server's scenarios
#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    pub(super) async fn run(self) -> Done {
        let told = Server::of(&self.place)?.get("/queues").await?;
        let queues = told["items"].as_array().cloned().unwrap_or_default();
        let mut out = terminal::stdout();
        for queue in &queues {
            let (state, scenario) = (queue["state"].as_str(), queue["scenario"].as_str());
            let rate = queue["rate"].as_f64().unwrap_or_default();
            let oldest = queue["oldest"].as_i64().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
            write!(
                out,
                "{:<8}  {:>9} waiting  {:>7} running  {rate:>8.1}/s  {}",
                state.unwrap_or_default(),
                queue["waiting"].as_u64().unwrap_or_default(),
                queue["running"].as_u64().unwrap_or_default(),
                terminal::printable(scenario.unwrap_or_default()),
            )?;
            if let Some(oldest) = oldest {
                write!(out, "  {}", paint(QUIET, format_args!("since {oldest:.0}")))?;
            }
            match queue["dropped"].as_u64().unwrap_or_default() {
                0 => writeln!(out)?,
                dropped => writeln!(out, "  {}", paint(QUIET, format_args!("{dropped} dropped")))?,
            }
        }
        if queues.is_empty() {
            terminal::say(paint(QUIET, "no scenarios"));
        }
        Ok(ExitCode::SUCCESS)
    }
}
