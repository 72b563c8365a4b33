//! `wait:` a duration, or until a time.

use super::schedule;
use crate::check::Checker;
use crate::check::templates::has_expression;
use crate::diagnostic::Diagnostic;
use crate::plan::Wait;
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["for", "until"];

impl Checker<'_> {
    /// A duration, a time, an expression that gives one, or a map that says which.
    pub(super) fn wait(&mut self, node: &Node) -> Option<Wait> {
        let Value::Map(_) = &node.value else {
            return if is_time(node) { self.wait_until(node) } else { self.wait_for_duration(node, "`wait`") };
        };
        let fields = self.fields(node, "`wait`", KEYS)?;
        match (fields.get("for"), fields.get("until")) {
            (Some(duration), None) => self.wait_for_duration(duration, "`for`"),
            (None, Some(time)) => self.wait_until(time),
            _ => {
                self.report(Diagnostic::one_of_keys(fields.place, "`wait`", KEYS));
                None
            }
        }
    }

    fn wait_for_duration(&mut self, node: &Node, what: &str) -> Option<Wait> {
        match node.text() {
            Some(text) if has_expression(text) => self.computed(node),
            _ => self.duration(node, what).map(Wait::For),
        }
    }

    fn wait_until(&mut self, node: &Node) -> Option<Wait> {
        match node.text() {
            Some(text) if has_expression(text) || is_time(node) => self.computed(node),
            Some(text) => {
                self.report(Diagnostic::bad_time(node.place, text));
                None
            }
            None => {
                self.wrong_kind(node, "`until`", "a time");
                None
            }
        }
    }

    fn computed(&mut self, node: &Node) -> Option<Wait> {
        let value = self.template(node)?;
        Some(Wait::Computed { value, timezone: self.timezone.clone() })
    }
}

fn is_time(node: &Node) -> bool {
    node.text().is_some_and(schedule::is_time)
}
