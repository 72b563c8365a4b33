//! The way of a message: from node to node, into branches, loops, subflows and back.

use super::file::{File, Node};
use super::graph::{Graph, Target, linked};
use super::message::Message;
use super::nodes;
use crate::draft::{Action, Branch, Data, OnError, Route, Step, Take};
use crate::ledger::Ledger;
use crate::ours::Expr;
use crate::report::State;
use std::collections::{BTreeMap, BTreeSet};

/// How many forks, loops and calls may stand in one another; what people draw has few.
const DEEPEST: usize = 10;

/// How many lists of steps are walked within one another, whether they are nested or not.
const MOST_CALLS: usize = 60;

/// How many subflows and calls of links may be in one another.
const MOST_WITHIN: usize = 6;

/// A walk through the nodes of a file.
pub(crate) struct Walk<'f, 'a, 'k> {
    pub(crate) graph: Graph<'f, 'a>,
    pub(crate) ledger: Ledger<'k>,
    /// Nodes on the way from the start to here: whoever comes to one again goes in a circle.
    way: BTreeSet<Target>,
    /// The `catch` nodes of single nodes.
    pub(crate) catches: BTreeMap<usize, usize>,
    /// Whether some node looks at the status of answers.
    pub(crate) reads_status: bool,
    /// Settings of `limits` that nodes ask for.
    pub(crate) limits: Vec<(String, Data)>,
}

/// What surrounds a part of the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// The node before which it ends.
    pub(crate) until: Option<usize>,
    /// How many forks and loops it is in.
    pub(crate) depth: usize,
    /// How many parts of the way this one is in.
    pub(crate) calls: usize,
    /// Whether nothing follows it in its list of steps.
    pub(crate) is_last: bool,
    /// Whether it is the turn of a loop.
    pub(crate) in_loop: bool,
}

/// What became of a part of the way.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) steps: Vec<Step>,
    /// The message as it came to the node before which the way ends.
    pub(crate) arrived: Option<Message>,
}

/// Where a node sends a message.
pub(crate) enum Sends {
    /// To its first output.
    On,
    /// Nowhere.
    Nothing,
    /// To the outputs that its conditions choose.
    Chosen(Vec<Output>, Take),
    /// These steps have walked all that follows.
    Walked,
    /// Behind another node, at its first output.
    Behind(usize),
}

/// An output that a condition chooses.
pub(crate) struct Output {
    pub(crate) place: usize,
    pub(crate) name: Option<String>,
    /// None: where no other output is chosen.
    pub(crate) when: Option<Expr>,
    pub(crate) message: Message,
    /// Steps that stand before what follows it.
    pub(crate) first: Vec<Step>,
}

/// Why a node is not said, and is kept as a `todo`.
pub(crate) type Refused = String;

impl Around {
    pub(crate) fn start() -> Self {
        Self { until: None, depth: 0, calls: 0, is_last: true, in_loop: false }
    }

    pub(crate) fn deeper(self) -> Self {
        Self { depth: self.depth + 1, calls: self.calls + 1, ..self }
    }
}

impl<'f, 'a, 'k> Walk<'f, 'a, 'k> {
    pub(crate) fn new(file: &'f File<'a>, ledger: Ledger<'k>) -> Self {
        let reads = |node: &Node<'_>| {
            matches!(node.kind, "switch" | "function" | "change" | "template")
                && node.value.to_string().contains("statusCode")
        };
        let reads_status = file.nodes.iter().any(reads);
        let graph = Graph::new(file);
        Self { graph, ledger, way: BTreeSet::new(), catches: BTreeMap::new(), reads_status, limits: Vec::new() }
    }

    pub(crate) fn file(&self) -> &'f File<'a> {
        self.graph.file
    }

    /// The steps from these nodes on.
    pub(crate) fn follow(&mut self, targets: Vec<Target>, message: Message, around: Around) -> Walked {
        let mut walked = Walked::default();
        let mut passed = Vec::new();
        let (mut targets, mut message) = (targets, message);
        loop {
            let target = match targets.as_slice() {
                [] => break,
                [one] => one.clone(),
                _ => match self.fork(targets, message, around, &mut walked) {
                    Some((next, met)) => {
                        (targets, message) = (next, met);
                        continue;
                    }
                    None => break,
                },
            };
            if around.until == Some(target.node) {
                walked.arrived = Some(message);
                break;
            }
            if let Some(reason) = self.obstacle(&target, around) {
                let origin = &self.file().nodes[target.node].origin;
                let mut step = self.ledger.todo(origin, reason);
                step.position = None;
                walked.steps.push(step);
                break;
            }
            self.way.insert(target.clone());
            passed.push(target.clone());
            match self.pass(&target, message, around, &mut walked) {
                Some((next, after)) => (targets, message) = (next, after),
                None => break,
            }
        }
        for target in passed {
            self.way.remove(&target);
        }
        walked
    }

    /// Why the way ends before a node.
    fn obstacle(&self, target: &Target, around: Around) -> Option<Refused> {
        let node = &self.file().nodes[target.node];
        let name = if node.label.is_empty() { node.kind } else { node.label };
        if self.way.contains(target) {
            return Some(format!("it goes back to “{name}”: a loop `repeat` does that here"));
        }
        if around.depth > DEEPEST || around.calls > MOST_CALLS {
            return Some("its branches are nested too deeply".to_owned());
        }
        if target.within.len() > MOST_WITHIN {
            return Some("subflows and links call each other too deeply".to_owned());
        }
        let again = self.ledger.has_told(&node.origin.id);
        (again && self.ledger.is_full()).then(|| format!("what follows “{name}” is written elsewhere already"))
    }

    /// Passes one node; where the message goes from it, if the way goes on in one line.
    fn pass(
        &mut self,
        target: &Target,
        mut message: Message,
        around: Around,
        walked: &mut Walked,
    ) -> Option<(Vec<Target>, Message)> {
        let file = self.file();
        let node = &file.nodes[target.node];
        if let Some(next) = self.enter(target) {
            return Some((next, message));
        }
        if node.disabled {
            let step = self.switched_off(node);
            walked.steps.push(step);
            return None;
        }
        let mut made = Vec::new();
        let found = nodes::make(self, target, &mut message, around, &mut made);
        if let (Some(catch), Some(last), true) =
            (self.catches.get(&target.node).copied(), made.last_mut(), matches!(found, Ok(Sends::On)))
        {
            last.on_error = Some(self.caught(catch, target, around));
        }
        let sends = match found {
            Ok(sends) => {
                walked.steps.append(&mut made);
                sends
            }
            Err(reason) => {
                let step = self.ledger.todo(&node.origin, reason);
                let id = step.id.clone().unwrap_or_default();
                walked.steps.push(step);
                message = Message::of(Expr::name(id));
                Sends::On
            }
        };
        match sends {
            Sends::On => Some((self.graph.leaving(target, 0), message)),
            Sends::Behind(node) => {
                let behind = Target { node, within: target.within.clone() };
                Some((self.graph.leaving(&behind, 0), message))
            }
            Sends::Nothing | Sends::Walked => None,
            Sends::Chosen(outputs, take) => self.choose(target, (outputs, take), around, walked),
        }
    }

    /// Nodes that only lead elsewhere.
    fn enter(&mut self, target: &Target) -> Option<Vec<Target>> {
        let file = self.file();
        let node = &file.nodes[target.node];
        let inside = |nodes: Vec<usize>| {
            let mut within = target.within.clone();
            within.push(target.node);
            nodes.into_iter().map(|node| Target { node, within: within.clone() }).collect::<Vec<_>>()
        };
        if node.disabled {
            return None;
        }
        let next = match node.kind {
            "link in" | "junction" | "complete" => self.graph.leaving(target, 0),
            "link out" if node.text("mode", "link") == "return" => {
                let caller = target.within.iter().rposition(|at| file.nodes[*at].kind == "link call")?;
                let back = Target { node: target.within[caller], within: target.within[..caller].to_vec() };
                self.graph.leaving(&back, 0)
            }
            "link out" => linked(file, target.node)
                .into_iter()
                .map(|node| Target { node, within: target.within.clone() })
                .collect(),
            "link call" if node.text("linkType", "static") == "static" => inside(linked(file, target.node)),
            _ => inside(file.subflow(target.node)?.begins.clone()),
        };
        self.ledger.tell(&node.origin, None, State::Runs, None);
        Some(next)
    }

    fn switched_off(&mut self, node: &Node<'_>) -> Step {
        let id = self.ledger.id(&node.origin, node.kind);
        let name = if node.label.is_empty() { node.kind } else { node.label };
        let mut step = Step::call("set", Data::text(format!("{name} is switched off"))).with_id(id.clone());
        step.disabled = true;
        self.ledger.tell(&node.origin, Some(&id), State::Runs, None);
        self.ledger.of(&node.origin, step)
    }

    /// What happens in place of a step that fails.
    fn caught(&mut self, catch: usize, target: &Target, around: Around) -> OnError {
        let file = self.file();
        self.ledger.tell(&file.nodes[catch].origin, None, State::Runs, None);
        let caught = Target { node: catch, within: target.within.clone() };
        let next = self.graph.leaving(&caught, 0);
        let around = Around { until: None, is_last: false, ..around.deeper() };
        let mut steps = self.follow(next, nodes::failure(), around).steps;
        if around.in_loop {
            return OnError::Steps(steps);
        }
        // A message that failed goes nowhere else.
        steps.push(Step::call("stop", Data::Null));
        OnError::Steps(steps)
    }

    /// An output that leads to several nodes: each gets the message, one after the other.
    fn fork(
        &mut self,
        targets: Vec<Target>,
        message: Message,
        around: Around,
        walked: &mut Walked,
    ) -> Option<(Vec<Target>, Message)> {
        let starts: Vec<usize> = targets.iter().map(|target| target.node).collect();
        let gathering = if around.in_loop { None } else { self.graph.gathering(&starts, "join") };
        let gathering = gathering.filter(|join| around.until != Some(*join));
        let (mut came, last) = (Vec::new(), targets.len() - 1);
        let mut within = Vec::new();
        for (place, target) in targets.into_iter().enumerate() {
            let is_last = around.is_last && place == last && gathering.is_none();
            let until = gathering.or(around.until);
            within.clone_from(&target.within);
            let around = Around { until, is_last, calls: around.calls + 1, ..around };
            let part = self.follow(vec![target], message.clone(), around);
            walked.steps.extend(part.steps);
            came.extend(part.arrived);
        }
        let Some(join) = gathering else {
            // Where a loop ends, the last message that came to its end counts.
            walked.arrived = came.pop();
            return None;
        };
        let node = &self.file().nodes[join];
        let target = Target { node: join, within };
        match nodes::lists::gathered(node, &came) {
            Ok(message) => {
                self.ledger.tell(&node.origin, None, State::Runs, None);
                Some((self.graph.leaving(&target, 0), message))
            }
            Err(reason) => {
                let step = self.ledger.todo(&node.origin, reason);
                let id = step.id.clone().unwrap_or_default();
                walked.steps.push(step);
                Some((self.graph.leaving(&target, 0), Message::of(Expr::name(id))))
            }
        }
    }

    /// Outputs of which conditions choose some: branches, and what follows where they meet again.
    fn choose(
        &mut self,
        target: &Target,
        (outputs, take): (Vec<Output>, Take),
        around: Around,
        walked: &mut Walked,
    ) -> Option<(Vec<Target>, Message)> {
        let file = self.file();
        let node = &file.nodes[target.node];
        let next: Vec<Vec<Target>> = outputs.iter().map(|output| self.graph.leaving(target, output.place)).collect();
        let has_else = outputs.last().is_some_and(|output| output.when.is_none());
        let is_one_of = has_else && (take == Take::First || outputs.len() == 2);
        let plain: Vec<Vec<usize>> =
            next.iter().map(|targets| targets.iter().map(|target| target.node).collect()).collect();
        let meeting = if is_one_of && plain.iter().all(|targets| !targets.is_empty()) {
            self.graph.meeting(&plain).filter(|node| around.until != Some(*node))
        } else {
            None
        };
        if let ([only], Some(when)) = (outputs.as_slice(), outputs.first().and_then(|output| output.when.clone()))
            && around.is_last
            && around.until.is_none()
        {
            let filter = self.named(node, Step::new(Action::Filter(when)));
            walked.steps.push(filter);
            walked.steps.extend(only.first.iter().cloned());
            return Some((next.into_iter().flatten().collect(), only.message.clone()));
        }
        let inside = Around { until: meeting.or(around.until), is_last: meeting.is_none() && around.is_last, ..around };
        let mut branches: Vec<(Output, Walked)> = Vec::new();
        for (mut output, targets) in outputs.into_iter().zip(next) {
            let mut part = self.follow(targets, output.message.clone(), inside.deeper());
            part.steps.splice(0..0, output.first.drain(..));
            branches.push((output, part));
        }
        let came: Vec<Message> = branches.iter().filter_map(|(_, part)| part.arrived.clone()).collect();
        let met = (meeting.is_some() || around.until.is_some()).then(|| self.meet(&came, &mut branches));
        let step = self.route(node, branches, take);
        walked.steps.extend(step);
        match (meeting, met) {
            (Some(meeting), Some(message)) => {
                Some((vec![Target { node: meeting, within: target.within.clone() }], message))
            }
            (_, met) => {
                walked.arrived = met.filter(|_| !came.is_empty());
                None
            }
        }
    }

    /// What differs among messages that meet stands in variables, which each branch writes.
    fn meet(&mut self, came: &[Message], branches: &mut [(Output, Walked)]) -> Message {
        let mut variables: Vec<(String, String)> = Vec::new();
        let ids = &mut self.ledger.ids;
        let met = Message::met(came, |property| {
            let variable = ids.give(property, "message");
            variables.push((property.to_owned(), variable.clone()));
            Expr::name("vars").maybe(variable)
        });
        if variables.is_empty() {
            return met;
        }
        for (_, part) in branches {
            let Some(message) = &part.arrived else { continue };
            let values = variables
                .iter()
                .map(|(property, variable)| (variable.clone(), nodes::data(&message.get(property).expr)));
            part.steps.push(Step::call("assign", Data::Map(values.collect())));
        }
        met
    }

    fn route(&mut self, node: &Node<'_>, branches: Vec<(Output, Walked)>, take: Take) -> Option<Step> {
        let mut route = Route { take, ..Route::default() };
        for (output, part) in branches {
            match output.when {
                None => route.otherwise = Some(part.steps).filter(|steps| !steps.is_empty()),
                when => route.branches.push(Branch { name: output.name, when, steps: part.steps }),
            }
        }
        // In a choice, a branch that leads nowhere still takes its messages from the others.
        if route.otherwise.is_none() && take == Take::All {
            route.branches.retain(|branch| !branch.steps.is_empty());
        }
        if route.branches.len() < 2 {
            route.take = Take::All;
        }
        let leads_nowhere = route.branches.iter().all(|branch| branch.steps.is_empty()) && route.otherwise.is_none();
        (!leads_nowhere).then(|| self.named(node, Step::new(Action::Route(route))))
    }

    /// A step that is called as the node is, without an id: nothing reads what it gives.
    fn named(&mut self, node: &Node<'_>, mut step: Step) -> Step {
        step.name = crate::ledger::readable(node.label, None);
        self.ledger.of(&node.origin, step)
    }
}
