//! `hookmill store columns`.

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, Done, OK, paint};
use anyhow::Context;
use clap::Args;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show which columns a data store has, or say which it has
///
/// Written as JSON or YAML: `columns`, each with `name`, `type` (text, number, flag, time or json), and perhaps
/// `required`, `default` and `description`; and `others`, which is `refuse` or `keep`.
#[derive(Args, Debug)]
pub(super) struct Columns {
    /// The data store
    store: String,
    /// From now on it has the columns of this file
    #[arg(long, value_name = "FILE", conflicts_with = "clear")]
    set: Option<PathBuf>,
    /// From now on its records may hold anything
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    place: Place,
}

impl Columns {
    pub(super) async fn run(self) -> Done {
        let (server, path) = (Server::of(&self.place)?, format!("/columns/{}", self.store));
        if self.clear {
            server.delete(&path).await?;
            terminal::say(format_args!("{} of {}", paint(OK, "cleared the columns"), terminal::printable(&self.store)));
            return Ok(ExitCode::SUCCESS);
        }
        let Some(file) = &self.set else {
            let told = server.get(&path).await?;
            writeln!(terminal::stdout(), "{}", serde_json::to_string_pretty(&told)?)?;
            return Ok(ExitCode::SUCCESS);
        };
        let name = file.display();
        let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
        let columns: Value = serde_yaml::from_str(&text).with_context(|| format!("{name} is neither YAML nor JSON"))?;
        let told = server.put(&path, &columns).await?;
        let count = terminal::count(told["columns"].as_array().map_or(0, Vec::len), "column");
        terminal::say(format_args!("{} {count}: {}", paint(OK, "set"), terminal::printable(&self.store)));
        Ok(ExitCode::SUCCESS)
    }
}
