//! `hookmill whatif`: what another text of a scenario would have made of its last runs on a server.

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, BAD, Done, OK, QUIET, STRONG, paint};
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// No value is shown longer, in characters.
const LONGEST: usize = 120;

/// Tell what another text of a scenario would have made of its last runs
///
/// Nothing is sent: others answer what they answered then, and steps see the time and the random values of then.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 compared · 1 with --strict: something would be different · 2 wrong arguments")]
pub(crate) struct WhatIf {
    /// The text; its name without `.yaml` is the scenario
    file: PathBuf,
    /// With how many of the last runs that are over
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    last: u16,
    /// With those alone that ended so: succeeded, failed…
    #[arg(long)]
    status: Option<String>,
    /// Fail if something would be different, or is not known
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    place: Place,
}

impl WhatIf {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.ask())
    }

    async fn ask(self) -> Done {
        let text = fs::read_to_string(&self.file).with_context(|| format!("{} cannot be read", self.file.display()))?;
        let name = self.file.file_stem().and_then(|name| name.to_str()).context("the file has no name")?;
        let mut body = json!({ "text": text, "last": self.last });
        if let Some(status) = &self.status {
            body["status"] = status.as_str().into();
        }
        let told = Server::of(&self.place)?.post(&format!("/scenarios/{name}/whatif"), &body).await?;
        let mut out = terminal::stdout();
        for run in told["items"].as_array().into_iter().flatten() {
            show(&mut out, run)?;
        }
        let (same, different) =
            (told["same"].as_u64().unwrap_or_default(), told["different"].as_u64().unwrap_or_default());
        let verdict = if different == 0 { OK } else { BAD };
        terminal::say(paint(verdict, format_args!("{same} the same, {different} different")));
        Ok(if self.strict && different > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A run, if something would be different.
fn show(out: &mut impl Write, run: &Value) -> std::io::Result<()> {
    let differences = run["differences"].as_array().map(Vec::as_slice).unwrap_or_default();
    let unknown = run["unknown"].as_str();
    if differences.is_empty() && unknown.is_none() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, text(&run["run"])))?;
    for change in differences {
        let (was, would_be) = (value(change.get("was")), value(change.get("would_be")));
        writeln!(out, "    {} {}: {was} → {would_be}", text(&change["at"]), text(&change["path"]))?;
    }
    if let Some(unknown) = unknown {
        writeln!(out, "    {}", paint(QUIET, format_args!("unknown: {}", terminal::printable(unknown))))?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    terminal::printable(value.as_str().unwrap_or_default())
}

fn value(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let told = terminal::printable(&value.to_string());
    match told.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &told[..end]),
        None => told,
    }
}
