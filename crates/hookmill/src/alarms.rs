//! `hookmill alarms`: what is wrong on a server.

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, BAD, Done, QUIET, paint};
use clap::Args;
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// List what is wrong on a server
#[derive(Args, Debug)]
pub(crate) struct Alarms {
    /// Also what is over
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: Place,
}

impl Alarms {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let told = Server::of(&self.place)?.get(&format!("/alarms?all={}", self.all)).await?;
            let alarms = told["items"].as_array().cloned().unwrap_or_default();
            let mut out = terminal::stdout();
            alarms.iter().try_for_each(|alarm| writeln!(out, "{}", line(alarm)))?;
            if alarms.is_empty() {
                terminal::say(paint(QUIET, "all is well"));
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn line(alarm: &Value) -> String {
    let text = |key: &str| terminal::printable(alarm[key].as_str().unwrap_or_default()).to_string();
    let time = |key: &str| jiff::Timestamp::from_millisecond(alarm[key].as_i64()?).ok().map(|at| format!("{at:.0}"));
    let (style, until) = match time("cleared") {
        None => (BAD, String::new()),
        Some(cleared) => (QUIET, format!(" until {cleared}")),
    };
    let seen = alarm["acknowledged"].as_str().map(|by| format!("  seen by {by}")).unwrap_or_default();
    let since = time("since").unwrap_or_default();
    format!(
        "{} {since}{until}  {}{}",
        paint(style, format_args!("{:<8}", text("kind"))),
        text("message"),
        paint(QUIET, seen)
    )
}
