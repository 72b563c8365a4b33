//! The load generator: wrk, with a script of ours that ends in one line a program can read.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::Bench;
use crate::process;

/// How long an answer may take, in seconds.
const PATIENCE: u64 = 2;

/// What is posted where, and how.
pub(crate) struct Load<'a> {
    /// The server.
    pub(crate) address: SocketAddr,
    /// The path with its `/`.
    pub(crate) path: &'a str,
    /// JSON.
    pub(crate) body: &'a str,
    /// Kept alive, each with one request at a time.
    pub(crate) connections: u64,
    /// How long.
    pub(crate) seconds: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Requests that were answered.
    pub(crate) requests: u64,
    /// Requests per second.
    pub(crate) rate: f64,
    /// Half of the answers came within this, in milliseconds.
    pub(crate) p50: f64,
    /// 99 of 100 answers came within this, in milliseconds.
    pub(crate) p99: f64,
    /// Connections refused or broken, time-outs, and answers from 400 on.
    pub(crate) errors: u64,
}

/// Posts for as long as the load says. One thread, so that the server has the rest of the machine.
pub(crate) fn run(bench: &Bench, load: &Load) -> anyhow::Result<Outcome> {
    post(bench, load, PATIENCE, &[])
}

/// The same with more time for each answer, in seconds.
pub(crate) fn run_patiently(bench: &Bench, load: &Load, patience: u64) -> anyhow::Result<Outcome> {
    post(bench, load, patience, &[])
}

/// The same with bodies that differ: `NUMBER` in the body counts up from `first`, and `NOISE` becomes 512 digits of
/// chance.
pub(crate) fn run_numbered(bench: &Bench, load: &Load, first: u64) -> anyhow::Result<Outcome> {
    post(bench, load, PATIENCE, &[&first.to_string()])
}

fn post(bench: &Bench, load: &Load, patience: u64, more: &[&str]) -> anyhow::Result<Outcome> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", &format!("-c{}", load.connections), &format!("-d{}s", load.seconds)]);
    wrk.args(["--timeout", &format!("{patience}s")]);
    wrk.arg("-s").arg(bench.profiles.join("wrk/post.lua")).arg(format!("http://{}{}", load.address, load.path));
    let said = process::read(wrk.args(["--", load.body]).args(more))?;
    parse(&said).with_context(|| format!("wrk gave no result:\n{said}"))
}

fn parse(said: &str) -> Option<Outcome> {
    let line = said.lines().find_map(|line| line.strip_prefix("RES "))?;
    let result: Value = serde_json::from_str(line).ok()?;
    let number = |key: &str| result[key].as_u64();
    let requests = number("requests")?;
    let seconds = number("micros")? as f64 / 1e6;
    let errors = result["errors"].as_object()?.values().map(Value::as_u64).sum::<Option<u64>>()?;
    Some(Outcome {
        requests,
        rate: if seconds > 0.0 { requests as f64 / seconds } else { 0.0 },
        p50: number("p50")? as f64 / 1e3,
        p99: number("p99")? as f64 / 1e3,
        errors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = r#"Running 2s test @ http://127.0.0.1:8199/hook/hello
  1 threads and 100 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.93ms  522.02us   5.76ms   95.73%
    Req/Sec    33.14k   175.45    34.49k    80.00%
  66000 requests in 2.00s, 13.67MB read
  Non-2xx or 3xx responses: 4
Requests/sec:  33000.00
Transfer/sec:      6.83MB
RES {"requests":66000,"micros":2000000,"p50":2866,"p99":3925,"errors":{"connect":0,"read":1,"write":0,"status":4,"timeout":2}}
"#;

    #[test]
    fn reads_what_the_script_prints() {
        let expected = Outcome { requests: 66_000, rate: 33_000.0, p50: 2.866, p99: 3.925, errors: 7 };
        assert_eq!(parse(SAID), Some(expected));
    }

    #[test]
    fn a_result_that_lacks_something_is_none() {
        let check = |said: &str| assert_eq!(parse(said), None, "{said}");
        check("");
        check("unable to connect to 127.0.0.1:8199 Connection refused\n");
        check(&SAID.replace("\"p50\":2866,", ""));
        check(&SAID.replace("\"status\":4", "\"status\":-1"));
        check(&SAID.replace("RES {", "RES "));
    }
}
