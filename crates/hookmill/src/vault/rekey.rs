//! `hookmill vault rekey`: another key for everything that is sealed.

use super::{Keys, Records};
use crate::terminal::{Done, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Look after what is kept sealed
#[derive(Args, Debug)]
pub(crate) struct Vault {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    Rekey(Rekey),
}

/// Seal connections, secrets and tokens with a new key, while no server runs
#[derive(Args, Debug)]
struct Rekey {
    /// The folder that keeps runs and records
    #[arg(long, value_name = "DIR", default_value = ".hookmill")]
    data: PathBuf,
}

impl Vault {
    pub(crate) fn run(self) -> Done {
        let Act::Rekey(rekey) = self.act;
        rekey.run()
    }
}

impl Rekey {
    /// The new key is on disk before anything is sealed with it, and the old one until nothing is sealed with that: stopped
    /// anywhere, a server starts with both, and this goes on where it was.
    fn run(self) -> Done {
        let data = &self.data;
        anyhow::ensure!(data.is_dir(), "there is no data folder {}", data.display());
        let store = store::open(&format!("sled:{}", data.display()))
            .with_context(|| format!("cannot open {}; a server that runs has it open", data.display()))?;
        let records = Records::open(Arc::clone(&store.tables), Keys::changing(data)?)?;
        let resealed = records.reseal()?;
        if !resealed.lost.is_empty() {
            resealed.lost.iter().for_each(|place| say(format!("no key opens {place}")));
            anyhow::bail!(
                "{} records are sealed with the new key; give or delete those that no key opens, and run this again",
                resealed.count
            );
        }
        Keys::changed(data)?;
        say(format!(
            "{} records are sealed with the new key; keep a copy of it, and not beside the data",
            resealed.count
        ));
        Ok(ExitCode::SUCCESS)
    }
}
