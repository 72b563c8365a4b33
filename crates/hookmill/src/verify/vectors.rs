//! Test vectors: one entry, whose verdict it says, or several, of which it says whether each is as expected.

use super::{Format, report};
use crate::terminal::{self, BAD, Done, OK, paint};
use anyhow::{Context, anyhow};
use run::id::Millis;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;
use triggers::webhook::verify::vector::{Case, Decryption, Outcome};

/// Lists of entries that a file of vectors has.
const LISTS: [&str; 3] = ["vectors", "decryptions", "challenges"];

/// Checks the entries of a file.
pub(super) fn check(bytes: &[u8], now: Millis, format: Format) -> Done {
    let file: Value = serde_json::from_slice(bytes).context("the file is no JSON")?;
    match several(&file) {
        Some(entries) => check_all(&entries, now, format),
        None => check_one(&file, now, format),
    }
}

/// The entries of a list, or of a file with lists.
fn several(file: &Value) -> Option<Vec<&Value>> {
    if let Some(list) = file.as_array() {
        return Some(list.iter().collect());
    }
    let lists: Vec<_> = LISTS.iter().filter_map(|name| file.get(*name)?.as_array()).collect();
    (!lists.is_empty()).then(|| lists.into_iter().flatten().collect())
}

/// The verdict on one entry, whatever it expects.
fn check_one(entry: &Value, now: Millis, format: Format) -> Done {
    if let Some(decryption) = Decryption::read(entry) {
        let outcome = decryption.outcome();
        say_difference(decryption.difference(&outcome));
        let (verdict, code) = if outcome.is_ok() { ("valid", 0) } else { ("invalid", 1) };
        let mut out = terminal::stdout();
        match (format, &outcome) {
            (Format::Json, Ok(answer)) => writeln!(out, "{:#}", json!({ "verdict": verdict, "answer": answer }))?,
            (Format::Json, Err(why)) => writeln!(out, "{:#}", json!({ "verdict": verdict, "code": why }))?,
            (Format::Text, Ok(answer)) => writeln!(out, "{}\n{answer:#}", paint(OK, verdict))?,
            (Format::Text, Err(why)) => writeln!(out, "{}\n{why}", paint(BAD, verdict))?,
        }
        return Ok(ExitCode::from(code));
    }
    let case = Case::read(entry, now).map_err(|why| anyhow!(why))?;
    say_difference(case.expectation.difference(&case.outcome()));
    case.with_incoming(|incoming| report::print(case.provider, &case.settings, incoming, format))
}

fn say_difference(difference: Option<String>) {
    if let Some(difference) = difference {
        terminal::say(format_args!("{}: {difference}", paint(BAD, "not as expected")));
    }
}

/// Whether every entry is as it expects.
fn check_all(entries: &[&Value], now: Millis, format: Format) -> Done {
    let mut out = terminal::stdout();
    let mut wrong = 0;
    let mut list = Vec::new();
    for entry in entries {
        let (id, verdict, difference) = judge(entry, now).map_err(|why| anyhow!(why))?;
        wrong += usize::from(difference.is_some());
        match (format, &difference) {
            (Format::Json, _) => list.push(json!({ "id": id, "verdict": verdict, "difference": difference })),
            (Format::Text, Some(why)) => writeln!(out, "{} {id}: {why}", paint(BAD, "wrong"))?,
            (Format::Text, None) => writeln!(out, "{} {id} {verdict}", paint(OK, "right"))?,
        }
    }
    if format == Format::Json {
        writeln!(out, "{:#}", Value::Array(list))?;
    }
    out.flush()?;
    let count = entries.len();
    terminal::say(format_args!("{count} entries, {wrong} not as expected"));
    Ok(terminal::verdict(wrong))
}

/// The name of an entry, the verdict on it, and in what that differs from what is expected.
fn judge(entry: &Value, now: Millis) -> Result<(String, &'static str, Option<String>), String> {
    if let Some(decryption) = Decryption::read(entry) {
        let outcome = decryption.outcome();
        let difference = decryption.difference(&outcome);
        let verdict = if outcome.is_ok() { "valid" } else { "invalid" };
        return Ok((decryption.id, verdict, difference));
    }
    let case = Case::read(entry, now)?;
    let outcome = case.outcome();
    let difference = case.expectation.difference(&outcome);
    let verdict = if matches!(outcome, Outcome::Invalid(_)) { "invalid" } else { "valid" };
    Ok((case.id, verdict, difference))
}
