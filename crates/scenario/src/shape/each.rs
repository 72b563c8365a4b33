//! `each:` where the list is of which each item starts a run of its own.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::ItemPath;
use crate::text::Node;
use std::sync::Arc;

/// More steps than any body has to its events.
const MOST_STEPS: usize = 16;

impl Checker<'_> {
    /// Names on the way from the body to the list: `body.events`. As in conditions, braces around it are accepted.
    pub(super) fn each(&mut self, node: &Node) -> Option<ItemPath> {
        let text = self.text(node, "`each`")?;
        let path = ItemPath::parse(text);
        if path.is_none() {
            self.report(Diagnostic::bad_item_path(node.place, text));
        }
        path
    }
}

impl ItemPath {
    /// The path that a text names, as `body.events`, `trigger.body.entry.changes` or `body`; none where it names none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text).trim();
        let path = inner.strip_prefix("trigger.").unwrap_or(inner);
        let names = match path.strip_prefix("body")? {
            "" => Vec::new(),
            rest => rest.strip_prefix('.')?.split('.').collect(),
        };
        let is_sound = names.len() <= MOST_STEPS && names.iter().all(|name| is_name(name));
        is_sound.then(|| Self(names.into_iter().map(Arc::from).collect()))
    }
}

/// What expressions could say behind a dot, and the hyphens that keys of JSON have.
fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Option<String> {
        ItemPath::parse(text).map(|path| path.0.join("/"))
    }

    #[test]
    fn paths_are_read_as_people_write_them() {
        for (text, expected) in [
            ("body.events", Some("events")),
            ("trigger.body.events", Some("events")),
            ("{{ trigger.body.events }}", Some("events")),
            ("body", Some("")),
            ("body.entry.changes", Some("entry/changes")),
            ("body.line-items", Some("line-items")),
            ("events", None),
            ("bodyevents", None),
            ("body.", None),
            ("body..a", None),
            ("body[0]", None),
            ("body.a[0]", None),
            ("body.map(|x| x)", None),
            ("body?.a", None),
            ("{{ body.a }} {{ body.b }}", None),
            ("", None),
        ] {
            assert_eq!(names(text).as_deref(), expected, "{text}");
        }
        assert_eq!(names(&format!("body{}", ".a".repeat(17))), None, "too deep");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            _ = ItemPath::parse(&text);
        }

        #[test]
        fn what_is_joined_is_read_again(written in prop::collection::vec("[A-Za-z_][A-Za-z0-9_-]{0,8}", 0..8)) {
            let text = [vec!["body".to_owned()], written.clone()].concat().join(".");
            let read = ItemPath::parse(&text).unwrap();
            let read: Vec<&str> = read.0.iter().map(|name| &**name).collect();
            prop_assert_eq!(read, written);
        }
    }
}
