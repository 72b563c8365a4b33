//! Runs that wait for a month: what they cost in memory, and how soon a server is ready that has many of them.

use std::thread;
use std::time::Duration;

use super::figure::{Bound, Figure};
use super::gauge::resident;
use super::profile::Profile;
use super::server::Server;
use super::{Bench, hello, memory, runs};

/// How much more memory the server may hold with all runs waiting, in MB.
const COST: Bound = Bound::AtMost(30.0);

/// How long the last of them may take to come to rest.
const SETTLED: Duration = Duration::from_secs(2);

/// First the runs come, then the server is started anew on them.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "waits")?;
    let scratch = hello::scratch(bench, &profile)?;
    let mut server = Server::hookmill(bench, &scratch)?;
    memory::post(bench, &server, &profile, profile.number("warm_up")?)?;
    thread::sleep(SETTLED);
    let before = resident(server.pid())?;
    let runs = memory::post(bench, &server, &profile, profile.number("count")?)?;
    thread::sleep(SETTLED);
    let more = |server: &Server| Ok::<_, anyhow::Error>((resident(server.pid())? - before) * 100_000.0 / runs as f64);
    let waiting = more(&server)?;
    // Looking for one that does not wait reads how all of them stand.
    quiet(&mut server)?;
    let listed = more(&server)?;
    server.stop()?;
    let again = Server::hookmill(bench, &scratch)?;
    Ok(vec![
        Figure::new("resident before", "MB", vec![before]),
        Figure::new("more for 100,000 waiting runs", "MB", vec![waiting]).bound(COST).note(format!("{runs} runs")),
        Figure::new("more once they were all listed", "MB", vec![listed]),
        Figure::new("ready again with them", "ms", vec![again.ready_after.as_secs_f64() * 1e3]),
        Figure::new("resident after a restart", "MB", vec![resident(again.pid())?]),
    ])
}

/// Comes back once no run is being worked on.
fn quiet(server: &mut Server) -> anyhow::Result<()> {
    server.wait_for("all runs to wait", |server| runs::running(server) == Some(0))
}
