//! `limits:`.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::duration;
use crate::plan::{Concurrency, Durability, Limits, OnFull, Rate};
use crate::text::{Node, Value};
use std::time::Duration;

pub(super) const KEYS: &[&str] = &["timeout", "deadline", "concurrency", "sequential", "rate", "queue", "durability"];
pub(super) const CONCURRENCY_KEYS: &[&str] = &["limit", "key", "on_full"];
/// More runs at once than one machine has work for.
const MOST_AT_ONCE: u64 = 10_000;
/// More runs than anyone waits for.
const LONGEST_QUEUE: u64 = 100_000_000;

impl Checker<'_> {
    /// Bounds on the scenario's runs.
    pub(super) fn limits(&mut self, node: &Node) -> Option<Limits> {
        let fields = self.fields(node, "`limits`", KEYS)?;
        let mut limits = Limits::default();
        if let Some(timeout) = fields.get("timeout").and_then(|node| self.positive_duration(node, "`timeout`")) {
            limits.timeout = timeout;
        }
        limits.deadline = fields.get("deadline").and_then(|node| self.positive_duration(node, "`deadline`"));
        limits.concurrency = fields.get("concurrency").and_then(|node| self.concurrency(node));
        limits.queue = fields.get("queue").and_then(|node| {
            let queue = self.whole(node, "`queue`", 0..=LONGEST_QUEUE)?;
            u32::try_from(queue).ok()
        });
        limits.rate = fields.get("rate").and_then(|node| self.rate(node, "runs in a time"));
        if fields.get("sequential").and_then(|node| self.flag(node, "`sequential`")) == Some(true) {
            if let Some(entry) = fields.entry("concurrency") {
                self.report(Diagnostic::one_of_keys_at_most(
                    entry.key.place,
                    "`limits`",
                    &["sequential", "concurrency"],
                ));
            }
            limits.concurrency = Some(Concurrency { limit: 1, key: None, on_full: OnFull::Queue });
        }
        if let Some(entry) = fields.entry("queue")
            && !["sequential", "concurrency", "rate"].iter().any(|key| fields.get(key).is_some())
        {
            // Without a bound on what runs, nothing of this scenario waits for its turn.
            self.report(Diagnostic::missing_key(entry.key.place, "concurrency", "`limits` with `queue`"));
        }
        let words = [("disk", Durability::Disk), ("memory", Durability::Memory)];
        let durability = fields.get("durability").and_then(|node| self.word(node, "`durability`", &words));
        limits.durability = durability.unwrap_or_default();
        Some(limits)
    }

    /// A number, or a map.
    fn concurrency(&mut self, node: &Node) -> Option<Concurrency> {
        if !matches!(node.value, Value::Map(_)) {
            let limit = self.up_to(node, "`concurrency`", MOST_AT_ONCE)?;
            return Some(Concurrency { limit, key: None, on_full: OnFull::Queue });
        }
        let fields = self.fields(node, "`concurrency`", CONCURRENCY_KEYS)?;
        let words = [("queue", OnFull::Queue), ("drop", OnFull::Drop), ("cancel_running", OnFull::CancelRunning)];
        let limit = fields.get("limit").map_or(Some(1), |node| self.up_to(node, "`limit`", MOST_AT_ONCE));
        let key = fields.get("key").and_then(|node| self.expression(node, "`key`"));
        let on_full = fields.get("on_full").and_then(|node| self.word(node, "`on_full`", &words)).unwrap_or_default();
        Some(Concurrency { limit: limit?, key, on_full })
    }

    fn up_to(&mut self, node: &Node, what: &str, most: u64) -> Option<u32> {
        self.whole(node, what, 1..=most).and_then(|count| u32::try_from(count).ok())
    }

    /// `10/s`, `100/m`, `5/15m`: so many of `counted`.
    pub(super) fn rate(&mut self, node: &Node, counted: &str) -> Option<Rate> {
        // Quotes make a number no better: what is missing is the time.
        let number = node.number().map(ToString::to_string);
        let text = match &number {
            Some(number) => number,
            None => self.text(node, "`rate`")?,
        };
        let rate = Rate::parse(text);
        if rate.is_none() {
            self.report(Diagnostic::not_a_rate(node.place, counted, text));
        }
        rate
    }
}

impl Rate {
    /// The rate that a text names, as `10/s`, `100/m` or `5/15m`; none where it names none.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, per) = text.split_once('/')?;
        let count = count.trim().parse().ok().filter(|count| *count > 0)?;
        let per = per.trim();
        let per = match per.starts_with(|first: char| first.is_ascii_digit()) {
            true => duration::parse(per)?,
            false => duration::parse(&format!("1{per}"))?,
        };
        (per >= Duration::from_millis(1)).then_some(Self { count, per })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let seconds = |text| Rate::parse(text).map(|rate| (rate.count, rate.per.as_secs()));
        assert_eq!(seconds("10/s"), Some((10, 1)));
        assert_eq!(seconds(" 100 / m "), Some((100, 60)));
        assert_eq!(seconds("5/15m"), Some((5, 900)));
        assert_eq!(seconds("1/1d"), Some((1, 86_400)));
        for wrong in ["", "10", "0/s", "-1/s", "10/", "10/x", "10/0s", "1.5/s", "99999999999/s", "s/10"] {
            assert_eq!(Rate::parse(wrong), None, "{wrong}");
        }
    }
}
