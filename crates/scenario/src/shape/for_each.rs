//! `for_each:` steps for each item of a list.

use crate::check::{Checker, Inside};
use crate::diagnostic::Diagnostic;
use crate::plan::{ForEach, StepNo};
use crate::text::Node;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &["in", "as", "steps", "collect", "parallel", "batch"];
/// How many turns may be walked side by side.
const MOST_PARALLEL: u64 = 100;
/// How many items a turn may get.
const MOST_BATCHED: u64 = 100_000;

impl Checker<'_> {
    /// The loop over a list.
    pub(super) fn for_each(&mut self, node: &Node, owner: StepNo) -> Option<ForEach> {
        let fields = self.fields(node, "`for_each`", KEYS)?;
        let parallel = fields.get("parallel").map(|node| self.count(node, "`parallel`", MOST_PARALLEL));
        let batch = fields.get("batch").map(|node| self.count(node, "`batch`", MOST_BATCHED));
        if fields.get("in").is_none() {
            self.report(Diagnostic::missing_key(fields.place, "in", "`for_each`"));
        }
        // A loop that only collects needs no steps.
        if fields.get("steps").is_none() && fields.get("collect").is_none() {
            self.report(Diagnostic::missing_key(fields.place, "steps", "`for_each`"));
        }
        let items = fields.get("in").and_then(|node| self.expression(node, "`in`"));
        let variable = fields.get("as").and_then(|node| self.variable(node)).unwrap_or_else(|| "item".into());
        let mark = self.scope.enter();
        self.scope.show(variable.clone());
        self.scope.show("index".into());
        let block = match fields.get("steps") {
            Some(steps) => self.steps(steps, "`steps`", Some(owner)),
            None => self.open_block(Some(owner)),
        };
        let collect = fields.get("collect").map(|node| self.collect(node));
        self.scope.leave(mark, Inside::Loop);
        Some(ForEach {
            items: items?,
            variable,
            block,
            parallel: parallel.unwrap_or(Some(1))?,
            batch: batch.map_or(Some(None), |batch| batch.map(Some))?,
            collect: collect.map_or(Some(None), |collect| collect.map(Some))?,
        })
    }

    fn count(&mut self, node: &Node, what: &str, most: u64) -> Option<u32> {
        self.whole(node, what, 1..=most).and_then(|count| u32::try_from(count).ok())
    }

    fn variable(&mut self, node: &Node) -> Option<Arc<str>> {
        if node.text() == Some("item") {
            return Some("item".into());
        }
        let name = self.identifier(node, "the name of an item")?;
        if let Some(first) = self.scope.defined(&name) {
            self.report(Diagnostic::duplicate_id(node.place, &name, first));
        }
        Some(name)
    }
}
