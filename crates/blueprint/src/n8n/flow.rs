//! The graph as nested blocks: what runs in which branch of a choice, in which turn of a loop, and what comes after.

mod kinds;
mod order;

pub(crate) use kinds::{Consumes, Gives, batch_size, consumes, fork_outputs, gives, is_loop_output, is_trigger};

use super::workflow::{Link, Workflow};
use order::Ordered;
use std::collections::{BTreeMap, BTreeSet};

/// A list of steps.
pub(crate) type BlockId = usize;

/// A list of steps, and what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) parent: Option<BlockId>,
    pub(crate) owner: Owner,
}

/// What a list of steps belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Scenario,
    /// A branch: the output of a choice.
    Branch(usize, usize),
    /// The turns of a loop that is a node.
    Loop(usize),
    /// The turns over the items of an output.
    Each(usize, usize),
    /// The turns over the items that come to a node from several sides.
    EachOf(usize),
    /// What runs only if something came to the node.
    Guard(usize),
}

/// A part of a block, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Node(usize),
    /// A choice with its branches.
    Choice(usize),
    Inner(BlockId),
}

/// The nodes that one or several triggers reach, in blocks.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    /// In the order in which they run.
    pub(crate) order: Vec<usize>,
    rank: BTreeMap<usize, usize>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) place: BTreeMap<usize, BlockId>,
    /// Links with the block from which they come.
    pub(crate) incoming: BTreeMap<usize, Vec<(Link, BlockId)>>,
    /// Links that lead back to a loop.
    pub(crate) returns: Vec<Link>,
    /// Links that lead back to something else.
    pub(crate) jumps: Vec<Link>,
    /// Outputs that give several items.
    many: BTreeSet<(usize, usize)>,
    /// Nodes to which several items come from several sides.
    pub(crate) gathered: BTreeSet<usize>,
    /// Branches that are written without a choice, behind a `filter`.
    inlined: BTreeSet<BlockId>,
}

impl Flow {
    /// The blocks of what these nodes reach.
    pub(crate) fn of(workflow: &Workflow, starts: &[usize]) -> Self {
        let Ordered { order, kept, returns, jumps } = order::ordered(workflow, starts);
        let mut flow = Self { order, returns, jumps, ..Self::default() };
        flow.blocks.push(Block { parent: None, owner: Owner::Scenario });
        flow.rank = flow.order.iter().enumerate().map(|(rank, node)| (*node, rank)).collect();
        let mut arriving: BTreeMap<usize, Vec<Link>> = BTreeMap::new();
        for link in kept {
            arriving.entry(link.to).or_default().push(link);
        }
        for node in flow.order.clone() {
            let links = arriving.remove(&node).unwrap_or_default();
            flow.place_node(workflow, node, links);
        }
        flow.inline();
        flow
    }

    fn place_node(&mut self, workflow: &Workflow, node: usize, links: Vec<Link>) {
        let several = links.iter().filter(|link| link.input == 0).count() > 1;
        let wants_items = consumes(&workflow.nodes[node]) == Consumes::Item && !workflow.nodes[node].once;
        let gathers = several && wants_items && links.iter().any(|link| self.many.contains(&(link.from, link.output)));
        let mut incoming = Vec::new();
        for link in links {
            let entry = self.entry(workflow, &link, wants_items && !gathers);
            incoming.push((link, entry));
        }
        let common = incoming.iter().map(|(_, entry)| *entry).reduce(|a, b| self.common(a, b)).unwrap_or(0);
        self.incoming.insert(node, incoming);
        let mut place = common;
        if !self.is_sure(workflow, common, node) {
            place = self.block(place, Owner::Guard(node));
        }
        if gathers {
            self.gathered.insert(node);
            place = self.block(place, Owner::EachOf(node));
        }
        self.place.insert(node, place);
        self.count(workflow, node);
    }

    /// The block in which the end of a link runs, if it depends on this link alone.
    fn entry(&mut self, workflow: &Workflow, link: &Link, wants_items: bool) -> BlockId {
        let source = &workflow.nodes[link.from];
        let mut block = self.place.get(&link.from).copied().unwrap_or(0);
        if source.kind == "splitInBatches" && is_loop_output(source, link.output) {
            block = self.block(block, Owner::Loop(link.from));
        } else if fork_outputs(source).is_some() {
            block = self.block(block, Owner::Branch(link.from, link.output));
        }
        let target = &workflow.nodes[link.to];
        if self.many.contains(&(link.from, link.output)) {
            return if wants_items { self.block(block, Owner::Each(link.from, link.output)) } else { block };
        }
        if consumes(target) == Consumes::List { self.outside_of_turns(block) } else { block }
    }

    /// The block around the turns over items; a loop that is a node is not left.
    fn outside_of_turns(&self, block: BlockId) -> BlockId {
        let (mut at, mut outside) = (block, block);
        loop {
            match self.blocks[at].owner {
                Owner::Each(..) | Owner::EachOf(_) => outside = self.blocks[at].parent.unwrap_or(0),
                Owner::Loop(_) | Owner::Scenario => return outside,
                Owner::Branch(..) | Owner::Guard(_) => {}
            }
            at = self.blocks[at].parent.unwrap_or(0);
        }
    }

    /// The block of this owner, made where there is none yet.
    fn block(&mut self, parent: BlockId, owner: Owner) -> BlockId {
        let known = self.blocks.iter().position(|block| block.owner == owner && block.parent == Some(parent));
        known.unwrap_or_else(|| {
            self.blocks.push(Block { parent: Some(parent), owner });
            self.blocks.len() - 1
        })
    }

    /// Notes which outputs of the node give several items.
    fn count(&mut self, workflow: &Workflow, node: usize) {
        let it = &workflow.nodes[node];
        let comes_many = self.incoming.get(&node).into_iter().flatten().any(|(link, entry)| {
            self.many.contains(&(link.from, link.output)) && !matches!(self.blocks[*entry].owner, Owner::Each(..))
                || self.is_left(*entry, link.from)
        });
        let outputs: BTreeSet<usize> = workflow.leaving(node).map(|link| link.output).collect();
        for output in outputs {
            let many = match gives(workflow, node, output) {
                Gives::Many => true,
                Gives::One => false,
                Gives::Same => comes_many && consumes(it) != Consumes::Item && !it.once,
            };
            if many {
                self.many.insert((node, output));
            }
        }
    }

    /// Whether the node runs in turns that the block is outside of.
    pub(crate) fn is_left(&self, block: BlockId, node: usize) -> bool {
        let inside = self.path(self.place.get(&node).copied().unwrap_or(0));
        inside
            .iter()
            .take_while(|at| **at != block)
            .any(|at| matches!(self.blocks[*at].owner, Owner::Each(..) | Owner::EachOf(_)))
            && inside.contains(&block)
    }

    /// The block and those around it, from the inside out.
    pub(crate) fn path(&self, block: BlockId) -> Vec<BlockId> {
        std::iter::successors(Some(block), |at| self.blocks[*at].parent).collect()
    }

    fn common(&self, a: BlockId, b: BlockId) -> BlockId {
        let around = self.path(a);
        self.path(b).into_iter().find(|block| around.contains(block)).unwrap_or(0)
    }

    /// Whether something comes to the node whenever the block runs.
    fn is_sure(&self, workflow: &Workflow, block: BlockId, node: usize) -> bool {
        let incoming = &self.incoming[&node];
        if incoming.is_empty() || incoming.iter().any(|(_, entry)| *entry == block) {
            return true;
        }
        // A choice all of whose branches lead here.
        let choices: BTreeSet<usize> =
            incoming.iter().filter_map(|(_, entry)| self.choice_below(block, *entry)).collect();
        choices.into_iter().any(|choice| {
            let Some(outputs) = fork_outputs(&workflow.nodes[choice]) else { return false };
            (0..outputs).all(|output| {
                let owner = Owner::Branch(choice, output);
                let branch = self.blocks.iter().position(|known| known.owner == owner && known.parent == Some(block));
                branch.is_some_and(|branch| self.is_sure_within(workflow, branch, node))
            })
        })
    }

    fn is_sure_within(&self, workflow: &Workflow, block: BlockId, node: usize) -> bool {
        let incoming = &self.incoming[&node];
        let below: Vec<_> = incoming.iter().filter(|(_, entry)| self.path(*entry).contains(&block)).collect();
        if below.is_empty() {
            return false;
        }
        if below.iter().any(|(_, entry)| *entry == block) {
            return true;
        }
        let choices: BTreeSet<usize> = below.iter().filter_map(|(_, entry)| self.choice_below(block, *entry)).collect();
        choices.into_iter().any(|choice| {
            let Some(outputs) = fork_outputs(&workflow.nodes[choice]) else { return false };
            (0..outputs).all(|output| {
                let owner = Owner::Branch(choice, output);
                let branch = self.blocks.iter().position(|known| known.owner == owner && known.parent == Some(block));
                branch.is_some_and(|branch| self.is_sure_within(workflow, branch, node))
            })
        })
    }

    /// The choice in the block in one of whose branches the other block is.
    fn choice_below(&self, block: BlockId, inner: BlockId) -> Option<usize> {
        let path = self.path(inner);
        let at = path.iter().position(|at| *at == block)?.checked_sub(1)?;
        match self.blocks[path[at]].owner {
            Owner::Branch(choice, _) => Some(choice),
            _ => None,
        }
    }

    /// Whether several items come out of an output.
    pub(crate) fn gives_many(&self, node: usize, output: usize) -> bool {
        self.many.contains(&(node, output))
    }

    /// The parts of a block in their order.
    pub(crate) fn entries(&self, block: BlockId) -> Vec<Entry> {
        let mut found: Vec<((usize, usize), Entry)> = Vec::new();
        for (node, place) in &self.place {
            if *place == block {
                found.push(((self.rank[node], 0), Entry::Node(*node)));
            }
        }
        for (id, inner) in self.blocks.iter().enumerate().filter(|(_, inner)| inner.parent == Some(block)) {
            match inner.owner {
                Owner::Branch(node, _) => {
                    let entry = ((self.rank[&node], 1), Entry::Choice(node));
                    if !found.contains(&entry) {
                        found.push(entry);
                    }
                }
                Owner::Loop(node) => found.push(((self.rank[&node], 2), Entry::Inner(id))),
                Owner::Each(node, output) => found.push(((self.rank[&node], 3 + output), Entry::Inner(id))),
                Owner::EachOf(node) | Owner::Guard(node) => found.push(((self.rank[&node], 0), Entry::Inner(id))),
                Owner::Scenario => {}
            }
        }
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The branches of a choice within a block: output and block.
    pub(crate) fn branches(&self, block: BlockId, choice: usize) -> Vec<(usize, BlockId)> {
        let blocks = self.blocks.iter().enumerate().filter(|(_, inner)| inner.parent == Some(block));
        let mut found: Vec<_> = blocks
            .filter_map(|(id, inner)| match inner.owner {
                Owner::Branch(node, output) if node == choice => Some((output, id)),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// Finds the branches that can be written behind a `filter`: the only one of a choice, at the end of its block.
    fn inline(&mut self) {
        for block in 0..self.blocks.len() {
            match self.entries(block).last() {
                Some(Entry::Choice(choice)) => {
                    if let [(_, branch)] = self.branches(block, *choice).as_slice() {
                        self.inlined.insert(*branch);
                    }
                }
                Some(Entry::Inner(inner)) if matches!(self.blocks[*inner].owner, Owner::Guard(_)) => {
                    self.inlined.insert(*inner);
                }
                _ => {}
            }
        }
    }

    /// Whether the block is written behind a `filter`.
    pub(crate) fn is_inlined(&self, block: BlockId) -> bool {
        self.inlined.contains(&block)
    }

    /// The list in which the steps of a block really stand.
    pub(crate) fn written_in(&self, block: BlockId) -> BlockId {
        let mut at = block;
        while self.inlined.contains(&at) {
            at = self.blocks[at].parent.unwrap_or(0);
        }
        at
    }

    /// Whether what one node gives can be read where another stands.
    pub(crate) fn sees(&self, from: usize, of: usize) -> bool {
        let (Some(from), Some(of)) = (self.place.get(&from), self.place.get(&of)) else { return false };
        let list = self.written_in(*of);
        self.path(*from).iter().any(|at| self.written_in(*at) == list)
    }
}
