//! `limits:`.

use crate::check::Checker;
use crate::plan::Limits;
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["timeout", "concurrency", "sequential", "rate", "queue", "durability"];

impl Checker<'_> {
    /// Bounds on the scenario's runs.
    pub(super) fn limits(&mut self, node: &Node) -> Option<Limits> {
        let fields = self.fields(node, "`limits`", KEYS)?;
        let mut limits = Limits::default();
        for entry in fields.entries() {
            let sound = match entry.key.text.as_str() {
                "timeout" => {
                    limits.timeout = self.positive_duration(&entry.node, "`timeout`").unwrap_or(limits.timeout);
                    continue;
                }
                "concurrency" => self.whole(&entry.node, "`concurrency`", 1..=u64::MAX).is_some(),
                "queue" => self.whole(&entry.node, "`queue`", 0..=u64::MAX).is_some(),
                "sequential" => self.flag(&entry.node, "`sequential`").is_some(),
                "rate" => self.rate(&entry.node),
                "durability" => self.word(&entry.node, "`durability`", &[("disk", ()), ("memory", ())]).is_some(),
                _ => continue,
            };
            if sound {
                self.not_yet(entry.key.place, &format!("`limits.{}`", entry.key.text));
            }
        }
        Some(limits)
    }

    fn rate(&mut self, node: &Node) -> bool {
        let sound = matches!(node.value, Value::Text(_) | Value::Map(_));
        if !sound {
            self.wrong_kind(node, "`rate`", "text as `10/s`");
        }
        sound
    }
}
