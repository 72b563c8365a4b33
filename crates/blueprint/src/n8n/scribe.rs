//! Writes one scenario: translates the nodes in their order, and then puts the steps into their blocks.

mod arrivals;
mod emit;
mod pins;
mod remarks;
mod tell;

use super::desk::{Accounts, Desk};
use super::flow::{BlockId, Flow, Owner};
use super::nodes::{Choice, Made, make, triggers};
use super::reading::{Count, Reading};
use super::translate::Sight;
use super::workflow::{Failing, Node, Workflow};
use crate::counterparts::Counterparts;
use crate::draft::{Action, Data, Draft, OnError, Step, Todo};
use crate::ids::Ids;
use crate::ours::{Expr, Operator};
use crate::report::{Item, Report, State};
use crate::settle::Translated;
use crate::tidy::tidy;
use std::collections::{BTreeMap, BTreeSet};

/// What earlier scenarios of a file have told of.
#[derive(Debug, Default)]
pub(crate) struct Told {
    nodes: BTreeSet<usize>,
    notes: BTreeSet<usize>,
}

/// One scenario on its way.
pub(crate) struct Scribe<'a> {
    workflow: &'a Workflow,
    starts: Vec<usize>,
    known: &'a Counterparts,
    accounts: &'a mut Accounts,
    flow: Flow,
    ids: Ids,
    /// The id of each node's step.
    names: BTreeMap<usize, String>,
    /// Where the items of each node are, as seen from its own block.
    readings: BTreeMap<usize, Reading>,
    made: BTreeMap<usize, Made>,
    /// The names of loops' steps.
    loops: BTreeMap<BlockId, String>,
    /// What the turns of loops give.
    collects: BTreeMap<BlockId, Expr>,
    /// The lists over which loops go.
    lists: BTreeMap<BlockId, Expr>,
    /// Variables that are written behind a node.
    after: BTreeMap<usize, Vec<(String, Expr)>>,
    /// Variables that are written at the end of a branch.
    ends: BTreeMap<BlockId, Vec<(String, Expr)>>,
    /// Variables that are written before a loop.
    before: BTreeMap<BlockId, Vec<(String, Expr)>>,
    /// The variables by which nodes are guarded.
    guards: BTreeMap<usize, String>,
    /// Blocks at whose end the caller is answered.
    answers: BTreeSet<BlockId>,
    /// The triggers' places in the draft.
    triggers: BTreeMap<usize, usize>,
    /// Nodes that nothing starts.
    alone: Vec<String>,
    draft: Draft,
    report: Report,
    items: BTreeMap<usize, Item>,
}

impl<'a> Scribe<'a> {
    pub(crate) fn new(
        workflow: &'a Workflow,
        starts: &[usize],
        known: &'a Counterparts,
        accounts: &'a mut Accounts,
    ) -> Self {
        let flow = Flow::of(workflow, starts);
        let mut ids = Ids::default();
        let names = flow.order.iter().map(|node| {
            let node_of = &workflow.nodes[*node];
            let kind = node_of.kind.rsplit('.').next().unwrap_or(&node_of.kind);
            (*node, ids.give(&super::labels::label(workflow, node_of), kind))
        });
        let names = names.collect();
        Self {
            workflow,
            starts: starts.to_vec(),
            known,
            accounts,
            flow,
            ids,
            names,
            readings: BTreeMap::new(),
            made: BTreeMap::new(),
            loops: BTreeMap::new(),
            collects: BTreeMap::new(),
            lists: BTreeMap::new(),
            after: BTreeMap::new(),
            ends: BTreeMap::new(),
            before: BTreeMap::new(),
            guards: BTreeMap::new(),
            answers: BTreeSet::new(),
            triggers: BTreeMap::new(),
            alone: Vec::new(),
            draft: Draft::default(),
            report: Report::default(),
            items: BTreeMap::new(),
        }
    }

    /// The scenario. `told` are the nodes that an earlier scenario of the file has told of.
    pub(crate) fn write(mut self, name: String, told: &mut Told) -> Translated {
        self.draft.name = name;
        self.draft.timezone = self.workflow.zone.clone();
        for node in self.flow.order.clone() {
            if self.starts.contains(&node) && super::is_trigger(&self.workflow.nodes[node]) {
                self.start(node);
            } else {
                self.node(node);
            }
        }
        let mut steps = std::mem::take(&mut self.draft.steps);
        self.answer_at_ends();
        steps.extend(self.block(0));
        self.draft.steps = steps;
        self.lonely();
        tidy(&mut self.draft);
        self.remark(told);
        self.draft.tests.extend(self.pinned_test());
        self.tell(told)
    }

    /// Says which nodes nothing starts.
    fn lonely(&mut self) {
        if !self.alone.is_empty() {
            let names = self.alone.join(", ");
            self.draft.remarks.push(format!("Nothing starts {names}: run it by hand, or give it a trigger."));
        }
    }

    /// A trigger.
    fn start(&mut self, at: usize) {
        let node = &self.workflow.nodes[at];
        let id = self.names.get(&at).cloned().unwrap_or_default();
        match triggers::trigger(node, self.known, &mut *self.accounts, &id) {
            Ok(started) => {
                // Every scenario can be started by hand.
                let others = self.starts.len() > 1 && node.kind == "manualTrigger";
                if !others && !node.disabled {
                    self.triggers.insert(at, self.draft.triggers.len());
                    let mut triggers = started.triggers;
                    if let Some(trigger) = triggers.first_mut() {
                        trigger.remarks.extend(node.note.clone());
                    }
                    self.draft.triggers.extend(triggers);
                }
                let known = self.starts.iter().find_map(|start| self.readings.get(start));
                let reading = known.filter(|_| node.kind == "manualTrigger").cloned().unwrap_or(started.reading);
                self.readings.insert(at, reading);
                self.draft
                    .steps
                    .extend(started.steps.into_iter().map(|step| Step { origin: Some(node.name.clone()), ..step }));
                let state = match (&started.decision, &started.connection) {
                    (Some(_), _) => State::NeedsDecision,
                    (None, Some(_)) => State::NeedsConnection,
                    (None, None) => State::Runs,
                };
                if let Some((name, types)) = &started.connection {
                    let was = node.credentials.first().map(|(_, name)| name.as_str()).filter(|name| !name.is_empty());
                    self.report.asks(name, types, was, "trigger");
                }
                self.note(at, state, started.decision, None);
            }
            Err(reason) => {
                let todo = self.todo(at, &reason);
                self.draft.steps.push(todo);
                self.readings.insert(at, Reading::one(Expr::name("trigger").field("body")));
                self.note(at, State::NotExecutable, Some(reason), self.names.get(&at).cloned());
            }
        }
    }

    /// Any other node.
    fn node(&mut self, at: usize) {
        let node = &self.workflow.nodes[at];
        if self.starts.contains(&at) {
            // No trigger leads here: it is started by hand.
            self.alone.push(format!("“{}”", node.name));
        }
        let (input, inputs) = self.inputs(at);
        let block = self.flow.place.get(&at).copied().unwrap_or(0);
        let sight = Sight {
            input: input.clone(),
            nodes: self.visible(at, block),
            in_loop: self.flow.path(block).iter().any(|block| self.is_loop(*block)),
            zone: self.workflow.zone.clone(),
            workflow: self.workflow.name.clone(),
        };
        let joins = node.kind == "merge" && super::nodes::merge::branches_meet(self.workflow, at);
        let id = self.names.get(&at).cloned().unwrap_or_default();
        let mut desk = Desk::new((self.workflow, at), sight, id.clone(), self.known, &mut *self.accounts);
        desk.inputs = inputs;
        desk.joins = joins;
        let made = match node.kind.as_str() {
            _ if node.disabled => Ok(super::nodes::switched_off(&mut desk)),
            "splitInBatches" => Ok(Made::passing()),
            _ => make(&mut desk),
        };
        let unsaid = desk.tally.unsaid.first().map(|(code, reason)| format!("`{}`: {reason}", shortened(code)));
        let (total, failed) = (desk.tally.total, desk.tally.unsaid.len());
        let (helper, connection) = (desk.helper(), desk.connection.clone());
        self.report.expressions.total += total;
        self.report.expressions.translated += total - failed.min(total);
        let made = match (made, unsaid) {
            (Ok(made), _) if node.disabled => Ok(made),
            (Ok(made), None) => Ok(made),
            (Ok(_), Some(reason)) | (Err(reason), _) => Err(reason),
        };
        match made {
            Ok(made) => self.keep(at, made, helper, connection, input),
            Err(reason) => self.give_up(at, reason),
        }
    }

    /// A node that is said: its steps get their names, and what happens when they fail.
    fn keep(
        &mut self,
        at: usize,
        mut made: Made,
        helper: Option<Step>,
        connection: Option<(String, Vec<String>)>,
        input: Option<Reading>,
    ) {
        let node = &self.workflow.nodes[at];
        let id = self.names.get(&at).cloned().unwrap_or_default();
        if let Some(last) = made.steps.last_mut() {
            last.id = last.id.take().or(Some(id.clone()));
            last.name = named(node, &id);
        }
        for step in &mut made.steps {
            step.origin = Some(node.name.clone());
            step.position = Some(node.place);
        }
        if let Some(last) = made.steps.last_mut() {
            last.retry = node.retry.map(|(tries, pause)| retry(tries, pause));
            last.on_error = on_error(node, made.reading.as_ref(), &mut made.choice, &id);
        }
        if let (Some(first), Some(note)) = (made.steps.first_mut(), &node.note) {
            first.remarks.push(note.clone());
        }
        if let Some(mut helper) = helper {
            helper.origin = Some(node.name.clone());
            made.steps.insert(0, helper);
        }
        let mut reading = made.reading.clone().or(input);
        if node.once && node.kind != "merge" {
            reading = reading.map(|reading| reading.first());
        }
        if node.kind == "splitInBatches" && !node.disabled {
            // Its turns go over a list: of a single item, over one of its `json`.
            reading = reading.map(|reading| match reading.count {
                Count::One => Reading::one(reading.json()),
                Count::Many => reading,
            });
        }
        if let Some(reading) = reading {
            self.readings.insert(at, reading);
        }
        let state = match (&made.decision, &connection) {
            (Some(_), _) => State::NeedsDecision,
            (None, Some(_)) => State::NeedsConnection,
            (None, None) => State::Runs,
        };
        let step = made.steps.last().and_then(|step| step.id.clone());
        if let (Some((name, types)), Some(step)) = (&connection, &step) {
            let was = node.credentials.first().map(|(_, name)| name.as_str()).filter(|name| !name.is_empty());
            self.report.asks(name, types, was, step);
        }
        let decision = made.decision.clone();
        self.made.insert(at, made);
        self.note(at, state, decision, step);
    }

    /// A node that nobody could say: it stays as it was, to be replaced.
    fn give_up(&mut self, at: usize, reason: String) {
        let node = &self.workflow.nodes[at];
        let id = self.names.get(&at).cloned().unwrap_or_default();
        let outputs = super::flow::fork_outputs(node).unwrap_or(0);
        let choice = (1..=outputs).map(|output| Choice {
            name: None,
            when: Some(Expr::name(id.clone()).binary(Operator::Equal, Expr::Int(i64::try_from(output).unwrap_or(1)))),
        });
        let reading = if outputs > 0 { self.inputs(at).0 } else { None };
        let made = Made { steps: vec![self.todo(at, &reason)], choice: choice.collect(), ..Made::default() };
        let own = Expr::name(id.clone());
        let given = if self.flow.gives_many(at, 0) { Reading::many(own) } else { Reading::one(own) };
        self.readings.insert(at, reading.unwrap_or(given));
        self.made.insert(at, made);
        self.note(at, State::NotExecutable, Some(reason), Some(id));
    }

    fn todo(&self, at: usize, reason: &str) -> Step {
        let node = &self.workflow.nodes[at];
        let was = node.whole["type"].as_str().unwrap_or(&node.kind).to_owned();
        let todo = Todo { was, reason: reason.to_owned(), original: node.whole.clone() };
        let mut step = Step::new(Action::Todo(todo));
        let id = self.names.get(&at).cloned().unwrap_or_default();
        step.name = named(node, &id);
        step.id = Some(id);
        step.position = Some(node.place);
        step.origin = Some(node.name.clone());
        step
    }

    /// Whether the steps of a block are walked for several items.
    fn is_loop(&self, block: BlockId) -> bool {
        matches!(self.flow.blocks[block].owner, Owner::Each(..) | Owner::EachOf(_) | Owner::Loop(_))
    }

    /// The name that the item of a loop has: inner ones are numbered.
    fn item_name(&self, block: BlockId) -> String {
        match self.flow.path(block).iter().filter(|block| self.is_loop(**block)).count() {
            0 | 1 => "item".to_owned(),
            depth => format!("item_{depth}"),
        }
    }

    /// The name of a loop's step.
    fn loop_name(&mut self, block: BlockId) -> String {
        if let Some(known) = self.loops.get(&block) {
            return known.clone();
        }
        let owner = match self.flow.blocks[block].owner {
            Owner::Each(node, _) | Owner::EachOf(node) | Owner::Loop(node) => node,
            Owner::Scenario | Owner::Branch(..) | Owner::Guard(_) => 0,
        };
        let is_node = matches!(self.flow.blocks[block].owner, Owner::Loop(_));
        let own = self.names.get(&owner).cloned().unwrap_or_default();
        let name = if is_node { own } else { self.ids.give(&format!("each_{own}"), "each") };
        self.loops.insert(block, name.clone());
        name
    }
}

/// A label, where somebody gave one and the id does not say the same.
fn named(node: &Node, id: &str) -> Option<String> {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect::<String>();
    let says_more = letters(&node.name) != letters(id) && !super::labels::is_given_by_the_editor(node);
    says_more.then(|| node.name.clone())
}

fn retry(tries: u64, pause: u64) -> Data {
    let tries = i64::try_from(tries).unwrap_or(3);
    let backoff = if pause.is_multiple_of(1000) { format!("{}s", pause / 1000) } else { format!("{pause}ms") };
    Data::map([
        ("attempts", Data::int(tries)),
        ("backoff", Data::text(if pause == 0 { "1s".to_owned() } else { backoff })),
    ])
}

/// What happens when the node fails: its error is what its items have.
fn on_error(node: &Node, reading: Option<&Reading>, choice: &mut Vec<Choice>, id: &str) -> Option<OnError> {
    if node.failing == Failing::Stop {
        return None;
    }
    let error = Data::map([("error", Data::value(Expr::name("error").field("message")))]);
    if node.failing == Failing::Output {
        let failed = Expr::name(id).maybe("error");
        *choice = vec![
            Choice { name: Some("done".to_owned()), when: Some(failed.clone().binary(Operator::Equal, Expr::Nothing)) },
            Choice { name: Some("failed".to_owned()), when: None },
        ];
        return Some(OnError::Use(error));
    }
    use super::reading::Shape;
    match reading {
        None => Some(OnError::Ignore),
        Some(reading) if matches!(reading.shape, Shape::Body | Shape::BodyText(_) | Shape::FullResponse) => {
            let answer = [("status", Data::int(0)), ("headers", Data::Map(Vec::new())), ("body", error)];
            Some(OnError::Use(Data::map(answer)))
        }
        Some(reading) if reading.count == Count::Many => Some(OnError::Use(Data::List(Vec::new()))),
        Some(_) => Some(OnError::Use(error)),
    }
}

fn shortened(code: &str) -> String {
    let plain = code.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() > 60 { plain.chars().take(57).chain("…".chars()).collect() } else { plain }
}
