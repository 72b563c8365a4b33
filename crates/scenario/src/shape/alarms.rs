//! `alarms:` from when on people are told that something is wrong.

use crate::check::Checker;
use crate::plan::Alarms;
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["failures", "silence", "queue"];

impl Checker<'_> {
    /// Thresholds; `false` switches one off.
    pub(super) fn alarms(&mut self, node: &Node) -> Option<Alarms> {
        let fields = self.fields(node, "`alarms`", KEYS)?;
        let mut alarms = Alarms::default();
        if let Some(node) = fields.get("failures") {
            alarms.failures = self.threshold(node, "`failures`");
        }
        if let Some(node) = fields.get("queue") {
            alarms.queue = self.threshold(node, "`queue`");
        }
        alarms.silence = fields
            .get("silence")
            .filter(|node| !is_off(node))
            .and_then(|node| self.positive_duration(node, "`silence`"));
        Some(alarms)
    }

    fn threshold(&mut self, node: &Node, what: &str) -> Option<u32> {
        if is_off(node) {
            return None;
        }
        self.whole(node, what, 1..=u64::from(u32::MAX)).and_then(|count| u32::try_from(count).ok())
    }
}

fn is_off(node: &Node) -> bool {
    matches!(node.value, Value::Bool(false))
}
