//! Memory over many runs, and bodies that are large or too large.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::figure::{Bound, Figure};
use super::gauge::resident;
use super::http::{self, Framing};
use super::profile::Profile;
use super::server::Server;
use super::wrk::{self, Load};
use super::{Bench, hello};

/// How far memory may go from where it stood after the warm-up, up or down, in MB.
const FLAT: Bound = Bound::AtMost(20.0);

/// How often memory is looked at; a run of 200,000 takes seconds.
const LOOK: Duration = Duration::from_millis(250);

/// How long each load lasts, in seconds; loads follow each other until there are runs enough.
const LOAD: u64 = 2;

/// A body that has to be handled.
const LARGE: usize = 10_000_000;

/// A body that has to be refused.
const TOO_LARGE: u64 = 200_000_000;

/// How much of it may be on its way by then, in MB: the server's own bound of 16 MiB, and the system's buffers.
const TAKEN: Bound = Bound::AtMost(30.0);

/// All on one server, in this order.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "memory")?;
    let scratch = hello::scratch(bench, &profile)?;
    let server = hello::serve(bench, &scratch, &profile)?;
    let mut figures = flatness(bench, &server, &profile)?;
    figures.push(large(&server)?);
    figures.push(refused(&server, "announced", Framing::Length)?);
    figures.push(refused(&server, "unannounced", Framing::Chunk)?);
    Ok(figures)
}

fn flatness(bench: &Bench, server: &Server, profile: &Profile) -> anyhow::Result<Vec<Figure>> {
    post(bench, server, profile, profile.number("warm_up")?)?;
    let count = profile.number("count")?;
    let (runs, samples) = watched(server.pid(), || post(bench, server, profile, count))?;
    let first = samples.first().copied().unwrap_or_default();
    let what = format!("resident, change over {runs} runs");
    Ok(vec![
        Figure::new("resident after the warm-up", "MB", vec![first]),
        Figure::new(what, "MB", vec![deviation(&samples)]).bound(FLAT).note(format!("{} looks", samples.len())),
    ])
}

/// Posts until at least this many are answered; gives how many were. An error is a failure.
pub(crate) fn post(bench: &Bench, server: &Server, profile: &Profile, count: u64) -> anyhow::Result<u64> {
    let body = profile.body();
    let connections = profile.connections()?.first().copied().unwrap_or(1);
    let mut answered = 0;
    while answered < count {
        let load = Load { address: server.address, path: hello::PATH, body: &body, connections, seconds: LOAD };
        let outcome = wrk::run(bench, &load)?;
        ensure!(outcome.errors == 0 && outcome.requests > 0, "after {answered} answers: {outcome:?}");
        answered += outcome.requests;
    }
    Ok(answered)
}

/// Does the work and looks at a process's memory all the while; the first look is before the work.
fn watched<T>(pid: u32, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Vec<f64>)> {
    let mut samples = vec![resident(pid)?];
    let (over, is_over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let looks = scope.spawn(move || {
            while is_over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                samples.push(resident(pid)?);
            }
            anyhow::Ok(samples)
        });
        let done = work();
        drop(over);
        let samples = looks.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the look at memory broke off")))?;
        Ok((done?, samples))
    })
}

/// The farthest from the first.
fn deviation(samples: &[f64]) -> f64 {
    let first = samples.first().copied().unwrap_or_default();
    samples.iter().map(|sample| (sample - first).abs()).fold(0.0, f64::max)
}

fn large(server: &Server) -> anyhow::Result<Figure> {
    let body = large_body(LARGE);
    let start = Instant::now();
    let answer = http::post(server.address, hello::PATH, body.as_bytes())?;
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.is_ok(), "a body of {} bytes is answered {} {said}", body.len(), answer.status);
    Ok(Figure::new("a JSON body of 10 MB is answered 200", "ms", vec![start.elapsed().as_secs_f64() * 1e3]))
}

/// JSON of at least this many bytes: not one long text, but what takes room once it is parsed.
fn large_body(least: usize) -> String {
    let mut body = String::from("{\"name\":\"Ada\",\"lines\":[{\"qty\":0,\"price\":1.5}");
    for number in 1_u64.. {
        if body.len() + 2 >= least {
            break;
        }
        body.push_str(&format!(",{{\"qty\":{number},\"price\":1.5}}"));
    }
    body.push_str("]}");
    body
}

fn refused(server: &Server, how: &str, framing: Framing) -> anyhow::Result<Figure> {
    let (status, sent) = http::pour(server.address, hello::PATH, framing, TOO_LARGE)?;
    ensure!(status == 413, "a body of {TOO_LARGE} bytes, {how}, is answered {status} after {sent}");
    let what = format!("200 MB, {how}: sent until 413");
    Ok(Figure::new(what, "MB", vec![sent as f64 / 1e6]).bound(TAKEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviates_up_and_down() {
        let check = |samples: &[f64], expected| assert_eq!(deviation(samples), expected, "{samples:?}");
        check(&[], 0.0);
        check(&[50.0], 0.0);
        check(&[50.0, 53.0, 48.0], 3.0);
        check(&[50.0, 53.0, 42.0], 8.0);
    }

    #[test]
    fn a_large_body_is_json() -> anyhow::Result<()> {
        let body = large_body(1000);
        let value: serde_json::Value = serde_json::from_str(&body)?;
        assert!((1000..1100).contains(&body.len()), "{}", body.len());
        assert_eq!(value["lines"][1]["qty"], 1);
        Ok(())
    }
}
