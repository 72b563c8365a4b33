//! Lists of runs by text, scenario, status and time, over very many of them.

use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::events::Events;
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::{Bench, hello, history, runs};
use crate::process;

/// The webhook of `bench/scenarios/failing.yaml`.
const FAILING: &str = "/hook/failing";

/// How many runs fail, among all the others.
const FAILED: u64 = 1000;

/// How long an answer of the API may take, in milliseconds.
const ANSWER: Bound = Bound::AtMost(300.0);

/// How often each question is asked.
const ASKED: usize = 5;

/// How many runs a page has unless said.
const PAGE: usize = 50;

/// A question, and how many runs the first page of its answer has.
struct Question {
    what: &'static str,
    query: String,
    expected: usize,
}

/// Fills a folder and asks.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "search")?;
    let failing = Profile::read(&bench.profiles, "failing")?;
    let files = [("hello.yaml", profile.scenario()), ("failing.yaml", failing.scenario())];
    let scratch = Scratch::new(&bench.scratch, "search", files.map(|(name, text)| (name.to_owned(), text.to_owned())))?;
    let mut server = Server::hookmill(bench, &scratch)?;
    let count = bench.runs_or(&profile, "count")?;
    let mut filled = history::fill(bench, &mut server, hello::PATH, &profile, count / 2)?;
    let events = Events { address: server.address, path: FAILING, keys: 10, clients: 10, rate: None };
    let middle = events.post(FAILED, 1, &AtomicBool::new(true))?;
    ensure!(middle.refused == 0, "{} of {FAILED} events were refused", middle.refused);
    filled += history::fill(bench, &mut server, hello::PATH, &profile, count.saturating_sub(filled))?;
    let failed = runs::list(&server, "status=failed&limit=1")?;
    let failed = failed.first().context("no run has failed")?;
    let note = format!("{} runs", filled + FAILED);
    questions(failed)?.into_iter().map(|question| Ok(ask(&server, question)?.note(note.clone()))).collect()
}

/// `failed` is a run from the middle. Numbers that count from 1 come twice: once in each half.
fn questions(failed: &Value) -> anyhow::Result<Vec<Question>> {
    let created = failed["created"].as_i64().context("a listed run does not say when it was created")?;
    let until = timestamp(created + 1)?;
    let id = failed["id"].as_str().context("a listed run has no id")?;
    let question = |what, query: String, expected| Question { what, query, expected };
    Ok(vec![
        question("a text of two runs", "q=A-500-Z".to_owned(), 2),
        question("a text of all runs of a scenario", "q=Ada".to_owned(), PAGE),
        question("a text that is in no run", "q=nowhere-500-Z".to_owned(), 0),
        question("a part of a word that is in no run", "q=zqx".to_owned(), 0),
        question("a scenario's runs", "scenario=failing".to_owned(), PAGE),
        question("runs that failed", "status=failed".to_owned(), PAGE),
        question("a scenario's runs that failed, and none has", "scenario=hello&status=failed".to_owned(), 0),
        question("runs of a second", format!("since={}&until={until}", timestamp(created - 999)?), PAGE),
        question("runs before the one in the middle", format!("before={id}"), PAGE),
        question(
            "a text, a scenario, a status and a time",
            format!("q=number&scenario=failing&status=failed&until={until}"),
            PAGE,
        ),
    ])
}

/// A time in milliseconds since 1970 as the API takes it (RFC 3339).
fn timestamp(millis: i64) -> anyhow::Result<String> {
    let moment = format!("--date=@{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
    let said = process::read(Command::new("date").args(["--utc", &moment, "+%Y-%m-%dT%H:%M:%S.%3NZ"]))?;
    Ok(said.trim().to_owned())
}

fn ask(server: &Server, question: Question) -> anyhow::Result<Figure> {
    let Question { what, query, expected } = question;
    let mut times = Vec::new();
    for _ in 0..ASKED {
        let start = Instant::now();
        let found = runs::list(server, &query)?.len();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(found == expected, "{what}: {found} runs are listed for {query}, and should be {expected}");
    }
    Ok(Figure::new(what, "ms", times).bound(ANSWER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times() -> anyhow::Result<()> {
        assert_eq!(timestamp(1_767_225_600_007)?, "2026-01-01T00:00:00.007Z");
        Ok(())
    }
}
