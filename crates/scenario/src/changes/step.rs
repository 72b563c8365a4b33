//! What changed about one step.

use super::outline::{Step, branch_name, items};
use super::values::{Difference, compare};
use super::words::{changed, code, lines, quoted, told};
use crate::text::{Node, Value};
use std::collections::{HashMap, HashSet};

/// Keys under which a module has steps: they are compared as steps.
const INNER: &[&str] = &["steps", "branches", "otherwise"];

/// Sentences about what changed, none where nothing did.
pub(super) fn sentences(was: &Step<'_>, is: &Step<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let label = &is.label;
    if was.id() != is.id() {
        found.push(match (was.id(), is.id()) {
            (Some(was), Some(is)) => format!("step *{was}* is called *{is}* now"),
            (None, Some(is)) => format!("{} has the id `{is}` now", was.label),
            _ => format!("{} has no id any more", was.label),
        });
    }
    for key in ["name", "note"] {
        let (old, new) = (was.get(key), is.get(key));
        if json(old) != json(new) {
            found.push(changed(&format!("the {key} of {label}"), old, new));
        }
    }
    found.extend(condition(label, was, is));
    found.extend(disabled(label, was, is));
    if was.module() == is.module() {
        found.extend(parameters(label, was, is));
    } else {
        found.push(format!("{label} uses `{}` instead of `{}`", is.module(), was.module()));
    }
    found.extend(retry(label, was.get("retry"), is.get("retry")));
    found.extend(timeout(label, was.get("timeout"), is.get("timeout")));
    found.extend(on_error(label, was.get("on_error"), is.get("on_error")));
    found
}

fn json(node: Option<&Node>) -> Option<serde_json::Value> {
    node.map(Node::to_json)
}

fn condition(label: &str, was: &Step<'_>, is: &Step<'_>) -> Option<String> {
    match (was.get("when"), is.get("when")) {
        (None, Some(is)) => Some(format!("{label} only runs when {} now", code(&is.plain()))),
        (Some(was), None) => Some(format!("{label} always runs now, no longer only when {}", code(&was.plain()))),
        (Some(was), Some(is)) if was.plain() != is.plain() => {
            Some(format!("{label} runs when {}, no longer when {}", code(&is.plain()), code(&was.plain())))
        }
        _ => None,
    }
}

fn disabled(label: &str, was: &Step<'_>, is: &Step<'_>) -> Option<String> {
    let off = |step: &Step<'_>| step.get("disabled").is_some_and(|node| node.to_json() == true);
    match (off(was), off(is)) {
        (false, true) => Some(format!("{label} is switched off")),
        (true, false) => Some(format!("{label} is switched on again")),
        _ => None,
    }
}

fn retry(label: &str, was: Option<&Node>, is: Option<&Node>) -> Vec<String> {
    let part = |node: Option<&Node>, key: &str| node.and_then(|node| node.get(key)).map(Node::plain);
    let attempts = |node: Option<&Node>| part(node, "attempts").unwrap_or_else(|| "1".to_owned());
    let mut found = Vec::new();
    match (attempts(was), attempts(is)) {
        (was, is) if was == is => {}
        (was, is) if was == "1" => found.push(format!("{label} is tried {} now", times(&is))),
        (was, is) => found.push(format!("{label} is tried {} instead of {was}", times(&is))),
    }
    // Pauses of a step that is tried once mean nothing.
    if was.is_none() || is.is_none() {
        return found;
    }
    let others = compare(was, is).into_iter().filter(|one| one.path != "attempts");
    found.extend(others.map(|one| match (one.path.as_str(), one.before, one.after) {
        ("backoff", Some(was), Some(is)) => {
            format!("{label} waits {} instead of {} before it is tried again", is.plain(), was.plain())
        }
        ("when", _, Some(is)) => format!("{label} is tried again only when {}", code(&is.plain())),
        (path, was, is) => changed(&format!("`retry.{path}` of {label}"), was, is),
    }));
    found
}

fn times(number: &str) -> String {
    if number == "1" { "once".to_owned() } else { format!("{number} times") }
}

fn timeout(label: &str, was: Option<&Node>, is: Option<&Node>) -> Option<String> {
    match (was.map(Node::plain), is.map(Node::plain)) {
        (was, is) if was == is => None,
        (Some(was), Some(is)) => Some(format!("{label} may take {is} instead of {was}")),
        (None, Some(is)) => Some(format!("{label} may take {is} at most now")),
        (Some(was), None) => Some(format!("{label} has no timeout of its own any more; it was {was}")),
        (None, None) => None,
    }
}

fn on_error(label: &str, was: Option<&Node>, is: Option<&Node>) -> Option<String> {
    let (old, new) = (consequence(was), consequence(is));
    (old != new).then(|| format!("if {label} fails, {new}; before, {old}"))
}

/// What happens when a step has failed for good.
fn consequence(on_error: Option<&Node>) -> String {
    let Some(node) = on_error else { return "the run fails".to_owned() };
    match node.text() {
        Some("ignore") => "the run goes on".to_owned(),
        Some("stop") => "the run ends well".to_owned(),
        Some("hold") => "the run is held".to_owned(),
        Some("fail") => "the run fails".to_owned(),
        _ if node.get("use").is_some() => format!("its output is {}", node.get("use").map(quoted).unwrap_or_default()),
        _ if node.get("steps").is_some() => "steps of its own handle it".to_owned(),
        _ if node.get("hold").is_some() => "the run is held, and tries again by itself".to_owned(),
        _ => node.plain(),
    }
}

fn parameters(label: &str, was: &Step<'_>, is: &Step<'_>) -> Vec<String> {
    let (old, new) = (&was.module.node, &is.module.node);
    match (is.module(), old.text(), new.text()) {
        ("filter", Some(was), Some(is)) if was != is => {
            return vec![format!("{label} lets through when {}, no longer when {}", code(is), code(was))];
        }
        ("rhai", Some(was), Some(is)) if was != is => {
            return vec![format!("the script of {label} changed: {}", lines(was, is))];
        }
        ("route", ..) => return route(label, old, new),
        ("parallel", ..) => return Vec::new(),
        _ => {}
    }
    let differences = compare(Some(old), Some(new)).into_iter();
    let own = differences.filter(|one| !is_inner(is.module(), &one.path));
    own.map(|one| parameter(label, is.module(), &one)).collect()
}

/// Whether a path leads into steps, which are compared as such.
fn is_inner(module: &str, path: &str) -> bool {
    let first = path.split(['.', '[']).next().unwrap_or_default();
    matches!(module, "for_each" | "repeat" | "wait_for") && INNER.contains(&first)
}

fn parameter(label: &str, module: &str, one: &Difference<'_>) -> String {
    if module == "email.send"
        && let Some(sentence) = recipient(label, one)
    {
        return sentence;
    }
    if one.path.is_empty() {
        return changed(&format!("the value of {label}"), one.before, one.after);
    }
    told(&format!("{} of {label}", code(&one.path)), one)
}

/// Who gets a mail.
fn recipient(label: &str, one: &Difference<'_>) -> Option<String> {
    let way = match one.path.split('[').next()? {
        "to" => "goes to",
        "cc" => "goes in copy to",
        "bcc" => "goes in blind copy to",
        _ => return None,
    };
    let list = |node: &Node| match &node.value {
        Value::List(items) => items.iter().map(Node::plain).collect(),
        _ => vec![node.plain()],
    };
    let was: Vec<String> = one.before.map(list).unwrap_or_default();
    let is: Vec<String> = one.after.map(list).unwrap_or_default();
    let without = |names: &[String], others: &[String]| {
        let others: HashSet<&String> = others.iter().collect();
        names.iter().filter(|name| !others.contains(name)).cloned().collect::<Vec<_>>().join(" and ")
    };
    let (came, gone) = (without(&is, &was), without(&was, &is));
    let only = !one.is_item && was.is_empty();
    Some(match (came.is_empty(), gone.is_empty()) {
        (false, true) if only => format!("{label} {way} {came} now"),
        (false, true) => format!("{label} now also {way} {came}"),
        (true, false) => format!("{label} no longer {way} {gone}"),
        (false, false) => format!("{label} {way} {came} instead of {gone}"),
        (true, true) => return None,
    })
}

/// Branches that came, went, or are taken on other conditions. Their steps are compared as steps.
fn route(label: &str, was: &Node, is: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let take = |node: &Node| node.get("take").and_then(Node::text).unwrap_or("all").to_owned();
    if take(was) != take(is) {
        let how = if take(is) == "first" { "only the first branch that fits" } else { "every branch that fits" };
        found.push(format!("{label} takes {how} now"));
    }
    let (old, new) = (branches(was), branches(is));
    let before: HashMap<&str, &Node> = old.iter().rev().map(|(name, branch)| (name.as_str(), *branch)).collect();
    let after: HashSet<&str> = new.iter().map(|(name, _)| name.as_str()).collect();
    for (name, _) in old.iter().filter(|(name, _)| !after.contains(name.as_str())) {
        found.push(format!("{name} of {label} was removed"));
    }
    for (name, branch) in &new {
        let Some(before) = before.get(name.as_str()).copied() else {
            found.push(format!("{name} was added to {label}"));
            continue;
        };
        let when = |node: &Node| node.get("when").map(Node::plain);
        match (when(before), when(branch)) {
            (was, is) if was == is => {}
            (_, None) => found.push(format!("{name} of {label} is always taken now")),
            (None, Some(is)) => found.push(format!("{name} of {label} is only taken when {} now", code(&is))),
            (Some(was), Some(is)) => {
                found.push(format!("{name} of {label} is taken when {}, no longer when {}", code(&is), code(&was)));
            }
        }
    }
    found
}

fn branches(route: &Node) -> Vec<(String, &Node)> {
    let list = items(route.get("branches").unwrap_or(route));
    let own = list.iter().enumerate().filter(|(_, branch)| branch.get("otherwise").is_none());
    own.map(|(number, branch)| (branch_name(branch, number), branch)).collect()
}
