//! A map of an app's file: asked for by key, and what nobody asked for is told.

use super::{Reader, one_of};
use crate::connections::text::{Key, Node, Tree};
use scenario::diagnostic::Place;

/// The entries of a map.
pub(super) struct Fields<'t> {
    what: String,
    place: Place,
    entries: &'t [(Key, Tree)],
    asked: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The value of a key.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'t Tree> {
        self.asked.push(key);
        self.entries.iter().find(|(found, _)| found.text == key).map(|(_, tree)| tree)
    }

    /// All entries, whatever their keys.
    pub(super) fn rest(&self) -> &'t [(Key, Tree)] {
        self.entries
    }

    /// What it is called in sentences.
    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Where the value of a key stands; where there is none, the map.
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.entries.iter().find(|(found, _)| found.text == key).map_or(self.place, |(_, tree)| tree.place)
    }
}

impl Reader<'_> {
    /// The entries of what must be a map. Nothing at all is an empty one.
    pub(super) fn fields<'t>(&mut self, tree: &'t Tree, what: impl Into<String>) -> Option<Fields<'t>> {
        let what = what.into();
        let entries: &[(Key, Tree)] = match &tree.node {
            Node::Map(entries) => entries,
            Node::Null => &[],
            _ => {
                self.report(tree.place, format!("{what} must be a map"));
                return None;
            }
        };
        Some(Fields { what, place: tree.place, entries, asked: Vec::new() })
    }

    /// Tells of keys that nobody asked for.
    pub(super) fn finish(&mut self, fields: Fields<'_>) {
        for (key, _) in fields.entries.iter().filter(|(key, _)| !fields.asked.contains(&key.text.as_str())) {
            let message = format!("{} has no key `{}`", fields.what, key.text);
            self.report_with(key.place, message, one_of(&key.text, &fields.asked));
        }
    }
}
