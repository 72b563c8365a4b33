//! `hookmill app`: apps, which are modules written in YAML. Made, checked, tried and looked at.

mod check;
mod files;
mod from_openapi;
mod list;
mod new;
mod show;
mod test;

use crate::terminal::{self, Done};
use clap::{Args, Subcommand};

/// Make, check and test apps: modules written in YAML
///
/// An app is a file that says how one logs in to a service and what each action sends and gives. Hookmill ships a catalogue
/// of them; your own are `scenarios/apps/NAME.yaml`, with their cases in `NAME.cases.yaml` beside them.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct App {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    #[command(name = "from-openapi")]
    FromOpenApi(from_openapi::FromOpenApi),
    Check(check::Check),
    Test(test::Test),
    List(list::List),
    Show(show::Show),
}

impl App {
    pub(crate) fn run(self) -> Done {
        match self.command {
            Command::New(new) => new.run(),
            Command::FromOpenApi(from) => from.run(),
            Command::Check(check) => check.run(),
            Command::Test(test) => test.run(),
            Command::List(list) => list.run(),
            Command::Show(show) => show.run(),
        }
    }
}
