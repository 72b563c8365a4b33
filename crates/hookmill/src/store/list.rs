//! `hookmill store list`.

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, Done, QUIET, paint};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;

/// List the data stores of a server
#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    pub(super) async fn run(self) -> Done {
        let told = Server::of(&self.place)?.get("/stores").await?;
        let stores = told["items"].as_array().cloned().unwrap_or_default();
        let mut out = terminal::stdout();
        for store in &stores {
            let records = store["records"].as_u64().unwrap_or_default();
            let more = if store["more"] == true { "+" } else { " " };
            let columns = store["columns"].as_array().map(Vec::as_slice).unwrap_or_default();
            let columns: Vec<&str> = columns.iter().filter_map(|name| name.as_str()).collect();
            let name = store["name"].as_str().unwrap_or_default();
            let columns = paint(QUIET, terminal::printable(&columns.join(", ")));
            writeln!(out, "{records:>7}{more}  {:<24}  {columns}", terminal::printable(name))?;
        }
        if stores.is_empty() {
            terminal::say(paint(QUIET, "no data stores"));
        }
        Ok(ExitCode::SUCCESS)
    }
}
