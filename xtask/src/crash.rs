//! `cargo xtask crash`: the program that is shipped is killed at any moment, and the store under it dies at any write.

use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;

use crate::flags::Flags;
use crate::workspace::Workspace;
use crate::{process, run, test};

/// How many rounds there are unless said.
const ROUNDS: u32 = 2000;

/// One in so many rounds is a kill, which takes as long as a thousand writes: a server has to start and to come under load.
const KILLS: u32 = 10;

/// A test that goes on for as many rounds as a variable of the environment says.
struct Test {
    package: &'static str,
    name: &'static str,
    rounds: &'static str,
}

/// Kills the server under load, at moments of chance.
const KILL: Test = Test {
    package: "hookmill",
    name: "kill::nothing_acknowledged_is_lost_and_nothing_done_is_repeated",
    rounds: "HOOKMILL_CRASH_ROUNDS",
};

/// Lets a disk fail at writes of chance: torn, forgotten, or the last ones before the machine is off.
const FAULT: Test = Test {
    package: "store",
    name: "disk::tests::faults::what_was_acknowledged_outlives_death_at_any_write",
    rounds: "STORE_FAULT_ROUNDS",
};

/// A folder in memory, where the system has one: a disk that only seems to die need not be one, and a test that does
/// nothing but sync is twenty times as fast there.
const IN_MEMORY: &str = "/dev/shm";

/// Runs both tests in front of the user's eyes; their own lines say what was seen.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let flags = Flags::parse(arguments, &["--rounds", "--binary"])?;
    let (kills, faults) = shares(flags.get("--rounds")?.unwrap_or(ROUNDS));
    ensure!(kills > 0, "--rounds must be at least 1");
    test::ensure_nextest(workspace)?;
    if faults > 0 {
        println!("{faults} rounds of a store whose disk dies at any write");
        let folder = Path::new(IN_MEMORY).is_dir().then_some(("TMPDIR", IN_MEMORY));
        perform_one(workspace, &FAULT, faults, folder.as_slice())?;
    }
    let binary = run::given_or_built(workspace, &flags)?.display().to_string();
    println!("{kills} kills of {binary}");
    perform_one(workspace, &KILL, kills, &[("HOOKMILL_BIN", &binary)])?;
    Ok(ExitCode::SUCCESS)
}

/// How many rounds are kills, and how many are faults of the disk.
fn shares(rounds: u32) -> (u32, u32) {
    let kills = rounds.div_ceil(KILLS);
    (kills, rounds - kills)
}

fn perform_one(workspace: &Workspace, test: &Test, rounds: u32, more: &[(&str, &str)]) -> anyhow::Result<()> {
    let mut nextest = workspace.cargo();
    nextest
        .args(["nextest", "run", "--profile", "crash", "--package", test.package, "--no-capture"])
        .arg(format!("--filter-expr=test(={})", test.name))
        .env(test.rounds, rounds.to_string())
        .envs(more.iter().copied());
    process::show(&mut nextest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_in_ten_is_a_kill() {
        let check = |rounds, expected| assert_eq!(shares(rounds), expected, "{rounds}");
        check(0, (0, 0));
        check(1, (1, 0));
        check(2000, (200, 1800));
        check(10_000, (1000, 9000));
    }
}
