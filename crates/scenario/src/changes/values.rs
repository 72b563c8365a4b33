//! Differences of two values, as deep as they go.

use crate::text::{Entry, Node, Value};
use std::collections::HashMap;

/// Lists that are longer are compared as a whole.
const LONGEST: usize = 200;

/// One difference.
#[derive(Debug)]
pub(super) struct Difference<'n> {
    /// Where in the value: `headers.accept`, `rows[2]`; empty for the value itself.
    pub(super) path: String,
    pub(super) before: Option<&'n Node>,
    pub(super) after: Option<&'n Node>,
    /// Whether it is an item that came or went, wherever in its list.
    pub(super) is_item: bool,
}

/// Every difference of two values; none where they are the same.
pub(super) fn compare<'n>(before: Option<&'n Node>, after: Option<&'n Node>) -> Vec<Difference<'n>> {
    let mut found = Vec::new();
    value(String::new(), before, after, &mut found);
    found
}

fn value<'n>(path: String, before: Option<&'n Node>, after: Option<&'n Node>, found: &mut Vec<Difference<'n>>) {
    let (Some(old), Some(new)) = (before, after) else {
        if before.is_some() || after.is_some() {
            found.push(Difference { path, before, after, is_item: false });
        }
        return;
    };
    if old.to_json() == new.to_json() {
        return;
    }
    match (&old.value, &new.value) {
        (Value::Map(was), Value::Map(is)) => map(&path, was, is, found),
        (Value::List(was), Value::List(is)) if was.len().max(is.len()) <= LONGEST => {
            list(&path, was, is, old, new, found)
        }
        _ => found.push(Difference { path, before, after, is_item: false }),
    }
}

fn map<'n>(path: &str, was: &'n [Entry], is: &'n [Entry], found: &mut Vec<Difference<'n>>) {
    let (old, new) = (by_key(was), by_key(is));
    for Entry { key, node } in was.iter().filter(|entry| !new.contains_key(entry.key.text.as_str())) {
        value(join(path, &key.text), Some(node), None, found);
    }
    for Entry { key, node } in is {
        value(join(path, &key.text), old.get(key.text.as_str()).copied(), Some(node), found);
    }
}

/// The values by their keys; of a key that stands twice, the first one's.
fn by_key(entries: &[Entry]) -> HashMap<&str, &Node> {
    entries.iter().rev().map(|entry| (entry.key.text.as_str(), &entry.node)).collect()
}

/// Items that came and went; where a list of the same length has other items at the same positions, what changed in
/// them.
fn list<'n>(
    path: &str,
    was: &'n [Node],
    is: &'n [Node],
    old: &'n Node,
    new: &'n Node,
    found: &mut Vec<Difference<'n>>,
) {
    let values = |items: &[Node]| -> Vec<serde_json::Value> { items.iter().map(Node::to_json).collect() };
    let (old_values, new_values) = (values(was), values(is));
    let without = |items: &'n [Node], own: &[serde_json::Value], others: &[serde_json::Value]| -> Vec<&'n Node> {
        items.iter().zip(own).filter(|(_, value)| !others.contains(value)).map(|(item, _)| item).collect()
    };
    let gone = without(was, &old_values, &new_values);
    let came = without(is, &new_values, &old_values);
    let kept = was.len() - gone.len();
    if gone.is_empty() && came.is_empty() {
        // The same items in another order, or more often.
        return found.push(Difference { path: path.to_owned(), before: Some(old), after: Some(new), is_item: false });
    }
    if was.len() == is.len() && gone.len() == came.len() && (kept > 0 || gone.len() == 1) {
        for (at, (was, is)) in was.iter().zip(is).enumerate() {
            value(format!("{path}[{at}]"), Some(was), Some(is), found);
        }
        return;
    }
    if kept == 0 {
        return found.push(Difference { path: path.to_owned(), before: Some(old), after: Some(new), is_item: false });
    }
    let one = |before, after| Difference { path: path.to_owned(), before, after, is_item: true };
    found.extend(gone.into_iter().map(|item| one(Some(item), None)));
    found.extend(came.into_iter().map(|item| one(None, Some(item))));
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
