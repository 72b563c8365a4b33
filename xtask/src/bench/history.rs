//! Many finished runs, made by the server itself: whatever it keeps them in, this is how they come there.

use anyhow::ensure;

use super::profile::Profile;
use super::server::Server;
use super::wrk::{self, Load};
use super::{Bench, runs};

/// How long each load lasts, in seconds; loads follow each other until there are runs enough.
const LOAD: u64 = 5;

/// How many numbers to leave out between two loads: requests that were sent and not answered in time have some.
const GAP: u64 = 10_000;

/// Posts the profile's body, numbered, until at least this many are answered, and waits until all are done. Gives how
/// many were answered. The first load's numbers begin with 1.
pub(crate) fn fill(
    bench: &Bench,
    server: &mut Server,
    path: &str,
    profile: &Profile,
    count: u64,
) -> anyhow::Result<u64> {
    let body = profile.body();
    let connections = profile.connections()?.first().copied().unwrap_or(1);
    let seconds = LOAD.min(bench.seconds);
    let (mut answered, mut first) = (0, 0);
    while answered < count {
        let load = Load { address: server.address, path, body: &body, connections, seconds };
        let outcome = wrk::run_numbered(bench, &load, first)?;
        ensure!(outcome.errors == 0 && outcome.requests > 0, "after {answered} answers: {outcome:?}");
        answered += outcome.requests;
        first += outcome.requests + GAP;
    }
    server.wait_for("all runs to end", |server| runs::running(server) == Some(0))?;
    Ok(answered)
}
