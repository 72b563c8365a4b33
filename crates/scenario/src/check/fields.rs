//! Maps of which the keys are known.

use super::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::text::{Entry, Node, Value};

/// A map of the text whose keys were looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'n> {
    /// Where the map begins.
    pub(crate) place: Place,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// A key with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// Every key with its value, in the order of the text.
    pub(crate) fn entries(&self) -> &'n [Entry] {
        self.entries
    }
}

impl Checker<'_> {
    /// The map in `node`, of which each key must be one of `known`. Nothing at all counts as an empty map.
    pub(crate) fn fields<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Fields<'n>> {
        let fields = self.open_fields(node, what)?;
        for Entry { key, .. } in fields.entries {
            if !known.contains(&key.text.as_str()) {
                self.report(Diagnostic::unknown_key(key.place, &key.text, what, known));
            }
        }
        Some(fields)
    }

    /// The map in `node`, with any keys.
    pub(crate) fn open_fields<'n>(&mut self, node: &'n Node, what: &str) -> Option<Fields<'n>> {
        match &node.value {
            Value::Map(entries) => Some(Fields { place: node.place, entries }),
            Value::Null => Some(Fields { place: node.place, entries: &[] }),
            _ => {
                self.wrong_kind(node, what, "a map");
                None
            }
        }
    }

    /// The list in `node`.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => {
                self.wrong_kind(node, what, "a list");
                None
            }
        }
    }
}
