//! Which item of one list is which of another: by id, by being the same, by name, by what it does.

use super::meaning::{open, read, text_at};
use crate::format::tree::{Row, Rows};
use crate::format::{bare, is_common_key};
use std::collections::{HashMap, VecDeque};

/// For each item before, the item after, and the other way round.
pub(super) struct Pairs {
    pub(super) after: Vec<Option<usize>>,
    pub(super) before: Vec<Option<usize>>,
}

/// What is known of an item.
struct Traits {
    id: Option<String>,
    name: Option<String>,
    when: Option<String>,
    does: Option<String>,
    all: String,
}

impl Traits {
    fn of(row: &Row) -> Self {
        let does = match open(&row.value) {
            Some(Rows::Map(rows)) => rows.iter().map(|row| bare(&row.key).to_owned()).find(|key| !is_common_key(key)),
            _ => None,
        };
        let text = |key| text_at(&row.value, key);
        let all = read(&row.value).map(|value| value.to_string()).unwrap_or_default();
        Self { id: text("id"), name: text("name"), when: text("when"), does, all }
    }
}

/// Finds the pairs.
pub(super) fn pairs(old: &[Row], new: &[Row]) -> Pairs {
    let mut pairs = Pairs { after: vec![None; old.len()], before: vec![None; new.len()] };
    let (old, new): (Vec<Traits>, Vec<Traits>) =
        (old.iter().map(Traits::of).collect(), new.iter().map(Traits::of).collect());
    pairs.by(&old, &new, |it| it.id.clone());
    pairs.by(&old, &new, |it| Some(it.all.clone()));
    pairs.by(&old, &new, |it| Some(format!("{:?} {}", it.does, it.name.as_ref()?)));
    pairs.by(&old, &new, |it| it.when.clone());
    pairs.only_ones(&old, &new);
    pairs
}

impl Pairs {
    fn by(&mut self, old: &[Traits], new: &[Traits], of: impl Fn(&Traits) -> Option<String>) {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, item) in old.iter().enumerate().filter(|(at, _)| self.after[*at].is_none()) {
            if let Some(common) = of(item) {
                waiting.entry(common).or_default().push_back(at);
            }
        }
        for (at, item) in new.iter().enumerate() {
            let found = of(item).filter(|_| self.before[at].is_none()).and_then(|common| waiting.get_mut(&common));
            if let Some(was) = found.and_then(VecDeque::pop_front) {
                (self.after[was], self.before[at]) = (Some(at), Some(was));
            }
        }
    }

    /// Pairs what is the only item left that does this on both sides, and has no id that would speak against it.
    fn only_ones(&mut self, old: &[Traits], new: &[Traits]) {
        let left = |all: &[Traits], taken: &[Option<usize>]| -> HashMap<Option<String>, Vec<usize>> {
            let mut left: HashMap<Option<String>, Vec<usize>> = HashMap::new();
            for (at, item) in all.iter().enumerate().filter(|(at, _)| taken[*at].is_none()) {
                left.entry(item.does.clone()).or_default().push(at);
            }
            left
        };
        let (before, after) = (left(old, &self.after), left(new, &self.before));
        for (does, was) in before {
            if let ([was], Some([is])) = (was.as_slice(), after.get(&does).map(Vec::as_slice))
                && (old[*was].id.is_none() || new[*is].id.is_none())
            {
                (self.after[*was], self.before[*is]) = (Some(*is), Some(*was));
            }
        }
    }
}
