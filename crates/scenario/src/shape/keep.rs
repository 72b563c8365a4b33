//! `keep:` how long the runs of a scenario can be looked at once they are over.

use crate::check::Checker;
use crate::plan::{Keep, Kept};
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["for", "runs", "only"];

impl Checker<'_> {
    /// A duration, or a map.
    pub(super) fn keep(&mut self, node: &Node) -> Option<Keep> {
        if !matches!(node.value, Value::Map(_)) {
            return Some(Keep { age: Some(self.duration(node, "`keep`")?), ..Keep::default() });
        }
        let fields = self.fields(node, "`keep`", KEYS)?;
        let words = [("all", Kept::All), ("failures", Kept::Failures), ("nothing", Kept::Nothing)];
        Some(Keep {
            age: fields.get("for").and_then(|node| self.duration(node, "`for`")),
            runs: fields.get("runs").and_then(|node| self.whole(node, "`runs`", 0..=u64::MAX)),
            only: fields.get("only").and_then(|node| self.word(node, "`only`", &words)).unwrap_or_default(),
        })
    }
}
