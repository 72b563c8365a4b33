//! `for_each:` steps for each item of a list.

use crate::check::{Checker, Fields, Inside};
use crate::diagnostic::Diagnostic;
use crate::expression::Template;
use crate::plan::{ForEach, StepNo};
use crate::text::{Node, Value};
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &["in", "as", "steps", "collect", "parallel", "batch"];
/// Ways to aggregate that cannot run yet; a map with one of these alone asks for it.
const AGGREGATORS: &[&str] = &["text", "sum", "group"];

impl Checker<'_> {
    /// The loop over a list.
    pub(super) fn for_each(&mut self, node: &Node, owner: StepNo) -> Option<ForEach> {
        let fields = self.fields(node, "`for_each`", KEYS)?;
        for key in ["parallel", "batch"] {
            if let Some(entry) = fields.entry(key)
                && self.whole(&entry.node, &format!("`{key}`"), 1..=u64::MAX).is_some()
            {
                self.not_yet(entry.key.place, &format!("`for_each.{key}`"));
            }
        }
        for key in ["in", "steps"] {
            if fields.get(key).is_none() {
                self.report(Diagnostic::missing_key(fields.place, key, "`for_each`"));
            }
        }
        let items = fields.get("in").and_then(|node| self.expression(node, "`in`"));
        let variable = fields.get("as").and_then(|node| self.variable(node)).unwrap_or_else(|| "item".into());
        let mark = self.scope.enter();
        self.scope.show(variable.clone());
        self.scope.show("index".into());
        let block = fields.get("steps").map(|steps| self.steps(steps, "`steps`", Some(owner)));
        let collect = self.collect(fields);
        self.scope.leave(mark, Inside::Loop);
        Some(ForEach { items: items?, variable, block: block?, collect })
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

    fn collect(&mut self, fields: Fields<'_>) -> Option<Template> {
        let entry = fields.entry("collect")?;
        if let Value::Map(entries) = &entry.node.value
            && let [only] = entries.as_slice()
            && AGGREGATORS.contains(&only.key.text.as_str())
        {
            self.not_yet(only.key.place, &format!("`collect: {}`", only.key.text));
        }
        self.template(&entry.node)
    }
}
