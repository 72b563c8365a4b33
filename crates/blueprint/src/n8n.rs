//! Workflows of n8n: a graph whose nodes act on every item becomes nested steps that act once, in loops where there are
//! several items.

mod code;
mod desk;
mod flow;
pub(crate) mod js;
mod labels;
mod nodes;
mod reading;
mod scribe;
mod translate;
mod workflow;

use crate::counterparts::Counterparts;
use crate::ids::slug;
use crate::settle::Translated;
use crate::{ImportError, draft::Draft};
use flow::is_trigger;
pub(crate) use reading::field_of;
use scribe::{Scribe, Told};
use serde_json::Value;
use std::collections::BTreeSet;
use workflow::Workflow;

/// What a workflow says, in our language: a scenario for each of the triggers that lead to different nodes.
pub(crate) fn translate(stem: &str, content: &Value, known: &Counterparts) -> Result<Vec<Translated>, ImportError> {
    let mut workflow = Workflow::read(stem, content)?;
    workflow.called_as = called_as(&workflow, stem);
    let workflow = workflow;
    let mut accounts = desk::Accounts::default();
    let mut told = Told::default();
    let mut scenarios = Vec::new();
    let groups = groups(&workflow);
    let several = groups.len() > 1;
    for starts in &groups {
        let name = name_of(&workflow, starts, several);
        scenarios.push(Scribe::new(&workflow, starts, known, &mut accounts).write(name, &mut told));
    }
    if scenarios.is_empty() {
        let draft = Draft { name: workflow.name.clone(), ..Draft::default() };
        scenarios.push(Translated { draft, ..Translated::default() });
    }
    Ok(scenarios)
}

/// What the scenario of a group is called.
fn name_of(workflow: &Workflow, starts: &[usize], several: bool) -> String {
    match starts.first().map(|start| workflow.nodes[*start].name.as_str()) {
        Some(start) if several => format!("{}: {start}", workflow.name),
        _ => workflow.name.clone(),
    }
}

/// The id of the scenario that other workflows call.
fn called_as(workflow: &Workflow, stem: &str) -> Option<String> {
    let groups = groups(workflow);
    let is_called = |start: &usize| workflow.nodes[*start].kind == "executeWorkflowTrigger";
    let starts = groups.iter().find(|starts| starts.iter().any(is_called))?;
    Some(slug(&name_of(workflow, starts, groups.len() > 1), &slug(stem, "imported")))
}

/// What other workflows know a workflow by, and the id of the scenario that they call then.
pub(crate) fn callable(stem: &str, content: &Value) -> Option<(String, String)> {
    let id = content["id"].as_str()?.to_owned();
    let workflow = Workflow::read(stem, content).ok()?;
    Some((id, called_as(&workflow, stem)?))
}

/// Where triggers lead, and which they are.
type Group = (Vec<(usize, usize)>, Vec<usize>);

/// What starts each scenario: triggers that lead to the same nodes together, then nodes that no trigger reaches.
fn groups(workflow: &Workflow) -> Vec<Vec<usize>> {
    let mut groups: Vec<Group> = Vec::new();
    let triggers =
        (0..workflow.nodes.len()).filter(|node| is_trigger(&workflow.nodes[*node]) && !is_led_to(workflow, *node));
    for trigger in triggers {
        let mut leads: Vec<(usize, usize)> = workflow.leaving(trigger).map(|link| (link.to, link.input)).collect();
        leads.sort_unstable();
        match groups.iter_mut().find(|(known, _)| *known == leads && !leads.is_empty()) {
            Some((_, group)) => group.push(trigger),
            None => groups.push((leads, vec![trigger])),
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_iter().map(|(_, group)| group).collect();
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    groups.iter().flatten().for_each(|start| reach(workflow, *start, &mut reached));
    // Those without a trigger: from where nothing leads to them, and then what is left of circles.
    let mut rest = Vec::new();
    for led_to in [false, true] {
        for node in 0..workflow.nodes.len() {
            if !reached.contains(&node) && !workflow.is_part(node) && (led_to || !is_led_to(workflow, node)) {
                reach(workflow, node, &mut reached);
                rest.push(node);
            }
        }
    }
    if !rest.is_empty() {
        groups.push(rest);
    }
    groups
}

fn is_led_to(workflow: &Workflow, node: usize) -> bool {
    workflow.links.iter().any(|link| link.to == node && link.from != node)
}

fn reach(workflow: &Workflow, start: usize, reached: &mut BTreeSet<usize>) {
    let mut left = vec![start];
    while let Some(node) = left.pop() {
        if reached.insert(node) {
            left.extend(workflow.leaving(node).map(|link| link.to));
        }
    }
}

#[cfg(test)]
mod tests;
