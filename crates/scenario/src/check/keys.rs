//! Duplicate keys, anywhere in the text.

use super::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::text::{Node, Value};
use std::collections::HashMap;

impl Checker<'_> {
    /// Finds keys that stand twice in one map. YAML forbids them, and one of the two values would be lost.
    pub(super) fn duplicate_keys(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.duplicate_keys(item)),
            Value::Map(entries) => {
                let mut seen: HashMap<&str, Place> = HashMap::with_capacity(entries.len());
                for entry in entries {
                    if let Some(first) = seen.insert(&entry.key.text, entry.key.place) {
                        self.report(Diagnostic::duplicate_key(entry.key.place, &entry.key.text, first));
                    }
                    self.duplicate_keys(&entry.node);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
}
