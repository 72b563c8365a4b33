//! `retry:`.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{Jitter, Retry};
use crate::text::{Node, Value};
use std::time::Duration;

pub(super) const KEYS: &[&str] = &["attempts", "backoff", "factor", "max", "pauses", "jitter", "when"];
/// What `pauses` says in another way.
const COUNTED: [&str; 4] = ["attempts", "backoff", "factor", "max"];
/// More attempts than anyone waits for.
const MAX_ATTEMPTS: u64 = 1_000;
/// A pause that grows faster is at its bound after two attempts.
const MAX_FACTOR: f64 = 100.0;

impl Checker<'_> {
    /// How a failing step is tried again: a map, or the number of attempts alone.
    pub(super) fn retry(&mut self, node: &Node) -> Option<Retry> {
        let mut retry = Retry::default();
        if matches!(node.value, Value::Number(_)) {
            retry.attempts = self.attempts(node, "`retry`")?;
            return Some(retry);
        }
        if matches!(node.value, Value::Bool(_)) {
            self.report(Diagnostic::retry_is_no_switch(node.place));
            return None;
        }
        let fields = self.fields(node, "`retry`", KEYS)?;
        // Who writes `retry:` wants one, even without saying how often.
        retry.attempts = fields.get("attempts").and_then(|node| self.attempts(node, "`attempts`")).unwrap_or(3);
        if let Some(backoff) = fields.get("backoff").and_then(|node| self.duration(node, "`backoff`")) {
            retry.backoff = backoff;
        }
        if let Some(factor) = fields.get("factor").and_then(|node| self.factor(node)) {
            retry.factor = factor;
        }
        // A pause that is asked for is not cut short by a bound that no one asked for.
        retry.max = retry.max.max(retry.backoff);
        if let Some(max) = fields.get("max").and_then(|node| self.duration(node, "`max`")) {
            retry.max = max;
        }
        if let Some(entry) = fields.entry("pauses") {
            if let Some(other) = COUNTED.iter().find(|key| fields.get(key).is_some()) {
                self.report(Diagnostic::one_of_keys_at_most(entry.key.place, "`retry`", &[other, "pauses"]));
            }
            retry = Retry::after(self.pauses(&entry.node)?);
        }
        if let Some(jitter) = fields.get("jitter").and_then(|node| self.jitter(node)) {
            retry.jitter = jitter;
        }
        if let Some(when) = fields.get("when") {
            retry.when = self.with_error(|checker| checker.expression(when, "`when`"));
        }
        Some(retry)
    }

    fn pauses(&mut self, node: &Node) -> Option<Vec<Duration>> {
        let items = self.list(node, "`pauses`")?;
        if items.is_empty() || items.len() as u64 >= MAX_ATTEMPTS {
            let range = format!("a list of 1 to {} pauses", MAX_ATTEMPTS - 1);
            self.report(Diagnostic::out_of_range(node.place, "`pauses`", &range, &items.len().to_string()));
            return None;
        }
        let pauses: Vec<_> = items.iter().map(|item| self.duration(item, "a pause")).collect();
        pauses.into_iter().collect()
    }

    fn attempts(&mut self, node: &Node, what: &str) -> Option<u32> {
        self.whole(node, what, 1..=MAX_ATTEMPTS).and_then(|attempts| u32::try_from(attempts).ok())
    }

    fn factor(&mut self, node: &Node) -> Option<f64> {
        let Some(number) = node.number() else {
            self.wrong_kind(node, "`factor`", "a number");
            return None;
        };
        let factor = number.as_f64().filter(|factor| (1.0..=MAX_FACTOR).contains(factor));
        if factor.is_none() {
            let range = format!("a number from 1 to {MAX_FACTOR}");
            self.report(Diagnostic::out_of_range(node.place, "`factor`", &range, &number.to_string()));
        }
        factor
    }

    fn jitter(&mut self, node: &Node) -> Option<Jitter> {
        self.word(node, "`jitter`", &[("full", Jitter::Full), ("none", Jitter::None)])
    }
}
