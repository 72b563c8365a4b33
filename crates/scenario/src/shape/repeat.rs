//! `repeat:` steps a number of times, or as long as a condition says.

use crate::check::{Checker, Inside};
use crate::diagnostic::Diagnostic;
use crate::plan::{Bound, Repeat, StepNo};
use crate::text::Node;

pub(super) const KEYS: &[&str] = &["times", "while", "until", "max", "steps", "collect"];
const BOUNDS: &[&str] = &["times", "while", "until"];
/// How many turns a condition may ask for, unless `max` says otherwise.
const USUAL: u64 = 1_000;
/// How many turns there may be at all.
const MOST: u64 = 1_000_000;

impl Checker<'_> {
    /// The loop without a list.
    pub(super) fn repeat(&mut self, node: &Node, owner: StepNo) -> Option<Repeat> {
        let fields = self.fields(node, "`repeat`", KEYS)?;
        let given: Vec<_> = fields.entries().iter().filter(|entry| BOUNDS.contains(&entry.key.text.as_str())).collect();
        match given.as_slice() {
            [_] => {}
            [_, second, ..] => self.report(Diagnostic::one_of_keys(second.key.place, "`repeat`", BOUNDS)),
            [] => self.report(Diagnostic::one_of_keys(fields.place, "`repeat`", BOUNDS)),
        }
        let max = fields.get("max").map(|node| self.whole(node, "`max`", 1..=MOST));
        let times = fields.get("times").map(|node| self.expression(node, "`times`"));
        let mark = self.scope.enter();
        self.scope.show("index".into());
        // Before a turn, nothing inside of it has run yet; after it, everything has.
        let before = fields.get("while").map(|node| self.expression(node, "`while`"));
        let block = match fields.get("steps") {
            Some(steps) => Some(self.steps(steps, "`steps`", Some(owner))),
            None => {
                self.report(Diagnostic::missing_key(fields.place, "steps", "`repeat`"));
                None
            }
        };
        let after = fields.get("until").map(|node| self.expression(node, "`until`"));
        let collect = fields.get("collect").map(|node| self.collect(node));
        self.scope.leave(mark, Inside::Loop);
        let bound = match (times, before, after) {
            (Some(times), None, None) => Bound::Times(times?),
            (None, Some(before), None) => Bound::While(before?),
            (None, None, Some(after)) => Bound::Until(after?),
            _ => return None,
        };
        let max = max.map_or(Some(if matches!(bound, Bound::Times(_)) { MOST } else { USUAL }), |max| max)?;
        let collect = collect.map_or(Some(None), |collect| collect.map(Some))?;
        Some(Repeat { bound, max: u32::try_from(max).ok()?, block: block?, collect })
    }
}
