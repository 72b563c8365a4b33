//! `hookmill store export`.

use super::{Format, query};
use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::Done;
use anyhow::Context;
use clap::Args;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Write the records of a data store to a file
#[derive(Args, Debug)]
pub(super) struct Export {
    /// The data store
    store: String,
    /// The file [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What it is written as
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// The character set, such as big5 [default: UTF-8]
    #[arg(long, value_name = "NAME")]
    charset: Option<String>,
    /// Only records whose keys start with this
    #[arg(long)]
    prefix: Option<String>,
    /// Only records that hold this: JSON, as in `store.search`
    #[arg(long, value_name = "JSON")]
    r#where: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub(super) async fn run(self) -> Done {
        let format = if self.format == Format::Csv { "csv" } else { "jsonl" };
        let query = query(&[
            ("format", Some(format)),
            ("charset", self.charset.as_deref()),
            ("prefix", self.prefix.as_deref()),
            ("where", self.r#where.as_deref()),
        ]);
        let mut answer = Server::of(&self.place)?.file(&format!("/sheets/{}?{query}", self.store)).await?;
        let mut output: Box<dyn Write> = match &self.output {
            Some(file) => {
                Box::new(File::create(file).with_context(|| format!("{} cannot be written", file.display()))?)
            }
            None => Box::new(io::stdout()),
        };
        let broken = "the server broke off: the file is not whole";
        while let Some(piece) = answer.chunk().await.context(broken)? {
            output.write_all(&piece)?;
        }
        output.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
