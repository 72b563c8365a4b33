//! Counting tests, and reading the counts out of what each runner says.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

use crate::process::Ended;

/// How many tests ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ended as they should.
    pub(crate) passed: u64,
    /// Did not, or broke off.
    pub(crate) failed: u64,
    /// Were not run.
    pub(crate) skipped: u64,
}

impl Tally {
    /// One check that went well.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// One check that did not.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// Reads nextest's `Summary [   0.1s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 3 skipped`.
    pub(crate) fn of_nextest(said: &str) -> Option<Self> {
        let line = said.lines().rev().find(|line| line.trim_start().starts_with("Summary ["))?;
        let (_, counts) = line.split_once("run: ")?;
        let mut tally = Self::default();
        for count in without_brackets(counts).split(',') {
            let (number, kind) = count.trim().split_once(' ')?;
            let number = number.parse::<u64>().ok()?;
            match kind.trim() {
                "passed" => tally.passed += number,
                "skipped" => tally.skipped += number,
                _ => tally.failed += number,
            }
        }
        Some(tally)
    }

    /// Adds up the `test result: ok. 2 passed; 0 failed; 1 ignored; …` lines of `cargo test`.
    pub(crate) fn of_cargo_test(said: &str) -> Option<Self> {
        let mut tally = None;
        for line in said.lines().filter(|line| line.starts_with("test result: ")) {
            let (_, counts) = line.split_once(". ")?;
            for count in counts.split(';') {
                let Some((number, kind)) = count.trim().split_once(' ') else { continue };
                let Ok(number) = number.parse::<u64>() else { continue };
                let tally = tally.get_or_insert_with(Self::default);
                match kind {
                    "passed" => tally.passed += number,
                    "failed" => tally.failed += number,
                    "ignored" => tally.skipped += number,
                    _ => {}
                }
            }
        }
        tally
    }

    /// Reads vitest's JSON report. A file that could not even be loaded is a failed test more.
    pub(crate) fn of_vitest(report: &Value) -> Option<Self> {
        let number = |key: &str| report[key].as_u64();
        let broken = report["testResults"].as_array()?.iter().filter(|file| {
            file["status"] == "failed" && file["assertionResults"].as_array().is_none_or(|tests| tests.is_empty())
        });
        Some(Self {
            passed: number("numPassedTests")?,
            failed: number("numFailedTests")? + broken.count() as u64,
            skipped: number("numPendingTests")? + number("numTodoTests")?,
        })
    }

    /// Reads `{"passed": 1, "failed": 0, "skipped": 0}`.
    pub(crate) fn of_counts(report: &Value) -> Option<Self> {
        let number = |key: &str| report[key].as_u64();
        Some(Self { passed: number("passed")?, failed: number("failed")?, skipped: number("skipped")? })
    }

    /// One check, which went as its program ended.
    pub(crate) fn of_check(ended: &Ended) -> Self {
        if ended.success { Self::PASSED } else { Self::FAILED }
    }

    /// The counts of a runner, with a failure more when none is counted though it ended badly or ran nothing.
    pub(crate) fn judged(self, ended: &Ended) -> Self {
        let suspicious = !ended.success || self == Self::default();
        if self.failed == 0 && suspicious { Self { failed: 1, ..self } } else { self }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The text without what stands in round brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests;
