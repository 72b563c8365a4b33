//! What comes to a node: read where it is, or carried by a variable out of a branch, or collected out of a loop.

use super::Scribe;
use crate::n8n::flow::{BlockId, Owner, gives};
use crate::n8n::flow::{Gives, is_loop_output};
use crate::n8n::reading::{Count, Reading};
use crate::n8n::workflow::{Failing, Link};
use crate::ours::{Expr, Operator};
use std::collections::BTreeMap;

impl Scribe<'_> {
    /// What comes to the first input, and to each.
    pub(super) fn inputs(&mut self, at: usize) -> (Option<Reading>, Vec<Option<Reading>>) {
        let incoming = self.flow.incoming.get(&at).cloned().unwrap_or_default();
        let joins =
            self.workflow.nodes[at].kind == "merge" && crate::n8n::nodes::merge::branches_meet(self.workflow, at);
        if joins {
            let all = self.join(at, &incoming);
            return (all.clone(), vec![all]);
        }
        let count = incoming.iter().map(|(link, _)| link.input + 1).max().unwrap_or(0);
        let inputs: Vec<Option<Reading>> = (0..count)
            .map(|input| {
                let own: Vec<(Link, BlockId)> =
                    incoming.iter().filter(|(link, _)| link.input == input).copied().collect();
                self.join(at, &own)
            })
            .collect();
        let first = inputs.first().cloned().flatten().or_else(|| inputs.iter().flatten().next().cloned());
        let first = first.map(|reading| self.turned(at, reading));
        (first, inputs)
    }

    /// In a loop over what came from several sides, the item.
    fn turned(&mut self, at: usize, reading: Reading) -> Reading {
        let Some(block) = self.flow.place.get(&at).copied() else { return reading };
        if self.flow.blocks[block].owner != Owner::EachOf(at) {
            return reading;
        }
        self.lists.insert(block, reading.base.clone());
        let item = Expr::name(self.item_name(block));
        reading.at(item)
    }

    /// What comes by one or several links.
    fn join(&mut self, at: usize, links: &[(Link, BlockId)]) -> Option<Reading> {
        let guarded = self.flow.place.get(&at).is_some_and(|block| {
            self.flow.path(*block).iter().any(|block| self.flow.blocks[*block].owner == Owner::Guard(at))
        });
        if let ([(link, entry)], false) = (links, guarded) {
            return self.arrival(link, *entry, at);
        }
        let readings: Vec<Option<Reading>> = links.iter().map(|(link, _)| self.output(link)).collect();
        let first = readings.iter().flatten().next().cloned()?;
        let is_same = readings.iter().all(|reading| reading.as_ref() == Some(&first));
        let is_seen = links.iter().all(|(link, _)| self.is_readable(&first, at, link.from));
        let gathers = self.flow.gathered.contains(&at);
        let reads = self.reads_input(at);
        let known = is_same && is_seen && !gathers;
        if known && !guarded {
            return Some(first);
        }
        let name = format!("{}_input", self.names.get(&at).cloned().unwrap_or_default());
        let several =
            gathers || first.count == Count::Many || readings.iter().flatten().any(|one| one.count == Count::Many);
        for ((link, entry), reading) in links.iter().zip(readings) {
            let Some(reading) = reading else { continue };
            let value = match (reads && !known, several) {
                (false, _) => Expr::Bool(true),
                (true, true) => reading.all(),
                (true, false) => reading.json(),
            };
            self.carry(link.from, *entry, name.clone(), value);
        }
        if guarded {
            self.guards.insert(at, name.clone());
        }
        if known {
            return Some(first);
        }
        // Where every way to the node writes it, it is there.
        let value = if guarded { Expr::name("vars").maybe(name) } else { Expr::name("vars").field(name) };
        Some(if several { Reading::many(value) } else { Reading::one(value) })
    }

    /// Whether the reading, made for one node, can be used at another: its names are all in sight.
    fn is_readable(&self, reading: &Reading, at: usize, from: usize) -> bool {
        if self.flow.sees(at, from) {
            return true;
        }
        let names = reading.json();
        names.names().iter().all(|name| {
            *name == "trigger"
                || *name == "vars"
                || self.names.iter().any(|(node, id)| id == name && self.flow.sees(at, *node))
        })
    }

    /// Whether the node does something with what comes to it, or passes it on.
    fn reads_input(&self, at: usize) -> bool {
        let node = &self.workflow.nodes[at];
        let passes = [
            "code",
            "function",
            "functionItem",
            "set",
            "merge",
            "noOp",
            "if",
            "switch",
            "filter",
            "wait",
            "respondToWebhook",
            "aggregate",
            "splitOut",
            "itemLists",
            "sort",
            "limit",
            "removeDuplicates",
            "summarize",
            "splitInBatches",
            "stopAndError",
            "renameKeys",
            "dateTime",
            "crypto",
            "executeWorkflow",
            "xml",
            "html",
        ];
        let text = node.parameters.to_string();
        let reads =
            ["$json", "$input", "$data", "$binary", "$item", "autoMapInputData"].iter().any(|root| text.contains(root));
        reads || node.disabled || (passes.contains(&node.kind.as_str()) && node.kind != "stopAndError")
    }

    /// Writes a variable where a link ends.
    fn carry(&mut self, from: usize, entry: BlockId, name: String, value: Expr) {
        let home = self.flow.place.get(&from).copied().unwrap_or(0);
        let is_branch = matches!(self.flow.blocks[entry].owner, Owner::Branch(node, _) if node == from);
        let list = if is_branch { self.ends.entry(entry).or_default() } else { self.after.entry(from).or_default() };
        let _ = home;
        if !list.iter().any(|(known, _)| *known == name) {
            list.push((name, value));
        }
    }

    /// What comes by one link, as seen from the node.
    fn arrival(&mut self, link: &Link, entry: BlockId, at: usize) -> Option<Reading> {
        let place = self.flow.place.get(&at).copied().unwrap_or(0);
        let reading = self.output(link)?;
        if self.flow.is_left(place, link.from) {
            return Some(self.collected(link, place, reading));
        }
        if self.is_readable(&reading, at, link.from) {
            return Some(self.current(reading, place));
        }
        let name = format!("{}_input", self.names.get(&at).cloned().unwrap_or_default());
        let many = reading.count == Count::Many;
        let value = if many { reading.all() } else { reading.json() };
        self.carry(link.from, entry, name.clone(), value);
        let value = Expr::name("vars").maybe(name);
        Some(if many { Reading::many(value) } else { Reading::one(value) })
    }

    /// The items of an output.
    fn output(&mut self, link: &Link) -> Option<Reading> {
        let node = &self.workflow.nodes[link.from];
        let reading = self.readings.get(&link.from).cloned()?;
        if node.failing == Failing::Output && link.output == 1 && !node.disabled {
            // The output of failed items: what stands in for the step's output has the error.
            return Some(Reading::one(Expr::name(self.names.get(&link.from).cloned().unwrap_or_default())));
        }
        if node.kind != "splitInBatches" || node.disabled {
            return Some(reading);
        }
        let place = self.flow.place.get(&link.from).copied().unwrap_or(0);
        let block = self
            .flow
            .blocks
            .iter()
            .position(|block| block.owner == Owner::Loop(link.from) && block.parent == Some(place));
        if is_loop_output(node, link.output) {
            let item = Expr::name(block.map_or_else(|| "item".to_owned(), |block| self.item_name(block)));
            return Some(match gives(self.workflow, link.from, link.output) {
                Gives::One => reading.at(item),
                _ => Reading { base: item, ..reading },
            });
        }
        let block = block?;
        let returns: Vec<Link> = self.flow.returns.iter().filter(|back| back.to == link.from).copied().collect();
        let several =
            (returns.len() > 1).then(|| format!("{}_items", self.names.get(&link.from).cloned().unwrap_or_default()));
        let mut all = Some(reading);
        for back in returns {
            let inner = self.output_of_return(&back)?;
            all = Some(self.gathered_in(block, &back, inner, several.clone()));
        }
        all
    }

    fn output_of_return(&mut self, back: &Link) -> Option<Reading> {
        if back.from == back.to {
            return self.readings.get(&back.from).cloned();
        }
        self.output(back)
    }

    /// What the turns of loops gave that the node is outside of.
    fn collected(&mut self, link: &Link, place: BlockId, reading: Reading) -> Reading {
        let inside = self.flow.path(self.flow.place.get(&link.from).copied().unwrap_or(0));
        let left: Vec<BlockId> =
            inside.into_iter().take_while(|at| *at != place).filter(|at| self.is_loop(*at)).collect();
        match left.last() {
            Some(outermost) => self.gathered_in(*outermost, link, reading, None),
            None => reading,
        }
    }

    /// What all turns of a loop give: collected, where the node stands in the loop itself, else gathered in a variable.
    fn gathered_in(&mut self, block: BlockId, link: &Link, reading: Reading, name: Option<String>) -> Reading {
        let home = self.flow.place.get(&link.from).copied().unwrap_or(0);
        let node = &self.workflow.nodes[link.from];
        let chooses = crate::n8n::flow::fork_outputs(node).is_some();
        let value = if reading.count == Count::Many { reading.all() } else { reading.json() };
        let direct = name.is_none() && self.flow.written_in(home) == self.flow.written_in(block) && !chooses;
        let free = self.collects.get(&block).is_none_or(|known| *known == value);
        if direct && free {
            self.collects.insert(block, value);
            let list = Expr::name(self.loop_name(block));
            return Reading::many(if reading.count == Count::Many { list.method("flatten", []) } else { list });
        }
        let name = name.unwrap_or_else(|| format!("{}_items", self.names.get(&link.from).cloned().unwrap_or_default()));
        let begin = self.before.entry(block).or_default();
        if !begin.iter().any(|(known, _)| *known == name) {
            begin.push((name.clone(), Expr::List(Vec::new())));
        }
        let all = Expr::name("vars").field(name.clone());
        let added = if reading.count == Count::Many { value } else { Expr::List(vec![value]) };
        let entry = self.flow.blocks.iter().position(|inner| inner.owner == Owner::Branch(link.from, link.output));
        self.carry(link.from, entry.unwrap_or(home), name, all.clone().binary(Operator::Plus, added));
        Reading::many(all)
    }

    /// The reading, with the item that the loops around are at.
    pub(super) fn current(&self, reading: Reading, place: BlockId) -> Reading {
        if reading.count == Count::One {
            return reading;
        }
        for block in self.flow.path(place) {
            if let Owner::Each(node, _) = self.flow.blocks[block].owner
                && self.readings.get(&node).is_some_and(|source| source.base == reading.base)
            {
                let item = Expr::name(self.item_name(block));
                return Reading { current: Some(item.clone()), ..reading }.of_item(item);
            }
        }
        reading
    }

    /// The nodes that can be read at a place, by their names.
    pub(super) fn visible(&mut self, at: usize, place: BlockId) -> BTreeMap<String, Reading> {
        let mut nodes = BTreeMap::new();
        for other in self.flow.order.clone() {
            if other == at {
                break;
            }
            let Some(reading) = self.readings.get(&other).cloned() else { continue };
            let name = self.workflow.nodes[other].name.clone();
            let reading = if self.is_readable(&reading, at, other) { reading } else { self.exported(other, &reading) };
            nodes.insert(name, self.paired(reading, place, other));
        }
        nodes
    }

    /// A node seen from within a loop over its items, or within the loop that it is.
    fn paired(&self, reading: Reading, place: BlockId, node: usize) -> Reading {
        for block in self.flow.path(place) {
            let is_own = match self.flow.blocks[block].owner {
                Owner::Loop(own) => own == node,
                Owner::Each(source, _) => self.readings.get(&source).is_some_and(|source| source.base == reading.base),
                _ => false,
            };
            if is_own {
                let current = Some(Expr::name(self.item_name(block)));
                return Reading { current, ..reading };
            }
        }
        reading
    }

    /// A node in another branch: a variable carries its value.
    fn exported(&self, node: usize, reading: &Reading) -> Reading {
        let value = Expr::name("vars").maybe(self.names.get(&node).cloned().unwrap_or_default());
        if reading.count == Count::Many { Reading::many(value) } else { Reading::one(value) }
    }

    /// Has the variables written that steps read of nodes in other branches.
    pub(super) fn export(&mut self, read: &[String]) {
        for name in read {
            let Some(node) = self.names.iter().find(|(_, id)| *id == name).map(|(node, _)| *node) else { continue };
            let Some(reading) = self.readings.get(&node).cloned() else { continue };
            let value = if reading.count == Count::Many { reading.all() } else { reading.json() };
            let list = self.after.entry(node).or_default();
            if !list.iter().any(|(known, _)| known == name) {
                list.push((name.clone(), value));
            }
        }
    }
}
