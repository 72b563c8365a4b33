//! What it takes to be there: time to the first answer, memory when idle, size of the program.

use std::fs;
use std::thread;
use std::time::Duration;

use super::figure::{Bound, Figure};
use super::gauge::resident;
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::{Bench, RUNS};

/// From exec to the first 200 of `/readyz`, in milliseconds.
const READY: Bound = Bound::AtMost(150.0);

/// Resident memory when idle, in MB.
const IDLE: Bound = Bound::AtMost(40.0);

/// The stripped binary, in MB.
const SIZE: Bound = Bound::AtMost(40.0);

/// When a server counts as idle after it was ready.
const SETTLED: Duration = Duration::from_secs(2);

/// Starts with the profile's number of scenarios on an empty data folder.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "start")?;
    let copies = profile.copies()?;
    let loaded = format!("{} scenarios", copies.len());
    let (mut ready, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let scratch = Scratch::new(&bench.scratch, "start", copies.clone())?;
        let server = Server::hookmill(bench, &scratch)?;
        ready.push(server.ready_after.as_secs_f64() * 1e3);
        thread::sleep(SETTLED);
        idle.push(resident(server.pid())?);
    }
    let size = fs::metadata(&bench.binary)?.len() as f64 / 1e6;
    Ok(vec![
        Figure::new(format!("exec to ready, {loaded}"), "ms", ready).bound(READY),
        Figure::new(format!("resident when idle, {loaded}"), "MB", idle).bound(IDLE),
        Figure::new("binary", "MB", vec![size]).bound(SIZE),
    ])
}
