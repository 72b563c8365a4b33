//! `hookmill store import`.

use super::{Format, query};
use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{self, BAD, Done, OK, paint};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Write the lines of a file into a data store
///
/// CSV, whose first line names the columns, or JSON Lines with key and value. Lines that cannot be records are told of
/// and do not keep the others out; there were any: exit code 1.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// The data store; a new one is made
    store: String,
    /// The file
    file: PathBuf,
    /// What it is written as [default: what its name says, else csv]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The column that has the keys [default: key]
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Make a key for each line that has none
    #[arg(long)]
    new_keys: bool,
    /// What stands between cells: one character, or tab [default: what the first line has most of]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<String>,
    /// The character set, such as big5 [default: what a byte order mark says, else UTF-8]
    #[arg(long, value_name = "NAME")]
    charset: Option<String>,
    /// What cells are that are in no column of the store
    #[arg(long, value_enum, default_value = "text")]
    types: Types,
    /// What becomes of lines whose record is there already
    #[arg(long, value_enum, default_value = "replace")]
    existing: Existing,
    /// Only look at what would come of it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Types {
    /// Texts
    Text,
    /// What they look like: 12 is a number, 007 a text
    Guess,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Existing {
    /// They take the record's place
    Replace,
    /// The record stays
    Skip,
    /// They are refused
    Refuse,
}

impl Import {
    pub(super) async fn run(self) -> Done {
        let bytes = std::fs::read(&self.file).with_context(|| format!("{} cannot be read", self.file.display()))?;
        let kind = match self.format() {
            Format::Csv => "text/csv",
            Format::Jsonl => "application/x-ndjson",
        };
        let path = format!("/sheets/{}?{}", self.store, self.query());
        let told = Server::of(&self.place)?.send(&path, kind, bytes).await?;
        let number = |name: &str| told[name].as_u64().unwrap_or_default();
        for line in told["lines"].as_array().into_iter().flatten() {
            let message = terminal::printable(line["message"].as_str().unwrap_or_default());
            terminal::say(format_args!("{}:{}: {message}", self.file.display(), line["line"]));
        }
        let done = paint(OK, if self.dry_run { "would write" } else { "wrote" });
        let refused = match number("refused") {
            0 => String::new(),
            refused => format!(", {} {refused}", paint(BAD, "refused")),
        };
        let (written, read, skipped) = (number("written"), number("read"), number("skipped"));
        terminal::say(format_args!("{done} {written} of {read}, skipped {skipped}{refused}"));
        Ok(terminal::verdict(usize::from(told["refused"] != 0)))
    }

    fn format(&self) -> Format {
        let named = self.file.extension().and_then(|extension| extension.to_str());
        let usual = if matches!(named, Some("jsonl" | "ndjson")) { Format::Jsonl } else { Format::Csv };
        self.format.unwrap_or(usual)
    }

    fn query(&self) -> String {
        let types = match self.types {
            Types::Text => "text",
            Types::Guess => "guess",
        };
        let existing = match self.existing {
            Existing::Replace => "replace",
            Existing::Skip => "skip",
            Existing::Refuse => "refuse",
        };
        query(&[
            ("key", self.key.as_deref()),
            ("new_keys", self.new_keys.then_some("true")),
            ("separator", self.separator.as_deref()),
            ("charset", self.charset.as_deref()),
            ("types", Some(types)),
            ("existing", Some(existing)),
            ("dry_run", self.dry_run.then_some("true")),
        ])
    }
}
