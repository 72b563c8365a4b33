//! The end: what reads variables has them written, notes become remarks, and every node is told of.

use super::{Scribe, Told};
use crate::draft::{Data, Step};
use crate::n8n::flow::{BlockId, Entry, Owner};
use crate::n8n::nodes::Made;
use crate::n8n::reading::Count;
use crate::ours::Expr;
use crate::report::{Item, State};
use crate::settle::{Original, Translated};
use crate::tidy::variables;
use std::collections::BTreeSet;

impl Scribe<'_> {
    /// What became of a node.
    pub(super) fn note(&mut self, at: usize, state: State, reason: Option<String>, step: Option<String>) {
        let node = &self.workflow.nodes[at];
        let next = match state {
            State::NotExecutable => Some("replace the `todo` step".to_owned()),
            State::NeedsConnection => Some("make the connection".to_owned()),
            State::NeedsDecision | State::Runs => None,
        };
        let module = node.whole["type"].as_str().unwrap_or(&node.kind).to_owned();
        self.items.insert(at, Item { id: node.name.clone(), module, step, state, reason, next });
        // What it reads of nodes in other branches has to be carried.
        let read = self.made.get(&at).map(read_by).unwrap_or_default();
        self.export(&read);
    }

    /// With the mode `lastNode`, the caller gets what the last node gave: at the end of the scenario, and of each branch
    /// that ends it.
    pub(super) fn answer_at_ends(&mut self) {
        let waits = self.starts.iter().any(|start| {
            let node = &self.workflow.nodes[*start];
            node.kind == "webhook" && node.text("responseMode", "onReceived") == "lastNode"
        });
        let mut ends: Vec<BlockId> = if waits || self.is_called() { vec![0] } else { Vec::new() };
        while let Some(block) = ends.pop() {
            match self.flow.entries(block).last() {
                Some(Entry::Node(_)) => drop(self.answers.insert(block)),
                Some(Entry::Choice(choice)) => {
                    ends.extend(self.flow.branches(block, *choice).into_iter().map(|(_, branch)| branch));
                }
                Some(Entry::Inner(inner)) if matches!(self.flow.blocks[*inner].owner, Owner::Guard(_)) => {
                    ends.push(*inner)
                }
                Some(Entry::Inner(_)) | None => {}
            }
        }
    }

    /// Whether other workflows call this one, and get what its last node gives.
    fn is_called(&self) -> bool {
        self.starts.iter().any(|start| self.workflow.nodes[*start].kind == "executeWorkflowTrigger")
    }

    /// The answer at the end of a block.
    pub(super) fn answer(&self, last: usize) -> Option<Step> {
        let reading = self.readings.get(&last)?;
        let all = reading.count == Count::Many
            && self.starts.iter().any(|start| self.workflow.nodes[*start].text("responseData", "") == "allEntries");
        if self.is_called() {
            let value = if reading.count == Count::Many { reading.all() } else { reading.json() };
            return Some(Step::call("return", Data::spread(value)));
        }
        let value = if all { reading.all() } else { reading.first().json() };
        Some(Step::call("respond", Data::map([("json", Data::spread(value))])))
    }

    /// Everything, with what became of each node that no earlier scenario told of.
    pub(super) fn tell(mut self, told: &mut Told) -> Translated {
        let mut originals = std::collections::BTreeMap::new();
        for at in self.flow.order.clone() {
            let node = &self.workflow.nodes[at];
            let was = node.whole["type"].as_str().unwrap_or(&node.kind).to_owned();
            originals.insert(node.name.clone(), Original { was, value: node.whole.clone() });
            if let (true, Some(item)) = (told.nodes.insert(at), self.items.remove(&at)) {
                self.report.add(item);
            }
            self.tell_parts(at, &mut told.nodes);
        }
        for jump in &self.flow.jumps {
            let (from, to) = (&self.workflow.nodes[jump.from], &self.workflow.nodes[jump.to]);
            for item in self.report.items.iter_mut().filter(|item| item.id == from.name) {
                item.state = State::NotExecutable;
                item.reason = Some(format!("it goes back to “{}”: a loop `repeat` does that here", to.name));
                item.next = Some("replace the `todo` step".to_owned());
            }
        }
        Translated { draft: self.draft, report: self.report, originals }
    }

    /// Nodes that are parts of another, as a model of language is one of an agent, share its fate.
    fn tell_parts(&mut self, at: usize, told: &mut BTreeSet<usize>) {
        let mut owners = vec![at];
        let state =
            self.report.items.iter().find(|item| item.id == self.workflow.nodes[at].name).map(|item| item.state);
        while let Some(owner) = owners.pop() {
            for (part, _, kind) in self.workflow.parts.iter().filter(|(_, to, _)| *to == owner) {
                if !told.insert(*part) {
                    continue;
                }
                owners.push(*part);
                let node = &self.workflow.nodes[*part];
                let lost = state == Some(State::NotExecutable) || state.is_none();
                let of = &self.workflow.nodes[owner].name;
                self.report.add(Item {
                    id: node.name.clone(),
                    module: node.whole["type"].as_str().unwrap_or(&node.kind).to_owned(),
                    step: None,
                    state: if lost { State::NotExecutable } else { State::Runs },
                    reason: lost.then(|| format!("it belongs to “{of}” ({kind}), which is a `todo`")),
                    next: None,
                });
            }
        }
    }
}

/// The variables that a node's steps and the conditions of its outputs read.
fn read_by(made: &Made) -> Vec<String> {
    let mut found = Vec::new();
    let mut tell = |expr: &Expr| variables(expr, &mut |name| found.push(name.to_owned()));
    made.steps.iter().for_each(|step| step.each_expr(&mut tell));
    made.choice.iter().filter_map(|choice| choice.when.as_ref()).for_each(&mut tell);
    found
}
