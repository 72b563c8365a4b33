//! `hookmill store`: the data stores of a server, as files.

mod columns;
mod export;
mod import;
mod list;

use crate::terminal::Done;
use clap::{Args, Subcommand};

/// Look at the data stores of a server, and take records out of them and into them as files
#[derive(Args, Debug)]
pub(crate) struct Store {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Columns(columns::Columns),
    Export(export::Export),
    Import(import::Import),
}

impl Store {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::List(list) => list.run().await,
                Command::Columns(columns) => columns.run().await,
                Command::Export(export) => export.run().await,
                Command::Import(import) => import.run().await,
            }
        })
    }
}

/// What files of records are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Comma-separated values, for spreadsheets
    Csv,
    /// One JSON map with key and value on each line; nothing is lost
    Jsonl,
}

/// A query of the API.
fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let given = pairs.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
}
