//! What came of all tests, and how it is told: to people, and to programs.

use super::coverage::{Coverage, percent};
use crate::terminal::{self, BAD, OK, QUIET, paint};
use scenario::diagnostic::Place;
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that came of the tests.
pub(super) struct Report {
    /// Test by test, in the order of the files.
    pub(super) outcomes: Vec<Outcome>,
    /// How much of each scenario they came to; empty where nobody asked.
    pub(super) coverage: Vec<Covered>,
    /// From the first to the last.
    pub(super) took: Duration,
}

/// What came of one test, or of a file that cannot be tested.
pub(super) struct Outcome {
    /// The scenario's name.
    pub(super) scenario: String,
    /// The file that the test stands in.
    pub(super) file: String,
    /// Where in it.
    pub(super) place: Place,
    /// What the test is called; none where the file cannot be tested.
    pub(super) test: Option<String>,
    /// What was not as expected, or is wrong in the file.
    pub(super) findings: Vec<String>,
    /// How long it took.
    pub(super) took: Duration,
}

/// How much of a scenario its tests came to.
pub(super) struct Covered {
    /// Its name.
    pub(super) scenario: String,
    /// Its file.
    pub(super) file: String,
    /// How much.
    pub(super) coverage: Coverage,
}

impl Outcome {
    pub(super) fn has_passed(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Report {
    /// How many tests did not pass.
    pub(super) fn failed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| !outcome.has_passed()).count()
    }

    /// Covered and all steps and branches.
    pub(super) fn covered(&self) -> (usize, usize) {
        let each = self.coverage.iter().map(|one| (one.coverage.covered(), one.coverage.all));
        each.fold((0, 0), |(covered, all), (more, of)| (covered + more, all + of))
    }

    /// Tells people.
    pub(super) fn say(&self) {
        self.outcomes.iter().for_each(say_outcome);
        self.coverage.iter().for_each(say_coverage);
        let failed = self.failed();
        let passed = self.outcomes.len() - failed;
        if self.outcomes.is_empty() {
            let hint = "no tests found: a scenario carries them under `tests:`, or in NAME.test.yaml beside it";
            terminal::say(paint(QUIET, hint));
        }
        let style = if failed == 0 { OK } else { BAD };
        let took = paint(QUIET, format_args!("in {} ms", self.took.as_millis()));
        terminal::say(format_args!("{} {took}", paint(style, format_args!("{passed} passed, {failed} failed"))));
        if !self.coverage.is_empty() {
            let (covered, all) = self.covered();
            let percent = percent(covered, all);
            terminal::say(format_args!("coverage: {percent} % ({covered} of {all} steps and branches)"));
        }
    }

    /// The same as one JSON object.
    pub(super) fn json(&self) -> Value {
        let mut report = json!({
            "passed": self.outcomes.len() - self.failed(),
            "failed": self.failed(),
            "milliseconds": milliseconds(self.took),
            "tests": self.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
        });
        if !self.coverage.is_empty() {
            let (covered, all) = self.covered();
            report["coverage"] = json!({
                "percent": percent(covered, all),
                "covered": covered,
                "all": all,
                "scenarios": self.coverage.iter().map(covered_json).collect::<Vec<_>>(),
            });
        }
        report
    }
}

fn say_outcome(outcome: &Outcome) {
    let Outcome { scenario, file, place, test, findings, .. } = outcome;
    let title = test.as_ref().map_or_else(|| format!("{scenario}: cannot run"), |test| format!("{scenario}: {test}"));
    if outcome.has_passed() {
        terminal::say(format_args!("{}    {title}", paint(OK, "ok")));
        return;
    }
    let position = paint(QUIET, format_args!("{file}:{}:{}", place.line, place.column));
    terminal::say(format_args!("{}  {title}  {position}", paint(BAD, "FAIL")));
    findings.iter().for_each(|finding| terminal::say(indented(finding)));
}

fn say_coverage(covered: &Covered) {
    let Covered { scenario, file, coverage } = covered;
    let percent = percent(coverage.covered(), coverage.all);
    let style = if coverage.missed.is_empty() { OK } else { terminal::DOUBTFUL };
    let share = paint(style, format_args!("{percent:>3} %"));
    terminal::say(format_args!("{share}  {scenario}  ({} of {})", coverage.covered(), coverage.all));
    for missed in &coverage.missed {
        let position = paint(QUIET, format_args!("{file}:{}:{}", missed.place.line, missed.place.column));
        terminal::say(format_args!("       {position}  {}", missed.what));
    }
}

fn outcome_json(outcome: &Outcome) -> Value {
    json!({
        "scenario": outcome.scenario,
        "name": outcome.test,
        "file": outcome.file,
        "place": outcome.place,
        "passed": outcome.has_passed(),
        "milliseconds": milliseconds(outcome.took),
        "findings": outcome.findings,
    })
}

fn covered_json(covered: &Covered) -> Value {
    let Coverage { all, missed } = &covered.coverage;
    let missed = missed.iter().map(|missed| json!({ "place": missed.place, "what": missed.what }));
    json!({
        "scenario": covered.scenario,
        "file": covered.file,
        "percent": percent(covered.coverage.covered(), *all),
        "covered": covered.coverage.covered(),
        "all": all,
        "missed": missed.collect::<Vec<_>>(),
    })
}

/// With three decimals: a test takes well under one.
fn milliseconds(took: Duration) -> f64 {
    (took.as_micros() as f64) / 1000.0
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}
