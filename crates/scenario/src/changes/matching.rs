//! Which step of the one text is which of the other: by id, by being the same, by name, by likeness.

use super::outline::{Side, Step};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

/// How like two steps must be, from 0 to 1, to be the same one changed.
const LIKE: f64 = 0.6;
/// How much of two steps is compared letter by letter.
const LETTERS: usize = 600;
/// How many pairs are compared letter by letter.
const PAIRS: usize = 2_500;

/// Pairs of steps.
#[derive(Debug)]
pub(super) struct Pairs {
    /// For each step before, the step after.
    pub(super) after: Vec<Option<usize>>,
    /// For each step after, the step before.
    pub(super) before: Vec<Option<usize>>,
}

/// Finds the pairs.
pub(super) fn pairs(old: &Side<'_>, new: &Side<'_>) -> Pairs {
    let mut pairs = Pairs { after: vec![None; old.steps.len()], before: vec![None; new.steps.len()] };
    let id = |step: &Step<'_>| step.id().map(str::to_owned);
    pairs.by(old, new, id);
    pairs.by(old, new, |step| Some(canonical(&step.node.to_json())));
    pairs.by(old, new, |step| Some(format!("{} {}", step.module(), step.get("name")?.text()?)));
    pairs.by_likeness(old, new);
    pairs.only_ones(old, new);
    pairs
}

impl Pairs {
    /// Pairs steps that have this in common, in order.
    fn by(&mut self, old: &Side<'_>, new: &Side<'_>, of: impl Fn(&Step<'_>) -> Option<String>) {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, step) in old.steps.iter().enumerate().filter(|(at, _)| self.after[*at].is_none()) {
            if let Some(common) = of(step) {
                waiting.entry(common).or_default().push_back(at);
            }
        }
        for (at, step) in new.steps.iter().enumerate() {
            let found = of(step).filter(|_| self.before[at].is_none()).and_then(|common| waiting.get_mut(&common));
            if let Some(was) = found.and_then(VecDeque::pop_front) {
                self.join(was, at);
            }
        }
    }

    /// Pairs what is most like each other.
    fn by_likeness(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let mut candidates = Vec::new();
        for (was, is) in self.left_over(old, new).into_iter().take(PAIRS) {
            let likeness = likeness(&old.steps[was], &new.steps[is]);
            if likeness >= LIKE {
                candidates.push((likeness, was, is));
            }
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, was, is) in candidates {
            if self.after[was].is_none() && self.before[is].is_none() {
                self.join(was, is);
            }
        }
    }

    /// Pairs what is the only step left of its module on both sides, and has no id that would speak against it.
    fn only_ones(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let pairs = self.left_over(old, new);
        for (was, is) in &pairs {
            let rivals = pairs.iter().filter(|(a, b)| (a == was) != (b == is)).count();
            if rivals == 0 && (old.steps[*was].id().is_none() || new.steps[*is].id().is_none()) {
                self.join(*was, *is);
            }
        }
    }

    /// Steps of the same module that have no partner yet.
    fn left_over(&self, old: &Side<'_>, new: &Side<'_>) -> Vec<(usize, usize)> {
        let mut of_module: HashMap<&str, Vec<usize>> = HashMap::new();
        for (is, step) in new.steps.iter().enumerate().filter(|(is, _)| self.before[*is].is_none()) {
            of_module.entry(step.module()).or_default().push(is);
        }
        let left = old.steps.iter().enumerate().filter(|(was, _)| self.after[*was].is_none());
        let alike = left.filter_map(|(was, step)| Some((was, of_module.get(step.module())?)));
        alike.flat_map(|(was, all)| all.iter().map(move |is| (was, *is))).take(PAIRS).collect()
    }

    fn join(&mut self, was: usize, is: usize) {
        (self.after[was], self.before[is]) = (Some(is), Some(was));
    }
}

/// How like two steps are in what they do.
fn likeness(was: &Step<'_>, is: &Step<'_>) -> f64 {
    let text = |step: &Step<'_>| canonical(&step.module.node.to_json()).chars().take(LETTERS).collect::<String>();
    strsim::normalized_damerau_levenshtein(&text(was), &text(is))
}

/// The value as text that is the same for every order of keys.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key:?}:{}", canonical(value))).collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}
