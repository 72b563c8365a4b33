//! Flows of Node-RED: a message that nodes change on its way becomes values of steps, and the wires nested steps.

mod file;
mod graph;
mod jsonata;
mod message;
mod mustache;
mod nodes;
mod triggers;
mod walk;

use crate::ImportError;
use crate::counterparts::Counterparts;
use crate::draft::{Draft, Step};
use crate::ledger::Ledger;
use crate::ours::Expr;
use crate::report::State;
use crate::settle::Translated;
use file::{File, Tab};
use graph::Target;
use message::Message;
use serde_json::Value;
use std::collections::BTreeMap;
use walk::{Around, Walk};

/// What flows say, in our language: a scenario for each node that starts something, by its tab.
pub(crate) fn translate(stem: &str, content: &Value, known: &Counterparts) -> Result<Vec<Translated>, ImportError> {
    let file = File::read(stem, content)?;
    let mut walk = Walk::new(&file, Ledger::new(known));
    walk.catches = single_catches(&file);
    let mut scenarios = Vec::new();
    for tab in &file.tabs {
        let groups = groups(&walk, tab);
        let several = groups.len() > 1;
        for starts in groups {
            let start = &file.nodes[starts[0]];
            let name = match (several, start.label) {
                (false, _) => named(&tab.label, stem),
                (true, "") => format!("{}: {}", named(&tab.label, stem), start_words(start)),
                (true, label) => format!("{}: {label}", named(&tab.label, stem)),
            };
            scenarios.push(scenario(&mut walk, tab, &starts, name));
        }
    }
    scenarios.extend(left_over(&mut walk, stem));
    if scenarios.is_empty() {
        let draft = Draft { name: named("", stem), ..Draft::default() };
        scenarios.push(Translated { draft, ..Translated::default() });
    }
    Ok(scenarios)
}

fn named(label: &str, stem: &str) -> String {
    let label = label.trim();
    if label.is_empty() { stem.to_owned() } else { label.to_owned() }
}

/// What a node that starts something is called where nobody gave it a name.
fn start_words(node: &file::Node<'_>) -> String {
    match node.kind {
        "http in" => format!("{} {}", node.text("method", "get"), node.text("url", "")),
        "inject" => node.text("topic", "by hand").to_owned(),
        kind => kind.to_owned(),
    }
}

/// `catch` nodes for single nodes, by these.
fn single_catches(file: &File<'_>) -> BTreeMap<usize, usize> {
    let mut catches = BTreeMap::new();
    for (at, node) in file.nodes.iter().enumerate().filter(|(_, node)| node.kind == "catch" && !node.disabled) {
        for id in triggers::scope(node).into_iter().flatten() {
            catches.extend(file.node(id).map(|of| (of, at)));
        }
    }
    catches
}

/// What starts each scenario of a tab: those that lead to the same nodes with the same message together.
fn groups(walk: &Walk<'_, '_, '_>, tab: &Tab) -> Vec<Vec<usize>> {
    let file = walk.file();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_wires: BTreeMap<(&Vec<Vec<usize>>, &str), usize> = BTreeMap::new();
    for (at, node) in file.nodes.iter().enumerate() {
        if node.on != tab.id || !triggers::begins(&walk.graph, at) {
            continue;
        }
        // Buttons beside each other send the same way; what they send is told apart by hand.
        match by_wires.get(&(&node.wires, node.kind)).filter(|_| node.kind == "inject") {
            Some(group) if groups[*group].len() < 20 => groups[*group].push(at),
            _ => {
                by_wires.insert((&node.wires, node.kind), groups.len());
                groups.push(vec![at]);
            }
        }
    }
    groups
}

/// One scenario.
fn scenario(walk: &mut Walk<'_, '_, '_>, tab: &Tab, starts: &[usize], name: String) -> Translated {
    let file = walk.file();
    let mut draft = Draft { name, enabled: tab.disabled.then_some(false), ..Draft::default() };
    let mut message: Option<Message> = None;
    let mut first = Vec::new();
    for start in starts {
        let node = &file.nodes[*start];
        if node.disabled {
            walk.ledger.tell(&node.origin, None, State::Runs, Some("it is switched off".to_owned()));
            continue;
        }
        match triggers::trigger(node) {
            Ok(started) => {
                let differs = message.as_ref().is_some_and(|known| *known != started.message);
                let decision = match (differs, started.decision) {
                    (true, None) => Some(
                        "what it sends is different from what another sends: give it as the input of a run by hand"
                            .to_owned(),
                    ),
                    (_, decision) => decision,
                };
                let state = if decision.is_some() { State::NeedsDecision } else { State::Runs };
                message.get_or_insert(started.message);
                let by_hand = started.triggers.iter().all(|trigger| trigger.kind == "manual");
                // Every scenario can be started by hand.
                if !by_hand || starts.len() == 1 {
                    draft.triggers.extend(started.triggers);
                }
                if let Some(trigger) = draft.triggers.last_mut() {
                    trigger.remarks.extend(node.origin.notes.iter().cloned());
                }
                walk.ledger.tell(&node.origin, Some("trigger"), state, decision);
            }
            Err(reason) => {
                let step = walk.ledger.todo(&node.origin, reason);
                let id = step.id.clone().unwrap_or_default();
                message.get_or_insert_with(|| Message::of(Expr::name(id)));
                first.push(step);
            }
        }
    }
    draft.remarks.extend(tab.info.clone());
    let target = Target { node: starts[0], within: Vec::new() };
    let targets = if message.is_some() { walk.graph.leaving(&target, 0) } else { Vec::new() };
    let walked = walk.follow(targets, message.unwrap_or_default(), Around::start());
    draft.steps = first;
    draft.steps.extend(walked.steps);
    draft.on_failure = on_failure(walk, tab);
    draft.limits = std::mem::take(&mut walk.limits);
    finished(walk, draft)
}

fn finished(walk: &mut Walk<'_, '_, '_>, draft: Draft) -> Translated {
    let (report, originals) = walk.ledger.close();
    Translated { draft, report, originals }
}

/// What happens when something fails that no node catches by itself.
fn on_failure(walk: &mut Walk<'_, '_, '_>, tab: &Tab) -> Vec<Step> {
    let file = walk.file();
    let mut steps = Vec::new();
    for (at, node) in file.nodes.iter().enumerate() {
        let is_for_all = node.kind == "catch" && node.on == tab.id && !node.disabled && triggers::scope(node).is_none();
        if is_for_all && !(walk.ledger.has_told(&node.origin.id) && walk.ledger.is_full()) {
            walk.ledger.tell(&node.origin, None, State::Runs, None);
            let target = Target { node: at, within: Vec::new() };
            let targets = walk.graph.leaving(&target, 0);
            steps.extend(walk.follow(targets, nodes::failure(), Around::start()).steps);
        }
    }
    steps
}

/// Nodes to which nothing leads: kept, to be run by hand.
fn left_over(walk: &mut Walk<'_, '_, '_>, stem: &str) -> Option<Translated> {
    let file = walk.file();
    let mut draft = Draft { name: format!("{stem}: left over"), ..Draft::default() };
    let mut names = Vec::new();
    // First those to which nothing leads, then what is left of circles and of subflows that nobody uses.
    for led_to in [false, true] {
        for (at, node) in file.nodes.iter().enumerate() {
            if walk.ledger.has_told(&node.origin.id) || (walk.graph.is_led_to(at) && !led_to) {
                continue;
            }
            if node.kind == "catch" || node.kind == "complete" {
                walk.ledger.tell(&node.origin, None, State::Runs, Some("what it waits for is not there".to_owned()));
            }
            if names.len() < 5 {
                names.push(if node.label.is_empty() { node.kind } else { node.label });
            }
            let payload = message::Value::any(Expr::name("trigger").field("body"));
            let target = Target { node: at, within: Vec::new() };
            let around = Around { is_last: false, ..Around::start() };
            let walked = walk.follow(vec![target], Message::default().with("payload", payload), around);
            draft.steps.extend(walked.steps);
        }
    }
    if names.is_empty() {
        return None;
    }
    let names = names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    draft.remarks.push(format!("Nothing starts {names}: run it by hand, or give it a trigger."));
    draft.limits = std::mem::take(&mut walk.limits);
    Some(finished(walk, draft))
}

#[cfg(test)]
mod tests;
