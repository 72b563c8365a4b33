//! `hookmill check`: how long it takes over a big folder, and whether it finds all that is wrong in a small one.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::{Bench, RUNS};
use crate::process;

/// The whole command over the profile's number of scenarios, in seconds.
const TIME: Bound = Bound::AtMost(2.0);

/// How many mistakes `bench/ten-mistakes.yaml` has.
const MISTAKES: f64 = 10.0;

/// Checks good scenarios, then bad ones.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "check")?;
    let copies = profile.copies()?;
    let what = format!("check of {} scenarios", copies.len());
    let scratch = Scratch::new(&bench.scratch, "check", copies)?;
    let times = (0..RUNS).map(|_| time(bench, &scratch)).collect::<anyhow::Result<_>>()?;
    let findings = findings(bench)?;
    let all = Bound::AtLeast { floor: MISTAKES, aim: None };
    Ok(vec![
        Figure::new(what, "s", times).bound(TIME),
        Figure::new("of ten mistakes, found with line and column", "", vec![placed(&findings) as f64]).bound(all),
        Figure::new("of ten mistakes, found with a hint", "", vec![hinted(&findings) as f64]).bound(all),
    ])
}

fn time(bench: &Bench, scratch: &Scratch) -> anyhow::Result<f64> {
    let start = Instant::now();
    process::read(Command::new(&bench.binary).arg("check").arg(scratch.scenarios()))?;
    Ok(start.elapsed().as_secs_f64())
}

fn findings(bench: &Bench) -> anyhow::Result<Vec<Value>> {
    let mut check = Command::new(&bench.binary);
    check.args(["check", "--format", "json"]).arg(bench.profiles.join("ten-mistakes.yaml"));
    let ended = process::listen(&mut check)?;
    ensure!(!ended.success, "a file with mistakes passes the check");
    let report: Value = serde_json::from_str(&ended.output).with_context(|| ended.said())?;
    report["diagnostics"].as_array().cloned().context("the report has no diagnostics")
}

/// On how many lines errors stand; a second one on a line would be a mistake counted twice.
fn placed(findings: &[Value]) -> usize {
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    let placed = errors.filter(|finding| finding["place"]["column"].as_u64().is_some_and(|column| column > 0));
    let mut lines: Vec<u64> = placed.filter_map(|finding| finding["place"]["line"].as_u64()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.len()
}

fn hinted(findings: &[Value]) -> usize {
    findings.iter().filter(|finding| finding["hint"].as_str().is_some_and(|hint| !hint.is_empty())).count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_each_mistake_once() {
        let finding = |severity: &str, line: u64, column: u64, hint: Option<&str>| json!({ "severity": severity, "place": { "line": line, "column": column }, "hint": hint });
        let findings = [
            finding("error", 3, 1, Some("did you mean `description`?")),
            finding("error", 3, 9, None),
            finding("error", 7, 2, Some("")),
            finding("error", 8, 0, None),
            finding("warning", 9, 1, Some("say so")),
            json!({ "severity": "error" }),
        ];
        assert_eq!(placed(&findings), 2);
        assert_eq!(hinted(&findings), 2);
    }
}
