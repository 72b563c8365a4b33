//! The blocks as lists of steps: choices become routes or filters, turns become loops.

use super::Scribe;
use crate::draft::{Action, Branch, Collect, Data, ForEach, Route, Step, Take};
use crate::n8n::flow::{BlockId, Entry, Owner, batch_size, is_loop_output};
use crate::n8n::labels;
use crate::n8n::nodes::Choice;
use crate::n8n::reading::Count;
use crate::n8n::workflow::Node;
use crate::ours::{Expr, Operator};

impl Scribe<'_> {
    /// The steps of a block.
    pub(super) fn block(&mut self, block: BlockId) -> Vec<Step> {
        let mut steps = Vec::new();
        for entry in self.flow.entries(block) {
            match entry {
                Entry::Node(node) => self.emit_node(node, &mut steps),
                Entry::Choice(node) => self.emit_choice(block, node, &mut steps),
                Entry::Inner(inner) => self.emit_inner(inner, &mut steps),
            }
        }
        if let (true, Some(Entry::Node(last))) = (self.answers.contains(&block), self.flow.entries(block).last()) {
            steps.extend(self.answer(*last));
        }
        if let Some(variables) = self.ends.remove(&block) {
            steps.push(assign(variables));
        }
        steps
    }

    fn emit_node(&mut self, node: usize, steps: &mut Vec<Step>) {
        if let Some(made) = self.made.get_mut(&node) {
            steps.append(&mut made.steps);
        }
        if let Some(variables) = self.after.remove(&node) {
            steps.push(assign(variables));
        }
        for jump in self.flow.jumps.clone().iter().filter(|jump| jump.from == node) {
            let reason =
                format!("it goes back to “{}”: a loop `repeat` does that here", self.workflow.nodes[jump.to].name);
            let mut todo = self.todo(node, &reason);
            todo.id = None;
            steps.push(todo);
        }
    }

    fn emit_choice(&mut self, block: BlockId, node: usize, steps: &mut Vec<Step>) {
        let branches = self.flow.branches(block, node);
        let (choice, take) = match self.made.get(&node) {
            Some(made) => (made.choice.clone(), made.take),
            None => (Vec::new(), Take::All),
        };
        let origin = self.workflow.nodes[node].name.clone();
        let place = self.workflow.nodes[node].place;
        if let [(output, inner)] = branches.as_slice()
            && self.flow.is_inlined(*inner)
        {
            let mut filter = Step::new(Action::Filter(condition(&choice, *output)));
            filter.name = self.label(&self.workflow.nodes[node]);
            filter.origin = Some(origin);
            filter.position = Some(place);
            filter.remarks.extend(self.workflow.nodes[node].note.clone());
            steps.push(filter);
            let inner = self.block(*inner);
            steps.extend(inner);
            return;
        }
        let single = branches.len() == 1;
        let mut route = Route { take: if single { Take::All } else { take }, ..Route::default() };
        for (output, inner) in branches {
            let inside = self.block(inner);
            match choice.get(output) {
                Some(Choice { when: None, .. }) if !single => {
                    route.otherwise.get_or_insert_default().extend(inside);
                }
                known => route.branches.push(Branch {
                    name: known.and_then(|known| known.name.clone()),
                    when: Some(condition(&choice, output)),
                    steps: inside,
                }),
            }
        }
        if route.branches.is_empty() {
            return;
        }
        let mut step = Step::new(Action::Route(route));
        step.name = self.label(&self.workflow.nodes[node]);
        step.origin = Some(origin);
        step.position = Some(place);
        step.remarks.extend(self.workflow.nodes[node].note.clone());
        steps.push(step);
    }

    fn emit_inner(&mut self, inner: BlockId, steps: &mut Vec<Step>) {
        if let Owner::Guard(node) = self.flow.blocks[inner].owner {
            let Some(variable) = self.guards.get(&node).cloned() else {
                // Nothing comes to it that has data.
                steps.extend(self.block(inner));
                return;
            };
            let came = Expr::name("vars").maybe(variable).binary(Operator::Unequal, Expr::Nothing);
            let inside = self.block(inner);
            if self.flow.is_inlined(inner) {
                steps.push(Step::new(Action::Filter(came)));
                steps.extend(inside);
            } else {
                let branch = Branch { name: None, when: Some(came), steps: inside };
                steps.push(Step::new(Action::Route(Route { branches: vec![branch], ..Route::default() })));
            }
            return;
        }
        if let Some(variables) = self.before.remove(&inner) {
            steps.push(assign(variables));
        }
        let step = self.turns(inner);
        steps.push(step);
    }

    /// What a step without an id is called: nothing, where nobody chose a name.
    fn label(&self, node: &Node) -> Option<String> {
        (!labels::is_given_by_the_editor(node)).then(|| node.name.clone())
    }

    /// The list that the turns over an output's items walk: within a loop by batches, the batch.
    fn walked(&self, block: BlockId, node: usize, output: usize) -> Expr {
        let source = &self.workflow.nodes[node];
        if source.kind == "splitInBatches" && is_loop_output(source, output) && !source.disabled {
            let around = self.flow.path(block);
            let batches = around.iter().find(|at| self.flow.blocks[**at].owner == Owner::Loop(node));
            return Expr::name(batches.map_or_else(|| "item".to_owned(), |at| self.item_name(*at)));
        }
        self.readings.get(&node).map_or(Expr::List(Vec::new()), |reading| reading.base.clone())
    }

    /// A loop.
    fn turns(&mut self, inner: BlockId) -> Step {
        let inside = self.block(inner);
        let item = self.item_name(inner);
        let (over, batch, node) = match self.flow.blocks[inner].owner {
            Owner::Loop(node) => {
                let list = self.readings.get(&node).map_or(Expr::List(Vec::new()), |reading| match reading.count {
                    Count::One => reading.all(),
                    Count::Many => reading.base.clone(),
                });
                let size = batch_size(&self.workflow.nodes[node]);
                (list, (size > 1).then_some(size), Some(node))
            }
            Owner::Each(node, output) => (self.walked(inner, node, output), None, None),
            _ => (self.lists.get(&inner).cloned().unwrap_or(Expr::List(Vec::new())), None, None),
        };
        let collect = self.collects.get(&inner).cloned().map(|value| Collect::List(Data::spread(value)));
        let named = self.loops.get(&inner).cloned();
        let item = (item != "item").then_some(item);
        let mut step = Step::new(Action::ForEach(ForEach { over, item, batch, steps: inside, collect }));
        step.id = named;
        if let Some(node) = node {
            let node = &self.workflow.nodes[node];
            step.name = self.label(node);
            step.origin = Some(node.name.clone());
            step.position = Some(node.place);
        }
        step
    }
}

/// The condition of an output: of the last one, that no other is taken.
fn condition(choice: &[Choice], output: usize) -> Expr {
    match choice.get(output).map(|own| own.when.clone()) {
        Some(Some(when)) => when,
        Some(None) => {
            let others = choice.iter().filter_map(|other| other.when.clone());
            Expr::any(others).negated()
        }
        // An output that the node does not have is never taken.
        None => Expr::Bool(choice.is_empty()),
    }
}

fn assign(variables: Vec<(String, Expr)>) -> Step {
    Step::call("assign", Data::Map(variables.into_iter().map(|(name, value)| (name, Data::spread(value))).collect()))
}
