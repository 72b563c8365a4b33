//! `hookmill runs`: runs of a server, or of a data folder that no server has open.

mod cancel;
mod capture;
mod folder;
mod list;
mod loosening;
mod moving;
mod replay;
mod resume;
mod selection;
pub(crate) mod server;
mod show;

use crate::terminal::Done;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use url::Url;

/// Look at runs, make tests of them, and lead them on
#[derive(Args, Debug)]
pub(crate) struct Runs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Capture(capture::Capture),
    Replay(replay::Replay),
    Move(moving::Move),
    Resume(resume::Resume),
    Cancel(cancel::Cancel),
}

/// Where the runs are.
#[derive(Args, Debug)]
pub(crate) struct Place {
    /// The server [default: the data folder, or http://127.0.0.1:8080 while a server has that open]
    #[arg(long, value_name = "URL", env = "HOOKMILL_SERVER")]
    server: Option<Url>,
    /// The data folder; its token opens a server on this machine, unless HOOKMILL_TOKEN is set
    #[arg(long, value_name = "DIR", default_value = ".hookmill")]
    data: PathBuf,
}

impl Runs {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::List(list) => list.run().await,
                Command::Show(show) => show.run().await,
                Command::Capture(capture) => capture.run().await,
                Command::Replay(replay) => replay.run().await,
                Command::Move(moving) => moving.run().await,
                Command::Resume(resume) => resume.run().await,
                Command::Cancel(cancel) => cancel.run().await,
            }
        })
    }
}
