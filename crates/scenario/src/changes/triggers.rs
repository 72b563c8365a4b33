//! What starts the scenario now, and did not, or no longer does.

use super::outline::{entries, items};
use super::values::{Difference, compare};
use super::words::{changed, code, told};
use super::{Change, Group};
use crate::text::{Entry, Node, Value};
use std::collections::{HashMap, HashSet, VecDeque};

pub(super) fn changes(old: &Node, new: &Node) -> Vec<Change> {
    let (old, new) = (triggers(old), triggers(new));
    let mut found = Vec::new();
    // Those that are the same, then of each kind the first that is left.
    let partners = same(&old, &new);
    let mut left: HashMap<&str, VecDeque<usize>> = HashMap::new();
    let taken: HashSet<usize> = partners.iter().flatten().copied().collect();
    for (at, trigger) in new.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        left.entry(&trigger.key.text).or_default().push_back(at);
    }
    let mut pairs = Vec::new();
    for (was, partner) in old.into_iter().zip(partners) {
        let first_left = || left.get_mut(was.key.text.as_str()).and_then(VecDeque::pop_front);
        match partner.or_else(first_left) {
            Some(at) => pairs.push((was, new[at])),
            None => {
                let text = format!("{} no longer starts it", name(was));
                found.push(Change::new(Group::Trigger, text, Some(&was.node), None));
            }
        }
    }
    let mut left: Vec<usize> = left.into_values().flatten().collect();
    left.sort_unstable();
    for is in left.into_iter().map(|at| new[at]) {
        let text = format!("{} starts it now", name(is));
        found.push(Change::new(Group::Trigger, text, None, Some(&is.node)));
    }
    for (was, is) in pairs {
        found.extend(
            compare(Some(&was.node), Some(&is.node))
                .into_iter()
                .map(|one| Change::new(Group::Trigger, sentence(was, is, &one), Some(&was.node), Some(&is.node))),
        );
    }
    found
}

/// For each trigger before, which one after is the same.
fn same(old: &[&Entry], new: &[&Entry]) -> Vec<Option<usize>> {
    let mut waiting: HashMap<_, VecDeque<usize>> = HashMap::new();
    for (at, trigger) in new.iter().enumerate() {
        waiting.entry(identity(trigger)).or_default().push_back(at);
    }
    old.iter().map(|trigger| waiting.get_mut(&identity(trigger))?.pop_front()).collect()
}

fn triggers(root: &Node) -> Vec<&Entry> {
    let Some(node) = root.get("trigger") else { return Vec::new() };
    match &node.value {
        Value::List(_) => items(node).iter().flat_map(entries).collect(),
        _ => entries(node).iter().collect(),
    }
}

fn identity(trigger: &Entry) -> (&str, Option<String>) {
    let keys: &[&str] = match trigger.key.text.as_str() {
        "mail" => &["folder"],
        "mailhook" => &["address"],
        _ => &["path", "cron", "every", "at", "calendar"],
    };
    let of = keys.iter().find_map(|key| trigger.node.get(key));
    let of = of.or(trigger.node.text().map(|_| &trigger.node));
    (&trigger.key.text, of.map(Node::plain))
}

/// `the webhook /hook/orders`, `the schedule "30 2 * * *"`.
fn name(trigger: &Entry) -> String {
    match (trigger.key.text.as_str(), identity(trigger).1) {
        ("webhook", Some(path)) => format!("the webhook /hook/{path}"),
        ("webhook", None) => "a webhook with an unguessable path".to_owned(),
        ("schedule", Some(when)) => format!("the schedule {}", code(&when)),
        ("mail", Some(folder)) => format!("a mail in {}", code(&folder)),
        ("mailhook", Some(address)) => format!("a mail to {}", code(&address)),
        ("mailhook", None) => "a mail to an unguessable address".to_owned(),
        ("manual", _) => "a person".to_owned(),
        ("call", _) => "another scenario".to_owned(),
        ("failure", _) => "the failure of another scenario".to_owned(),
        (kind, _) => format!("a {kind}"),
    }
}

fn sentence(was: &Entry, is: &Entry, one: &Difference<'_>) -> String {
    let (kind, this) = (is.key.text.as_str(), name(is));
    let plain = |node: Option<&Node>| node.map(Node::plain).unwrap_or_default();
    match (kind, one.path.as_str(), one.before, one.after) {
        ("webhook", "path", Some(_), Some(_)) => format!("{} moved to /hook/{}", name(was), plain(one.after)),
        ("webhook", "path", ..) => format!("{} became {this}", name(was)),
        ("webhook", "methods", None, Some(node)) if one.is_item => format!("{this} takes {} now, too", node.plain()),
        ("webhook", "methods", Some(node), None) if one.is_item => format!("{this} no longer takes {}", node.plain()),
        ("webhook", "methods", _, Some(node)) => format!("{this} takes {} now", listed(node)),
        ("webhook", "methods", Some(_), None) => format!("{this} takes any method now"),
        ("webhook", "allow", None, Some(node)) if one.is_item => format!("{this} lets {} in now, too", node.plain()),
        ("webhook", "allow", Some(node), None) if one.is_item => format!("{this} no longer lets {} in", node.plain()),
        ("webhook", "allow", _, Some(node)) => format!("{this} only lets {} in now", listed(node)),
        ("webhook", "allow", Some(_), None) => format!("{this} lets everyone in now"),
        ("webhook", "verify", ..) => verified(&this, one.before, one.after),
        // Values are not shown: people do write secrets where they should not.
        ("webhook", path, ..) if path.starts_with("verify.") => format!("{} of {this} changed", code(path)),
        ("webhook", "each", None, Some(node)) => {
            format!("{this} starts a run for each item of {} now", code(&node.plain()))
        }
        ("webhook", "each", Some(_), None) => format!("{this} starts one run for a whole request now"),
        ("webhook", "wait", ..) => {
            let time = |node: Option<&Node>| node.map_or("40s".to_owned(), Node::plain);
            format!("callers of {this} wait {} at most instead of {}", time(one.after), time(one.before))
        }
        ("schedule", "" | "cron" | "every" | "at" | "calendar", Some(was), Some(is)) => {
            format!("it is started at {} instead of {}", code(&is.plain()), code(&was.plain()))
        }
        (_, "", ..) => changed(&this, one.before, one.after),
        (_, path, ..) => told(&format!("{} of {this}", code(path)), one),
    }
}

/// What became of `verify` as a whole.
fn verified(this: &str, was: Option<&Node>, is: Option<&Node>) -> String {
    let by = |node: &Node| {
        let names: Vec<String> = entries(node).iter().map(|entry| code(&entry.key.text)).collect();
        Some(names.join(" and ")).filter(|names| !names.is_empty())
    };
    let (was, said) = (was.and_then(by), is.is_some());
    match is.and_then(by) {
        Some(names) => format!("{this} only takes requests that pass {names} now"),
        None if was.is_some() => format!("{this} no longer verifies requests"),
        None if said => format!("{this} is open to everyone, and says so now"),
        None => format!("{this} no longer says that it is open to everyone"),
    }
}

fn listed(node: &Node) -> String {
    match &node.value {
        Value::List(items) => items.iter().map(Node::plain).collect::<Vec<_>>().join(", "),
        _ => node.plain(),
    }
}
