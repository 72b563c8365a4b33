//! What steps are known by over the versions of their scenario: texts change, and runs of one version are looked at, or
//! go on, under another.

use super::{Block, Step, StepNo};
use crate::text::{Node, Value};
use std::collections::HashMap;

/// Gives every step its identity. A step with an id is known by that alone. Any other is known by its module, by how
/// many like it stand before it in its list, and by where that list belongs.
pub(crate) fn identify(steps: &mut [Step], blocks: &[Block]) {
    let lists = lists(blocks);
    let mut like: HashMap<u64, u64> = HashMap::new();
    // Numbers follow the text, so a step comes after the one that its list belongs to.
    for at in 0..steps.len() {
        let step = &steps[at];
        let identity = match &step.id {
            Some(id) => digest(NAMED, id.as_bytes()),
            None => {
                let list = step.block.0 as usize;
                let owner = blocks.get(list).and_then(|block| block.owner);
                let around = owner.and_then(|StepNo(no)| steps.get(no as usize)).map_or(0, |owner| owner.identity);
                let place = digest(around ^ NAMELESS, &lists.get(list).copied().unwrap_or_default().to_le_bytes());
                let kind = digest(place, step.module.as_bytes());
                let before = like.entry(kind).or_default();
                let identity = digest(kind, &before.to_le_bytes());
                *before += 1;
                identity
            }
        };
        steps[at].identity = identity;
    }
}

/// A digest of what a step is shown as and, where that is told, of what it is given, wherever it stands in the text. A
/// step without an id may be taken for another one of its module; this tells them apart.
pub(crate) fn content(label: &str, given: Option<&Node>) -> u64 {
    let labelled = digest(digest(NAMELESS, label.as_bytes()), b"\0");
    given.map_or(labelled, |node| read(labelled, node))
}

fn read(from: u64, node: &Node) -> u64 {
    let end = |digested| digest(digested, b"\0");
    match &node.value {
        Value::Null => digest(from, b"~"),
        Value::Bool(is) => digest(from, &[b'?', u8::from(*is)]),
        Value::Number(number) => end(digest(from, format!("#{number:?}").as_bytes())),
        Value::Text(text) => end(digest(digest(from, b"'"), text.as_bytes())),
        Value::List(items) => end(items.iter().fold(digest(from, b"["), read)),
        Value::Map(entries) => {
            let entry =
                |from, entry: &crate::text::Entry| read(end(digest(from, entry.key.text.as_bytes())), &entry.node);
            end(entries.iter().fold(digest(from, b"{"), entry))
        }
    }
}

const NAMED: u64 = 0xcbf2_9ce4_8422_2325;
const NAMELESS: u64 = 0x9e37_79b9_7f4a_7c15;

/// For each list, what it is to its owner: its role, and how many of that role stand before it.
fn lists(blocks: &[Block]) -> Vec<u64> {
    let mut before: HashMap<(Option<StepNo>, u64), u64> = HashMap::new();
    let number = |block: &Block| {
        let role = block.role as u64;
        let number = before.entry((block.owner, role)).or_default();
        *number += 1;
        (role << 32) | *number
    };
    blocks.iter().map(number).collect()
}

/// FNV-1a, 64 bits.
fn digest(from: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(from, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use std::collections::{BTreeMap, BTreeSet};

    const TEXT: &str = "
steps:
  - assign: { a: 1 }
  - id: first
    set: 1
  - assign: { b: 1 }
  - parallel:
      - { name: x, steps: [ { assign: { c: 1 } } ] }
      - { name: y, steps: [ { assign: { d: 1 } } ] }
";

    fn identities(text: &str) -> Vec<(String, u64)> {
        let (plan, diagnostics) = crate::check(text, &Catalog::default());
        let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
        plan.steps.iter().map(|step| (step.label.to_string(), step.identity)).collect()
    }

    #[test]
    fn steps_differ_and_stay_what_they_are_when_others_come_before() {
        let before = identities(TEXT);
        let all: BTreeSet<u64> = before.iter().map(|(_, identity)| *identity).collect();
        assert_eq!(all.len(), before.len());
        let after = identities(&TEXT.replace("steps:\n  - assign", "steps:\n  - id: fresh\n    set: 0\n  - assign"));
        let named: BTreeMap<&str, u64> = after.iter().map(|(label, identity)| (label.as_str(), *identity)).collect();
        let kept: BTreeSet<u64> = after.iter().map(|(_, identity)| *identity).collect();
        assert!(all.is_subset(&kept), "{before:?} {after:?}");
        assert!(!all.contains(&named["fresh"]));
    }
}
