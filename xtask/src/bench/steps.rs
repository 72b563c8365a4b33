//! Five steps after an answer at once, each journaled: how many whole runs come to their end in a second. They are counted
//! by what the journal holds, not by what was accepted.

use std::time::Instant;

use anyhow::ensure;

use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::wrk::{self, Load};
use super::{Bench, RUNS, runs};

/// The webhook of `bench/scenarios/steps.yaml`.
pub(crate) const PATH: &str = "/hook/steps";

/// What one load came to.
pub(crate) struct Completed {
    /// Runs that ended well.
    pub(crate) runs: usize,
    /// Runs that ended well, for each second from the first request until none was left to do.
    pub(crate) rate: f64,
    /// Requests that went wrong.
    pub(crate) errors: u64,
}

/// Posts at every number of connections of the profile.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "steps")?;
    let mut figures = Vec::new();
    for connections in profile.connections()? {
        let loads: Vec<_> = (0..RUNS).map(|_| complete(bench, &profile, connections)).collect::<anyhow::Result<_>>()?;
        let errors = loads.iter().map(|load: &Completed| load.errors).sum::<u64>();
        let rates = loads.iter().map(|load| load.rate).collect();
        let runs = loads.iter().map(|load| load.runs).sum::<usize>();
        figures.push(
            Figure::new(format!("five-step runs completed, {connections} conn."), "/s", rates)
                .note(format!("{runs} runs counted")),
        );
        figures.push(
            Figure::new(format!("errors, {connections} conn."), "", vec![errors as f64]).bound(Bound::AtMost(0.0)),
        );
    }
    Ok(figures)
}

/// On a fresh folder: every run that was accepted has to end well.
pub(crate) fn complete(bench: &Bench, profile: &Profile, connections: u64) -> anyhow::Result<Completed> {
    let scratch = Scratch::new(&bench.scratch, "steps", [("steps.yaml".into(), profile.scenario().into())])?;
    let mut server = Server::hookmill(bench, &scratch)?;
    let body = profile.body();
    let load = Load { address: server.address, path: PATH, body: &body, connections, seconds: bench.seconds };
    let start = Instant::now();
    let accepted = wrk::run(bench, &load)?;
    server.wait_for("every accepted run to end", |server| runs::running(server) == Some(0))?;
    let took = start.elapsed().as_secs_f64();
    let ended = runs::count(&server, "scenario=steps&status=succeeded")?;
    let least = usize::try_from(accepted.requests - accepted.errors.min(accepted.requests))?;
    ensure!(ended >= least, "{ended} runs ended well of {least} that were accepted");
    Ok(Completed { runs: ended, rate: ended as f64 / took, errors: accepted.errors })
}
