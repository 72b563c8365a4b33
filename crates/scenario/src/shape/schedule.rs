//! `schedule:` the clock starts the scenario.

use crate::check::{Checker, Fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{CatchUp, Schedule, When};
use crate::text::{Entry, Node};
use croner::parser::{CronParser, Year};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::time::Duration;

pub(super) const KEYS: &[&str] = &["cron", "every", "at", "timezone", "catch_up"];
const TIMES: &[&str] = &["cron", "every", "at"];
const WORDS: &[(&str, CatchUp)] = &[("skip", CatchUp::Skip), ("one", CatchUp::One), ("all", CatchUp::All)];
/// No schedule fires more often.
const SHORTEST: Duration = Duration::from_secs(1);

impl Checker<'_> {
    /// Times that start runs. `place` is the key's; `timezone` the scenario's.
    pub(super) fn schedule(&mut self, node: &Node, place: Place, timezone: &str) -> Option<Schedule> {
        let fields = self.fields(node, "`schedule`", KEYS)?;
        let own = fields.get("timezone").and_then(|node| self.zone(node));
        let catch_up = fields.get("catch_up").and_then(|node| self.word(node, "`catch_up`", WORDS));
        let when = self.times(fields)?;
        let timezone = own.unwrap_or(timezone).to_owned();
        Some(Schedule { when, catch_up: catch_up.unwrap_or(CatchUp::Skip), timezone, place })
    }

    fn times(&mut self, fields: Fields<'_>) -> Option<When> {
        let given: Vec<&Entry> = fields.entries().iter().filter(|e| TIMES.contains(&e.key.text.as_str())).collect();
        match given.as_slice() {
            [] => self.report(Diagnostic::one_of_keys(fields.place, "`schedule`", TIMES)),
            [_, second, ..] => self.report(Diagnostic::one_of_keys(second.key.place, "`schedule`", TIMES)),
            [_] => {}
        }
        let times: Vec<_> = given.iter().map(|entry| self.time(entry)).collect();
        times.into_iter().next()?
    }

    fn time(&mut self, entry: &Entry) -> Option<When> {
        let Entry { key, node } = entry;
        match key.text.as_str() {
            "cron" => self.cron(node).map(When::Cron),
            "every" => self.every(node).map(When::Every),
            _ => self.at(node).map(When::At),
        }
    }

    fn cron(&mut self, node: &Node) -> Option<String> {
        let pattern = self.text(node, "`cron`")?;
        let fields = pattern.split_whitespace().count();
        if !matches!(fields, 5 | 6) && !pattern.starts_with('@') {
            self.report(Diagnostic::bad_cron(node.place, pattern, &format!("it has {fields} fields, not 5 or 6")));
            return None;
        }
        let cron = match CronParser::builder().year(Year::Disallowed).build().parse(pattern) {
            Ok(cron) => cron,
            Err(error) => {
                let problem = error.to_string();
                self.report(Diagnostic::bad_cron(node.place, pattern, problem.trim_end_matches('.')));
                return None;
            }
        };
        // Any day will do to begin the search with: it goes on for centuries.
        let start = DateTime::constant(2024, 1, 1, 0, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        if cron.find_next_occurrence(&start, false).is_err() {
            self.report(Diagnostic::cron_never(node.place, pattern));
            return None;
        }
        Some(pattern.to_owned())
    }

    fn every(&mut self, node: &Node) -> Option<Duration> {
        let every = self.duration(node, "`every`")?;
        if every < SHORTEST {
            self.report(Diagnostic::out_of_range(node.place, "`every`", "at least `1s`", node.written(self.source)));
            return None;
        }
        Some(every)
    }

    fn at(&mut self, node: &Node) -> Option<String> {
        let time = self.text(node, "`at`")?;
        if !is_time(time) {
            self.report(Diagnostic::bad_time(node.place, time));
            return None;
        }
        Some(time.to_owned())
    }
}

/// Whether the text is a time, with an offset or without. A zone in brackets would speak against `timezone`.
pub(super) fn is_time(text: &str) -> bool {
    (text.parse::<jiff::Timestamp>().is_ok() || is_local_time(text)) && !text.contains('[')
}

/// A date with a time, without a zone: jiff would accept an offset here and then drop it.
fn is_local_time(text: &str) -> bool {
    let time = text.get(10..).unwrap_or_default();
    !time.contains(['+', '-', 'Z', 'z']) && text.len() > 10 && text.parse::<DateTime>().is_ok()
}
