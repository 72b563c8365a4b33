//! What changed between two texts of a scenario, in sentences: by meaning, not by line. Comments, the order of keys and
//! the form of values are no change.

mod matching;
mod outline;
mod step;
mod steps;
mod tests_section;
mod triggers;
mod values;
mod words;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{self, Node};
use outline::Side;
use serde::Serialize;
use values::compare;
use words::{code, quoted};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which part of the scenario it is about.
    pub group: Group,
    /// What changed, as a sentence without a final dot; names of steps stand between asterisks.
    pub text: String,
    /// The step it is about: its id, else its name, else its module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Where it stood in the text before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Place>,
    /// Where it stands in the text after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Place>,
}

/// A part of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Name, description, whether it is switched on.
    Scenario,
    /// What starts it.
    Trigger,
    /// Bounds on its runs, and what is kept of them.
    Limits,
    /// What it does.
    Steps,
    /// What it does when a run has failed.
    OnFailure,
    /// What it says about itself.
    Tests,
}

/// Which of the two texts cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The text before.
    Before(Box<Diagnostic>),
    /// The text after.
    After(Box<Diagnostic>),
}

/// Everything that changed, group by group, in the order of the text. Nothing: the texts mean the same.
pub fn changes(before: &str, after: &str) -> Result<Vec<Change>, Unreadable> {
    let old = text::read(before).map_err(Unreadable::Before)?;
    let new = text::read(after).map_err(Unreadable::After)?;
    let mut found = about_the_whole(&old, &new);
    found.extend(triggers::changes(&old, &new));
    found.extend(limits(&old, &new));
    for (key, group) in [("steps", Group::Steps), ("on_failure", Group::OnFailure)] {
        let (old, new) = (Side::of(old.get(key)), Side::of(new.get(key)));
        found.extend(steps::changes(&old, &new, group));
    }
    found.extend(tests_section::changes(&old, &new));
    // What no sentence was made for is a change all the same.
    if found.is_empty() && old.to_json() != new.to_json() {
        found.extend(others(&old, &new));
    }
    Ok(found)
}

impl Change {
    fn new(group: Group, text: impl Into<String>, before: Option<&Node>, after: Option<&Node>) -> Self {
        let place = |node: Option<&Node>| node.map(|node| node.place);
        Self { group, text: text.into(), step: None, before: place(before), after: place(after) }
    }
}

fn about_the_whole(old: &Node, new: &Node) -> Vec<Change> {
    let mut found = Vec::new();
    for (key, what) in [("name", "the scenario is called"), ("description", "its description is")] {
        let (was, is) = (old.get(key), new.get(key));
        let text = match (was, is) {
            (None, Some(is)) => format!("{what} {} now", quoted(is)),
            (Some(was), Some(is)) if was.to_json() != is.to_json() => {
                format!("{what} {} instead of {}", quoted(is), quoted(was))
            }
            (Some(was), None) => format!("its {key} {} was taken out", quoted(was)),
            _ => continue,
        };
        found.push(Change::new(Group::Scenario, text, was, is));
    }
    let enabled = |root: &Node| root.get("enabled").is_none_or(|node| node.to_json() != false);
    let text = match (enabled(old), enabled(new)) {
        (true, false) => Some("the scenario is switched off"),
        (false, true) => Some("the scenario is switched on"),
        _ => None,
    };
    let (was, is) = (old.get("enabled"), new.get("enabled"));
    found.extend(text.map(|text| Change::new(Group::Scenario, text, was, is)));
    let zone = |root: &Node| root.get("timezone").and_then(Node::text).unwrap_or("UTC").to_owned();
    if zone(old) != zone(new) {
        let text = format!("times are meant in {} instead of {}", zone(new), zone(old));
        found.push(Change::new(Group::Scenario, text, old.get("timezone"), new.get("timezone")));
    }
    found
}

fn limits(old: &Node, new: &Node) -> Vec<Change> {
    let mut found = Vec::new();
    for key in ["limits", "keep"] {
        for difference in compare(old.get(key), new.get(key)) {
            let path = if difference.path.is_empty() { key.to_owned() } else { format!("{key}.{}", difference.path) };
            let text = match (path.as_str(), difference.before, difference.after) {
                ("limits.timeout", was, Some(is)) => {
                    format!(
                        "a run may take {} instead of {}",
                        is.plain(),
                        was.map_or("40m".to_owned(), |was| was.plain())
                    )
                }
                ("limits.concurrency", None, Some(is)) => format!("at most {} runs go on at once now", is.plain()),
                ("limits.concurrency", Some(was), Some(is)) => {
                    format!("at most {} runs go on at once instead of {}", is.plain(), was.plain())
                }
                ("limits.sequential", _, Some(is)) if is.to_json() == true => {
                    "runs go one after another now".to_owned()
                }
                (path, ..) => words::told(&code(path), &difference),
            };
            found.push(Change::new(Group::Limits, text, difference.before, difference.after));
        }
    }
    found
}

/// Keys that no scenario should have, and values of a kind that they should not be.
fn others(old: &Node, new: &Node) -> Vec<Change> {
    let differences = compare(Some(old), Some(new));
    let sentence = |one: values::Difference<'_>| {
        let path = if one.path.is_empty() { "the scenario".to_owned() } else { code(&one.path) };
        Change::new(Group::Scenario, words::told(&path, &one), one.before, one.after)
    };
    differences.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests;
