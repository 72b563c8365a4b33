//! Ten thousand schedules: what they cost while nothing is due, and how late their runs are.

use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde_json::Value;

use super::figure::{Bound, Figure, median};
use super::gauge::{processor_time, resident};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::{Bench, runs};
use crate::process;

/// How much of one processor they may take while nothing is due, in percent.
const IDLE: Bound = Bound::AtMost(1.0);

/// How long after its time a run may be over, and on disk, in milliseconds.
const LATE: Bound = Bound::AtMost(50.0);

/// How long the server may take to read all of them, and to come to rest, before the look at what it costs begins.
const START: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(6);

/// A folder of scenarios with a time each, one after the other; the first comes after the look at what they cost.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "schedules")?;
    let idle = Duration::from_secs(profile.number("idle")?);
    let first = SystemTime::now().duration_since(UNIX_EPOCH)? + START + SETTLED + idle;
    let copies = due(profile.copies()?, first.as_secs(), profile.number("each_second")?)?;
    let count = copies.len();
    let scratch = Scratch::new(&bench.scratch, "schedules", copies)?;
    let mut server = Server::hookmill(bench, &scratch)?;
    thread::sleep(SETTLED);
    let held = resident(server.pid())?;
    let before = processor_time(server.pid())?;
    thread::sleep(idle);
    let share = (processor_time(server.pid())? - before).as_secs_f64() / idle.as_secs_f64() * 100.0;
    let all = |server: &Server| runs::count(server, "status=succeeded").is_ok_and(|runs| runs == count);
    server.wait_for("all of them to be over", all)?;
    let late = runs::all(&server, "")?.iter().map(late).collect::<anyhow::Result<Vec<f64>>>()?;
    let slowest = late.iter().copied().fold(0.0, f64::max);
    Ok(vec![
        Figure::new(format!("exec to ready, {count} schedules"), "ms", vec![server.ready_after.as_secs_f64() * 1e3]),
        Figure::new("resident with them", "MB", vec![held]),
        Figure::new("of one processor while none is due", "%", vec![share]).bound(IDLE),
        Figure::new("from its time to the end of its run, in the middle", "ms", median(&late).into_iter().collect()),
        Figure::new("the same, the slowest of all", "ms", vec![slowest]).bound(LATE),
    ])
}

/// Puts a time into each, so many in a second.
fn due(copies: Vec<(String, String)>, first: u64, each_second: u64) -> anyhow::Result<Vec<(String, String)>> {
    let mut second = String::new();
    let mut timed = Vec::with_capacity(copies.len());
    for (number, (name, text)) in (0..).zip(copies) {
        let within = number % each_second;
        if within == 0 {
            second = written(first + number / each_second)?;
        }
        let due = format!("{second}.{:03}Z", within * 1000 / each_second);
        timed.push((name, text.replace("DUE", &due)));
    }
    Ok(timed)
}

/// A second as RFC 3339 has it, but for its fraction and zone.
fn written(second: u64) -> anyhow::Result<String> {
    let said = process::read(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%S", "-d", &format!("@{second}")]))?;
    Ok(said.trim().to_owned())
}

/// How long after its time a run was over. The name of a scheduled run begins with what was due (`docs/decisions/0008`).
fn late(run: &Value) -> anyhow::Result<f64> {
    let due = run["created"].as_i64().context("a run without a time")?;
    let over = run["changed"].as_i64().context("a run that has not changed")?;
    Ok((over - due) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_time() -> anyhow::Result<()> {
        let copies = (0..5).map(|number| (number.to_string(), "at: DUE".to_owned())).collect();
        let texts: Vec<String> = due(copies, 1_795_424_640, 4)?.into_iter().map(|(_, text)| text).collect();
        let expected = ["00.000", "00.250", "00.500", "00.750", "01.000"];
        assert_eq!(texts, expected.map(|second| format!("at: 2026-11-23T09:04:{second}Z")).to_vec());
        Ok(())
    }
}
