//! `parallel:` branches that are walked side by side and join: a map of names and steps, or a list of branches.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{Branch, StepNo};
use crate::text::{Entry, Node, Value};
use std::sync::Arc;

pub(super) const BRANCH_KEYS: &[&str] = &["name", "steps"];
/// More branches than this are a list of items: `for_each` with `parallel` is for those.
const MOST: usize = 100;

impl Checker<'_> {
    /// All branches run, so what their steps give is known afterwards.
    pub(super) fn parallel(&mut self, node: &Node, owner: StepNo) -> Option<Vec<Branch>> {
        let mut joined = Vec::new();
        let branches: Vec<Option<Branch>> = match &node.value {
            Value::List(branches) => {
                let branch = |node| self.apart(&mut joined, |checker| checker.parallel_branch(node, owner));
                branches.iter().map(branch).collect()
            }
            Value::Map(branches) => {
                let branch = |entry: &Entry| self.apart(&mut joined, |checker| checker.named_branch(entry, owner));
                branches.iter().map(branch).collect()
            }
            _ => {
                self.wrong_kind(node, "`parallel`", "a map of branches");
                return None;
            }
        };
        if !(1..=MOST).contains(&branches.len()) {
            let range = format!("1 to {MOST} branches");
            self.report(Diagnostic::out_of_range(node.place, "`parallel`", &range, &branches.len().to_string()));
        }
        joined.into_iter().for_each(|name| self.scope.show(name));
        branches.into_iter().collect()
    }

    /// Checks one branch. No other branch sees its names: which of them has run when is not known before all have.
    fn apart<T>(&mut self, joined: &mut Vec<Arc<str>>, check: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.scope.enter();
        let checked = check(self);
        joined.extend(self.scope.take_back(mark));
        checked
    }

    fn named_branch(&mut self, entry: &Entry, owner: StepNo) -> Option<Branch> {
        let name = entry.key.text.clone();
        let block = self.steps(&entry.node, &format!("the branch `{name}`"), Some(owner));
        Some(Branch { name: Some(name), when: None, block })
    }

    fn parallel_branch(&mut self, node: &Node, owner: StepNo) -> Option<Branch> {
        let fields = self.fields(node, "a branch", BRANCH_KEYS)?;
        let name = fields.get("name").and_then(|node| self.text(node, "`name`")).map(str::to_owned);
        let Some(steps) = fields.get("steps") else {
            self.report(Diagnostic::missing_key(fields.place, "steps", "a branch"));
            return None;
        };
        Some(Branch { name, when: None, block: self.steps(steps, "`steps`", Some(owner)) })
    }
}
