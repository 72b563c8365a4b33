//! What runs leave on the disk that need not be kept: their room has to come back.

use std::thread;
use std::time::{Duration, Instant};

use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::{Bench, gauge, history};

/// The webhook of `bench/scenarios/kept.yaml`.
const PATH: &str = "/hook/kept";

/// What the folder may take in the end, in MB: the last runs, and files that wait to be written again.
const LEFT: f64 = 150.0;

/// How long it may take to give the room back. A server looks for what may go every ten minutes.
const PATIENCE: Duration = Duration::from_secs(12 * 60);

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Has runs done of which only the last are to be kept, and watches the folder.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "disk")?;
    let scratch = Scratch::new(&bench.scratch, "disk", [("kept.yaml".into(), profile.scenario().into())])?;
    // Requests are kept beside runs, up to a bound of their own.
    let mut server = Server::hookmill_with(bench, &scratch, &["--keep-requests", "0"])?;
    let taken = || gauge::allocated(&scratch.data()) as f64 / 1e6;
    let runs = history::fill(bench, &mut server, PATH, &profile, bench.runs_or(&profile, "count")?)?;
    let (full, start) = (taken(), Instant::now());
    let mut left = full;
    while left > LEFT && start.elapsed() < PATIENCE {
        thread::sleep(LOOK);
        left = taken();
    }
    Ok(vec![
        Figure::new("on disk when the runs are over", "MB", vec![full]).note(format!("{runs} runs")),
        Figure::new("on disk once what need not be kept is gone", "MB", vec![left]).bound(Bound::AtMost(LEFT)),
        Figure::new("after", "s", vec![start.elapsed().as_secs_f64()]),
    ])
}
