//! Tests that came, went or changed, by their names.

use super::outline::items;
use super::values::compare;
use super::words::{code, told};
use super::{Change, Group};
use crate::text::Node;
use std::collections::{HashMap, HashSet};

pub(super) fn changes(old: &Node, new: &Node) -> Vec<Change> {
    let (old, new) = (tests(old), tests(new));
    let mut found = Vec::new();
    let before: HashMap<&str, &Node> = old.iter().map(|(name, test)| (name.as_str(), *test)).collect();
    let after: HashSet<&str> = new.iter().map(|(name, _)| name.as_str()).collect();
    for (name, test) in old.iter().filter(|(name, _)| !after.contains(name.as_str())) {
        found.push(Change::new(Group::Tests, format!("the test {name} was removed"), Some(test), None));
    }
    for (name, test) in &new {
        match before.get(name.as_str()) {
            None => found.push(Change::new(Group::Tests, format!("the test {name} was added"), None, Some(test))),
            Some(was) => found.extend(compare(Some(was), Some(test)).into_iter().map(|one| {
                let what = format!("{} of the test {name}", code(&one.path));
                Change::new(Group::Tests, told(&what, &one), Some(was), Some(test))
            })),
        }
    }
    found
}

/// Each test with its name; those without one are called by their number, and twins are numbered.
fn tests(root: &Node) -> Vec<(String, &Node)> {
    let list = root.get("tests").map(items).unwrap_or_default();
    let mut times: HashMap<&str, usize> = HashMap::new();
    let mut named = Vec::with_capacity(list.len());
    for (number, test) in (1..).zip(list) {
        let name = test.get("name").and_then(Node::text);
        let time = name.map(|name| times.entry(name).and_modify(|time| *time += 1).or_insert(1));
        named.push(match (name, time) {
            (Some(name), Some(1)) => (format!("\"{name}\""), test),
            (Some(name), Some(time)) => (format!("\"{name}\" ({time})"), test),
            _ => (number.to_string(), test),
        });
    }
    named
}
