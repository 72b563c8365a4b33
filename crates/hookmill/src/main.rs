//! Hookmill's command line: what the program can do, one file for each thing.

mod alarms;
mod app;
mod check;
mod diff;
mod export;
mod fmt;
mod folder;
mod functions;
mod home;
mod import;
mod language;
mod listen;
mod log;
mod modules;
mod private_file;
mod processors;
mod queue;
mod run;
mod runs;
mod schema;
mod serve;
mod setting;
mod sources;
mod starters;
mod store;
mod templates;
mod terminal;
mod test;
mod vault;
mod verify;
mod whatif;

use clap::{Parser, Subcommand};
use log::Colours;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// Automation that keeps its promises: triggers start runs, runs walk a chain of modules, all of it written as YAML.
#[derive(Debug, Parser)]
#[command(name = "hookmill", version, after_help = terminal::EXIT_CODES, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Serve>),
    Run(run::Run),
    Runs(runs::Runs),
    Queue(queue::Queue),
    Store(store::Store),
    Alarms(alarms::Alarms),
    Listen(listen::Listen),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Diff(diff::Diff),
    Import(import::Import),
    Export(export::Export),
    Whatif(whatif::WhatIf),
    Test(test::Test),
    Modules(modules::Modules),
    App(app::App),
    Vault(vault::Vault),
    Verify(verify::Verify),
    Functions(functions::Functions),
    Schema(schema::Schema),
}

fn main() -> ExitCode {
    // Only the first call can set it, and this is the first line; every TLS client and server takes this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let command = Cli::parse().command;
    start_log(&command);
    terminal::end(match command {
        Command::Serve(serve) => serve.run(),
        Command::Run(run) => run.run(),
        Command::Runs(runs) => runs.run(),
        Command::Queue(queue) => queue.run(),
        Command::Store(store) => store.run(),
        Command::Alarms(alarms) => alarms.run(),
        Command::Listen(listen) => listen.run(),
        Command::Check(check) => check.run(),
        Command::Fmt(fmt) => fmt.run(),
        Command::Diff(diff) => diff.run(),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Whatif(what_if) => what_if.run(),
        Command::Test(test) => test.run(),
        Command::Modules(modules) => modules.run(),
        Command::App(app) => app.run(),
        Command::Vault(vault) => vault.run(),
        Command::Verify(verify) => verify.run(),
        Command::Functions(functions) => functions.run(),
        Command::Schema(schema) => schema.run(),
    })
}

/// Logs go to stderr, as `RUST_LOG` says; a server says a little by itself, everything else only what is wrong. What
/// strangers send that is no HTTP is nobody's error here, and must not fill the log. Only terminals get colours.
fn start_log(command: &Command) {
    let level = if matches!(command, Command::Serve(_)) { "info,actix_server=warn,actix_http=off" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colours = if std::io::stderr().is_terminal() { Colours::Shown } else { Colours::None };
    log::to(std::io::stderr, filter, colours).init();
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
