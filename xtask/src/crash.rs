//! `cargo xtask crash`: the test that kills the server at any moment, often, and against the binary that is shipped.

use std::process::ExitCode;

use anyhow::ensure;

use crate::flags::Flags;
use crate::workspace::Workspace;
use crate::{process, run, test};

/// How often the server is killed unless said.
const ROUNDS: u32 = 200;

const TEST: &str = "kill::nothing_acknowledged_is_lost_and_nothing_done_is_repeated";

/// Runs the test in front of the user's eyes; its own line says what was seen.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let flags = Flags::parse(arguments, &["--rounds", "--binary"])?;
    let rounds = flags.get("--rounds")?.unwrap_or(ROUNDS);
    ensure!(rounds > 0, "--rounds must be at least 1");
    test::ensure_nextest(workspace)?;
    let binary = run::given_or_built(workspace, &flags)?;
    let mut nextest = workspace.cargo();
    nextest
        .args(["nextest", "run", "--profile", "crash", "--package", "hookmill", "--no-capture"])
        .arg(format!("--filter-expr=test(={TEST})"))
        .env("HOOKMILL_BIN", binary)
        .env("HOOKMILL_CRASH_ROUNDS", rounds.to_string());
    process::show(&mut nextest)?;
    Ok(ExitCode::SUCCESS)
}
