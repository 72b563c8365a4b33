//! Steps that came, went, moved or changed.

use super::matching::{Pairs, pairs};
use super::outline::Side;
use super::words::count;
use super::{Change, Group, step};
use std::collections::{BTreeMap, BTreeSet};

/// What changed about the steps: those that are gone first, then the rest in the order of the text.
pub(super) fn changes(old: &Side<'_>, new: &Side<'_>, group: Group) -> Vec<Change> {
    let both = Both { old, new, pairs: pairs(old, new), group };
    let moved = both.moved();
    let mut found: Vec<Change> = (0..old.steps.len()).filter_map(|at| both.removed(at)).collect();
    for (at, partner) in both.pairs.before.iter().enumerate() {
        match partner {
            None => found.extend(both.added(at)),
            Some(was) => {
                if moved.contains(&at) {
                    found.push(both.about(at, format!("{} now comes {}", new.steps[at].label, both.position(at))));
                }
                let about = |text| both.about(at, text);
                found.extend(step::sentences(&old.steps[*was], &new.steps[at]).into_iter().map(about));
            }
        }
    }
    found
}

/// A list of steps: the step it belongs to, and its name there.
type List<'l> = (Option<usize>, &'l str);

struct Both<'a, 'n> {
    old: &'a Side<'n>,
    new: &'a Side<'n>,
    pairs: Pairs,
    group: Group,
}

impl Both<'_, '_> {
    /// A change of a step that is in the text after.
    fn about(&self, at: usize, text: String) -> Change {
        let before = self.pairs.before[at].map(|was| self.old.steps[was].module.key.place);
        let step = &self.new.steps[at];
        let after = Some(step.module.key.place);
        Change { group: self.group, text, step: Some(step.short().to_owned()), before, after }
    }

    fn removed(&self, at: usize) -> Option<Change> {
        let step = &self.old.steps[at];
        let with_owner = step.owner.is_some_and(|owner| self.pairs.after[owner].is_none());
        if self.pairs.after[at].is_some() || with_owner {
            return None;
        }
        let text = format!("{} was removed{}", kind(&step.label, step.module()), with_inner(self.old.inside(at)));
        let before = Some(step.module.key.place);
        Some(Change { group: self.group, text, step: Some(step.short().to_owned()), before, after: None })
    }

    fn added(&self, at: usize) -> Option<Change> {
        let step = &self.new.steps[at];
        if step.owner.is_some_and(|owner| self.pairs.before[owner].is_none()) {
            return None;
        }
        let inner = with_inner(self.new.inside(at));
        let text = format!("{} was added {}{inner}", kind(&step.label, step.module()), self.position(at));
        Some(self.about(at, text))
    }

    /// Where a step stands: `after *row*`, `at the beginning of *loop*`.
    fn position(&self, at: usize) -> String {
        let step = &self.new.steps[at];
        if let Some(previous) = self.new.previous(at) {
            return format!("after {}", self.new.steps[previous].label);
        }
        match (step.owner.map(|owner| &self.new.steps[owner].label), step.list.as_str()) {
            (None, _) => "first".to_owned(),
            (Some(owner), "steps") => format!("first in {owner}"),
            (Some(owner), "on_error") => format!("first among what handles a failure of {owner}"),
            (Some(owner), "otherwise") => format!("first in `otherwise` of {owner}"),
            (Some(owner), list) => format!("first in {list} of {owner}"),
        }
    }

    /// Steps that stand in another list, or in another order among those that were there.
    fn moved(&self) -> BTreeSet<usize> {
        let mut moved = BTreeSet::new();
        let mut lists: BTreeMap<List<'_>, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, was) in self.pairs.before.iter().enumerate() {
            let Some(was) = was else { continue };
            let (step, other) = (&self.new.steps[at], &self.old.steps[*was]);
            let owner = step.owner.and_then(|owner| self.pairs.before[owner]);
            let same_owner = owner == other.owner && step.owner.is_some() == other.owner.is_some();
            if same_owner && step.list == other.list {
                lists.entry((step.owner, &step.list)).or_default().push((at, *was));
            } else {
                moved.insert(at);
            }
        }
        for list in lists.values() {
            let order: Vec<usize> = list.iter().map(|(_, was)| *was).collect();
            let kept = longest_rise(&order);
            moved.extend(list.iter().enumerate().filter(|(at, _)| !kept.contains(at)).map(|(_, (at, _))| *at));
        }
        moved
    }
}

fn kind(label: &str, module: &str) -> String {
    if label.starts_with('*') { format!("step {label} (`{module}`)") } else { label.to_owned() }
}

fn with_inner(steps: usize) -> String {
    if steps == 0 { String::new() } else { format!(", with {} inside", count(steps, "step")) }
}

/// The positions of a longest rising sequence: what can be said to have stayed while others moved.
fn longest_rise(numbers: &[usize]) -> BTreeSet<usize> {
    // For each length, the position of the smallest number with which a sequence of it ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut kept = BTreeSet::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        kept.insert(at);
        next = before[at];
    }
    kept
}
