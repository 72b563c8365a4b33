//! The steps that end a run or a step: `return`, `stop` and `fail`; and `assign`, which writes what outlives a step.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::expression::Template;
use crate::plan::Fail;
use crate::text::{Node, Value};
use std::sync::Arc;

pub(super) const FAIL_KEYS: &[&str] = &["message", "code"];

impl Checker<'_> {
    /// `stop:` with a reason or without.
    pub(super) fn stop(&mut self, node: &Node) -> Option<Option<Template>> {
        match node.value {
            Value::Null => Some(None),
            Value::Text(_) => self.template(node).map(Some),
            _ => {
                self.wrong_kind(node, "`stop`", "a reason");
                None
            }
        }
    }

    /// `fail:` a message, or a map with a code, too.
    pub(super) fn fail(&mut self, node: &Node) -> Option<Fail> {
        if let Value::Text(_) = node.value {
            return Some(Fail { message: self.template(node)?, code: None });
        }
        let fields = self.fields(node, "`fail`", FAIL_KEYS)?;
        let code = fields.get("code").map(|node| self.identifier(node, "a code"));
        let Some(message) = fields.get("message") else {
            self.report(Diagnostic::missing_key(fields.place, "message", "`fail`"));
            return None;
        };
        let message = self.template(message)?;
        let code = code.map_or(Some(None), |code| code.map(Some))?;
        Some(Fail { message, code: code.map(|code| code.to_string()) })
    }

    /// `assign:` names and values. All values are computed before the first name is written.
    pub(super) fn assign(&mut self, node: &Node) -> Option<Vec<(Arc<str>, Template)>> {
        let fields = self.open_fields(node, "`assign`")?;
        if fields.entries().is_empty() {
            self.report(Diagnostic::out_of_range(node.place, "`assign`", "at least one name", "nothing"));
        }
        let mut values = Vec::with_capacity(fields.entries().len());
        for entry in fields.entries() {
            let value = self.template(&entry.node);
            if !is_name(&entry.key.text) {
                self.report(Diagnostic::not_an_identifier(entry.key.place, "a variable", &entry.key.text));
                values.push(None);
                continue;
            }
            self.assigned.insert(entry.key.text.clone());
            values.push(value.map(|value| (Arc::from(entry.key.text.as_str()), value)));
        }
        values.into_iter().collect()
    }
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
    starts && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}
