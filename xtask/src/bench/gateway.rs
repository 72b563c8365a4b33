//! What the gateway costs and bears: keeping every request while a flood comes, showing requests live without loss, and
//! thousands of clients that send a byte now and then.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::connection::Connection;
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::{PATIENCE, Server, TOKEN};
use super::wrk::{self, Load, Outcome};
use super::{Bench, RUNS, hello};

/// What share of the answers per second is left with every request kept.
const SHARE: Bound = Bound::AtLeast { floor: 0.8, aim: None };

/// What share of the answers per second is left beside the slow clients.
const BESIDE_SLOW: Bound = Bound::AtLeast { floor: 0.5, aim: None };

/// How many requests a second are watched.
const WATCHED: u32 = 1_000;

/// How many connections they come over.
const SENDERS: u32 = 4;

/// Measures all three.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "gateway")?;
    let mut figures = kept(bench, &profile)?;
    figures.extend(watched(bench, &profile)?);
    figures.extend(beside_slow_clients(bench, &profile)?);
    Ok(figures)
}

/// A flood with every request kept, and with none.
fn kept(bench: &Bench, profile: &Profile) -> anyhow::Result<Vec<Figure>> {
    let connections = profile.connections()?.first().copied().unwrap_or(1);
    let serve = |name: &str, more: &[&str]| {
        let files = [("hello.yaml".to_owned(), profile.scenario().to_owned())];
        let scratch = Scratch::new(&bench.scratch, name, files)?;
        let server = Server::hookmill_with(bench, &scratch, more)?;
        hello::greeted(server.address, hello::PATH, profile)?;
        anyhow::Ok((scratch, server))
    };
    let (_on, with) = serve("inspected", &[])?;
    let (_off, without) = serve("uninspected", &["--keep-requests", "0"])?;
    let load = |server: &Server, seconds| flood(bench, server, profile, connections, seconds);
    load(&with, 1)?;
    load(&without, 1)?;
    let pairs = (0..RUNS)
        .map(|_| Ok((load(&with, bench.seconds)?, load(&without, bench.seconds)?)))
        .collect::<anyhow::Result<Vec<(Outcome, Outcome)>>>()?;
    let figure = |what: &str, unit, value: fn(&(Outcome, Outcome)) -> f64| {
        Figure::new(format!("{what}, {connections} conn."), unit, pairs.iter().map(value).collect())
    };
    Ok(vec![
        figure("inspector on", "/s", |(on, _)| on.rate),
        figure("inspector off", "/s", |(_, off)| off.rate),
        figure("on / off", "", |(on, off)| on.rate / off.rate).bound(SHARE),
        figure("p99, inspector on", "ms", |(on, _)| on.p99),
    ])
}

/// Requests at a steady rate, and a reader of the live stream who must see each of them.
fn watched(bench: &Bench, profile: &Profile) -> anyhow::Result<Vec<Figure>> {
    let scratch = hello::scratch(bench, profile)?;
    let server = hello::serve(bench, &scratch, profile)?;
    let count = WATCHED * u32::try_from(bench.seconds)?;
    let (address, body) = (server.address, profile.body());
    let stream = Stream::open(address)?;
    let start = Instant::now();
    let seen = thread::scope(|scope| {
        let reader = scope.spawn(move || stream.read(count));
        for sender in 0..SENDERS {
            let body = body.as_bytes();
            scope.spawn(move || send_steadily(address, body, sender, count, start));
        }
        reader.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader broke off")))
    })?;
    let took = start.elapsed().as_secs_f64();
    let lost = f64::from(count) - seen as f64;
    Ok(vec![
        Figure::new("requests watched live", "/s", vec![seen as f64 / took]),
        Figure::new("lost to the one who watches", "", vec![lost]).bound(Bound::AtMost(0.0)),
    ])
}

/// One of several senders that together keep the rate.
fn send_steadily(address: SocketAddr, body: &[u8], sender: u32, count: u32, start: Instant) {
    let Ok(mut connection) = Connection::open(address) else { return };
    for number in (sender..count).step_by(SENDERS as usize) {
        let due = start + Duration::from_secs_f64(f64::from(number) / f64::from(WATCHED));
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if connection.post(hello::PATH, body).is_err() {
            return;
        }
    }
}

/// The live stream of the hook's requests.
struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Comes back once the server has begun to answer.
    fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let path = "/api/v1/hooks/hello/requests/events";
        let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        ensure!(line.contains(" 200 "), "the stream is refused: {line}");
        while line.trim_end() != "" {
            line.clear();
            stream.read_line(&mut line)?;
        }
        Ok(Self(stream))
    }

    /// How many requests it told of, up to `count`: each `data:` line is one, or a list of some.
    fn read(mut self, count: u32) -> anyhow::Result<usize> {
        let mut seen = 0;
        let mut line = String::new();
        while seen < count as usize {
            line.clear();
            let read = self.0.read_line(&mut line);
            if !matches!(read, Ok(length) if length > 0) {
                break;
            }
            let Some(data) = line.strip_prefix("data:") else { continue };
            let event: Value = serde_json::from_str(data).context("an event is no JSON")?;
            seen += event.as_array().map_or(1, Vec::len);
        }
        Ok(seen)
    }
}

/// A flood alone, and beside clients whose request never becomes whole.
fn beside_slow_clients(bench: &Bench, profile: &Profile) -> anyhow::Result<Vec<Figure>> {
    let connections = profile.connections()?.first().copied().unwrap_or(1);
    let scratch = hello::scratch(bench, profile)?;
    let server = hello::serve(bench, &scratch, profile)?;
    flood(bench, &server, profile, connections, 1)?;
    let alone = flood(bench, &server, profile, connections, bench.seconds)?;
    let slow = slow_clients(server.address, profile.number("slow")?)?;
    let beside = flood(bench, &server, profile, connections, bench.seconds)?;
    Ok(vec![
        Figure::new("slow clients", "", vec![slow.len() as f64]),
        Figure::new("beside them / alone", "", vec![beside.rate / alone.rate]).bound(BESIDE_SLOW),
        Figure::new("refused or broken beside them", "", vec![beside.errors as f64]).bound(Bound::AtMost(0.0)),
    ])
}

/// Connections that have sent the first bytes of a request, and then nothing.
fn slow_clients(address: SocketAddr, count: u64) -> anyhow::Result<Vec<TcpStream>> {
    let client = || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"POST /hook/hello HTTP/1.1\r\nhost: x\r\nx-slow: ")?;
        anyhow::Ok(stream)
    };
    (0..count).map(|_| client()).collect()
}

fn flood(bench: &Bench, server: &Server, profile: &Profile, connections: u64, seconds: u64) -> anyhow::Result<Outcome> {
    let body = profile.body();
    wrk::run(bench, &Load { address: server.address, path: hello::PATH, body: &body, connections, seconds })
}
