//! What starts the scenario now, and did not, or no longer does.

use super::outline::{entries, items};
use super::values::{Difference, compare};
use super::words::{changed, code, told};
use super::{Change, Group};
use crate::text::{Entry, Node, Value};

pub(super) fn changes(old: &Node, new: &Node) -> Vec<Change> {
    let (old, mut new) = (triggers(old), triggers(new).into_iter().map(Some).collect::<Vec<_>>());
    let mut found = Vec::new();
    let mut pairs = Vec::new();
    for was in old {
        // The same one first, then the first of its kind.
        let same = |is: &Option<&Entry>| is.is_some_and(|is| identity(is) == identity(was));
        let like = |is: &Option<&Entry>| is.is_some_and(|is| is.key.text == was.key.text);
        let at = new.iter().position(same).or_else(|| new.iter().position(like));
        match at.and_then(|at| new[at].take()) {
            Some(is) => pairs.push((was, is)),
            None => {
                let text = format!("{} no longer starts it", name(was));
                found.push(Change::new(Group::Trigger, text, Some(&was.node), None));
            }
        }
    }
    for is in new.into_iter().flatten() {
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

fn triggers(root: &Node) -> Vec<&Entry> {
    let Some(node) = root.get("trigger") else { return Vec::new() };
    match &node.value {
        Value::List(_) => items(node).iter().flat_map(entries).collect(),
        _ => entries(node).iter().collect(),
    }
}

fn identity(trigger: &Entry) -> (&str, Option<String>) {
    let of = ["path", "cron", "every", "at"].iter().find_map(|key| trigger.node.get(key));
    (&trigger.key.text, of.map(Node::plain))
}

/// `the webhook /hook/orders`, `the schedule "30 2 * * *"`.
fn name(trigger: &Entry) -> String {
    match (trigger.key.text.as_str(), identity(trigger).1) {
        ("webhook", Some(path)) => format!("the webhook /hook/{path}"),
        ("webhook", None) => "a webhook with an unguessable path".to_owned(),
        ("schedule", Some(when)) => format!("the schedule {}", code(&when)),
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
        ("webhook", "wait", ..) => {
            let time = |node: Option<&Node>| node.map_or("40s".to_owned(), Node::plain);
            format!("callers of {this} wait {} at most instead of {}", time(one.after), time(one.before))
        }
        ("schedule", "cron" | "every" | "at", Some(was), Some(is)) => {
            format!("it is started at {} instead of {}", code(&is.plain()), code(&was.plain()))
        }
        (_, "", ..) => changed(&this, one.before, one.after),
        (_, path, ..) => told(&format!("{} of {this}", code(path)), one),
    }
}

fn listed(node: &Node) -> String {
    match &node.value {
        Value::List(items) => items.iter().map(Node::plain).collect::<Vec<_>>().join(", "),
        _ => node.plain(),
    }
}
