//! The graph of the nodes: which lead where, through links and subflows, and where branches meet again.

use super::file::File;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many steps looking ahead may take in a whole file.
const MOST_LOOKS: usize = 2_000_000;

/// How far ahead it is looked for where branches meet.
const FARTHEST: usize = 200;

/// A node to which a message goes, and the nodes that stand for the subflows and calls that it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) node: usize,
    pub(crate) within: Vec<usize>,
}

/// The nodes with what leads from each to the next.
pub(crate) struct Graph<'f, 'a> {
    pub(crate) file: &'f File<'a>,
    /// What a node sets off when it is done: nodes of the type `complete`.
    completes: BTreeMap<usize, Vec<usize>>,
    /// Whether anything leads to a node.
    led_to: Vec<bool>,
    /// How many looks ahead are left.
    looks: usize,
}

impl<'f, 'a> Graph<'f, 'a> {
    pub(crate) fn new(file: &'f File<'a>) -> Self {
        let mut completes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut led_to = vec![false; file.nodes.len()];
        for (at, node) in file.nodes.iter().enumerate() {
            if node.kind == "complete" {
                for id in ids(&node.value["scope"]) {
                    if let Some(of) = file.node(id) {
                        completes.entry(of).or_default().push(at);
                        led_to[at] = true;
                    }
                }
            }
            node.wires.iter().flatten().filter(|to| **to != at).for_each(|to| led_to[*to] = true);
            linked(file, at).into_iter().for_each(|to| led_to[to] = true);
        }
        for subflow in file.subflows.values() {
            subflow.begins.iter().for_each(|to| led_to[*to] = true);
        }
        Self { file, completes, led_to, looks: MOST_LOOKS }
    }

    /// Whether something leads to the node.
    pub(crate) fn is_led_to(&self, node: usize) -> bool {
        self.led_to[node]
    }

    /// Where a message goes that leaves an output of a node.
    pub(crate) fn leaving(&self, from: &Target, output: usize) -> Vec<Target> {
        let file = self.file;
        let node = &file.nodes[from.node];
        let plain = node.wires.get(output).into_iter().flatten().map(|to| (*to, from.within.clone()));
        let mut targets: Vec<Target> = plain.map(|(node, within)| Target { node, within }).collect();
        if let Some((instance, around)) = from.within.split_last()
            && let Some(subflow) = file.subflow(*instance)
            && file.subflows.contains_key(node.on)
        {
            for (place, ends) in subflow.ends.iter().enumerate() {
                if ends.contains(&(from.node, output)) {
                    let outside = Target { node: *instance, within: around.to_vec() };
                    targets.extend(self.leaving(&outside, place));
                }
            }
        }
        if output == 0 {
            let done = self.completes.get(&from.node).into_iter().flatten();
            targets.extend(done.map(|to| Target { node: *to, within: from.within.clone() }));
        }
        targets
    }

    /// The nodes behind a node, at any of its outputs, in the order in which a message comes to them.
    fn behind(&mut self, starts: &[usize]) -> Vec<usize> {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut left: VecDeque<usize> = starts.iter().copied().collect();
        let mut order = Vec::new();
        while let Some(node) = left.pop_front() {
            if self.looks == 0 || !seen.insert(node) {
                continue;
            }
            self.looks -= 1;
            order.push(node);
            left.extend(self.next(node));
        }
        order
    }

    /// What follows a node, within the flow that it stands on.
    fn next(&self, node: usize) -> Vec<usize> {
        let mut next: Vec<usize> = self.file.nodes[node].wires.iter().flatten().copied().collect();
        next.extend(linked(self.file, node));
        next
    }

    /// The first node of this type behind a node.
    pub(crate) fn first_behind(&mut self, starts: &[usize], kind: &str) -> Option<usize> {
        self.behind(starts).into_iter().find(|node| self.file.nodes[*node].kind == kind)
    }

    /// The first node of this type that at least two of the starts lead to.
    pub(crate) fn gathering(&mut self, starts: &[usize], kind: &str) -> Option<usize> {
        let mut reached: BTreeMap<usize, usize> = BTreeMap::new();
        let mut order = Vec::new();
        for start in starts {
            for node in self.behind(&[*start]) {
                if self.file.nodes[node].kind == kind {
                    *reached.entry(node).or_default() += 1;
                    order.push(node);
                }
            }
        }
        order.into_iter().find(|node| reached[node] > 1)
    }

    /// The node to which exactly one message comes whichever of the outputs it takes, if there is one.
    pub(crate) fn meeting(&mut self, outputs: &[Vec<usize>]) -> Option<usize> {
        let (first, others) = outputs.split_first()?;
        let mut candidates = self.behind(first);
        for other in others {
            let behind: BTreeSet<usize> = self.behind(other).into_iter().collect();
            candidates.retain(|node| behind.contains(node));
        }
        candidates.into_iter().take(8).find(|candidate| {
            let mut known = BTreeMap::new();
            outputs.iter().all(|targets| self.messages(targets, *candidate, 0, &mut known) == Some(1))
        })
    }

    /// How many messages come to a node from these; none where that is not certain.
    fn messages(
        &mut self,
        from: &[usize],
        to: usize,
        depth: usize,
        known: &mut BTreeMap<usize, Option<usize>>,
    ) -> Option<usize> {
        let mut all = 0;
        for node in from {
            all += if *node == to { 1 } else { self.messages_through(*node, to, depth, known)? };
        }
        Some(all)
    }

    fn messages_through(
        &mut self,
        node: usize,
        to: usize,
        depth: usize,
        known: &mut BTreeMap<usize, Option<usize>>,
    ) -> Option<usize> {
        if let Some(known) = known.get(&node) {
            return *known;
        }
        if depth > FARTHEST || self.looks == 0 {
            return None;
        }
        self.looks -= 1;
        // Whoever comes back here goes in a circle.
        known.insert(node, None);
        let it = &self.file.nodes[node];
        let found = match it.kind {
            _ if it.disabled => Some(0),
            "switch" => {
                let outputs: Vec<Option<usize>> =
                    it.wires.clone().iter().map(|wires| self.messages(wires, to, depth + 1, known)).collect();
                let exclusive = is_exclusive(it.value);
                match outputs.split_first() {
                    Some((first, others)) if exclusive && others.iter().all(|other| other == first) => *first,
                    _ => outputs.iter().all(|count| *count == Some(0)).then_some(0),
                }
            }
            "link out" | "link call" => None,
            _ if it.wires.len() > 1 || matches!(it.kind, "split" | "join" | "batch" | "trigger" | "function") => {
                let mut all: Vec<usize> = it.wires.iter().flatten().copied().collect();
                all.sort_unstable();
                let count = self.messages(&all, to, depth + 1, known)?;
                let is_plain_function = it.kind == "function" && it.wires.len() < 2;
                (count == 0 || is_plain_function).then_some(count)
            }
            _ => {
                let wires = it.wires.first().cloned().unwrap_or_default();
                self.messages(&wires, to, depth + 1, known)
            }
        };
        known.insert(node, found);
        found
    }
}

/// Whether a `switch` sends each message to exactly one of its outputs.
pub(crate) fn is_exclusive(node: &serde_json::Value) -> bool {
    let rules = node["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_last_else = rules.last().is_some_and(|rule| rule["t"] == "else");
    let is_first_only = node["checkall"] == "false" || node["checkall"] == false;
    is_last_else && (is_first_only || rules.len() == 2)
}

/// The `link in` nodes to which a `link out` leads.
pub(crate) fn linked(file: &File<'_>, node: usize) -> Vec<usize> {
    let node = &file.nodes[node];
    let leads = node.kind == "link call" || (node.kind == "link out" && node.text("mode", "link") != "return");
    if !leads {
        return Vec::new();
    }
    ids(&node.value["links"]).filter_map(|id| file.node(id)).collect()
}

/// The ids of a list.
pub(crate) fn ids(value: &serde_json::Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
}
