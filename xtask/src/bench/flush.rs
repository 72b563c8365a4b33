//! Whether an answer really waits for the disk: strace counts what the server asks of it.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::Bench;
use super::figure::{Bound, Figure};
use super::hello;
use super::profile::Profile;
use super::server::{PATIENCE, Server};
use super::wrk::{self, Load};
use crate::process;

/// The system call that puts a file's data on the disk, fdatasync(2).
const CALL: &str = "fdatasync";

/// How many of these calls there are for each answer over one connection, where no two answers can share one. Not
/// checked where strace is missing or may not trace.
pub(crate) fn measure(bench: &Bench, profile: &Profile) -> anyhow::Result<Figure> {
    let figure = |values| {
        let bound = Bound::AtLeast { floor: 1.0, aim: None };
        Figure::new(format!("{CALL} for each answer, 1 conn."), "", values).bound(bound)
    };
    match process::listen(Command::new("strace").args(["-c", "-e", &format!("trace={CALL}"), "true"])) {
        Err(_) => Ok(figure(vec![]).note("strace is not installed")),
        Ok(ended) if !ended.success => Ok(figure(vec![]).note("strace may not trace here")),
        Ok(_) => count(bench, profile).map(|share| figure(vec![share])),
    }
}

fn count(bench: &Bench, profile: &Profile) -> anyhow::Result<f64> {
    let scratch = hello::scratch(bench, profile)?;
    let summary = scratch.file("strace");
    let mut strace = Command::new("strace");
    // -D leaves the server this process's child, so that it can be asked to end.
    strace.args(["-D", "-f", "-c", "-e", &format!("trace={CALL}"), "-o"]).arg(&summary).arg(&bench.binary);
    let server = Server::hookmill_under(strace, &scratch)?;
    let body = profile.body();
    let load = Load { address: server.address, path: hello::PATH, body: &body, connections: 1, seconds: bench.seconds };
    let outcome = wrk::run(bench, &load)?;
    ensure!(outcome.requests > 0 && outcome.errors == 0, "under strace: {outcome:?}");
    server.stop()?;
    let end = Instant::now() + PATIENCE;
    loop {
        let text = fs::read_to_string(&summary).unwrap_or_default();
        if text.ends_with(" total\n") {
            let calls = calls(&text).with_context(|| format!("strace saw no {CALL}:\n{text}"))?;
            return Ok(calls as f64 / outcome.requests as f64);
        }
        ensure!(Instant::now() < end, "strace wrote no summary:\n{text}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The `calls` column of `strace -c`, in the line of our call.
fn calls(summary: &str) -> Option<u64> {
    let words = summary.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.into_iter().find(|words| words.last() == Some(&CALL))?.get(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_calls() {
        let summary = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 99.41    0.079065          69      1136           fdatasync
  0.59    0.000468          78         6         2 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    0.079533          69      1142         2 total
";
        assert_eq!(calls(summary), Some(1136));
        assert_eq!(calls(&summary.replace("fdatasync", "write")), None);
        assert_eq!(calls(""), None);
    }
}
