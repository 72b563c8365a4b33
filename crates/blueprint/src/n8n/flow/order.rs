//! In which order nodes run: one branch after the other, and what joins branches after all of them.

use super::super::workflow::{Link, Workflow};
use std::collections::BTreeMap;

/// The order, and the links that lead back.
pub(super) struct Ordered {
    pub(super) order: Vec<usize>,
    /// Links that lead on.
    pub(super) kept: Vec<Link>,
    /// Links back to a loop.
    pub(super) returns: Vec<Link>,
    /// Links back to anything else.
    pub(super) jumps: Vec<Link>,
}

/// A node that is being walked: itself, the links that leave it (the last first), and how many of them were.
struct Walked {
    node: usize,
    leaving: Vec<Link>,
}

/// The order of what these nodes reach.
pub(super) fn ordered(workflow: &Workflow, starts: &[usize]) -> Ordered {
    let mut found = Ordered { order: Vec::new(), kept: Vec::new(), returns: Vec::new(), jumps: Vec::new() };
    // Whether a node is done; one that is not is being walked.
    let mut done: BTreeMap<usize, bool> = BTreeMap::new();
    for start in starts.iter().rev() {
        if done.contains_key(start) {
            continue;
        }
        done.insert(*start, false);
        let mut stack = vec![walked(workflow, *start)];
        while let Some(top) = stack.last_mut() {
            let Some(link) = top.leaving.pop() else {
                done.insert(top.node, true);
                found.order.push(top.node);
                stack.pop();
                continue;
            };
            match done.get(&link.to) {
                Some(false) if workflow.nodes[link.to].kind == "splitInBatches" => found.returns.push(link),
                Some(false) => found.jumps.push(link),
                Some(true) => found.kept.push(link),
                None => {
                    found.kept.push(link);
                    done.insert(link.to, false);
                    stack.push(walked(workflow, link.to));
                }
            }
        }
    }
    // What was left first comes last.
    found.order.reverse();
    let rank: BTreeMap<usize, usize> = found.order.iter().enumerate().map(|(rank, node)| (*node, rank)).collect();
    found.kept.sort_by_key(|link| (rank[&link.to], link.input, rank[&link.from], link.output));
    found
}

/// The links are walked from the last to the first, so that in the end the first stand in front.
fn walked(workflow: &Workflow, node: usize) -> Walked {
    Walked { node, leaving: workflow.leaving(node).copied().collect() }
}
