//! `route:` branches, in two forms: a list of them, of which the last may be `otherwise`, or a map with `take`,
//! `branches` and `otherwise`.

use crate::check::{Checker, Fields, Inside};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{BlockNo, Branch, Route, StepNo, Take};
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["take", "branches", "otherwise"];
pub(super) const BRANCH_KEYS: &[&str] = &["name", "when", "steps"];
const WORDS: &[(&str, Take)] = &[("all", Take::All), ("first", Take::First)];

impl Checker<'_> {
    /// The choice among branches.
    pub(super) fn route(&mut self, node: &Node, owner: StepNo) -> Option<Route> {
        match &node.value {
            Value::List(branches) => self.branches(branches, node.place, Take::All, owner),
            Value::Map(_) => {
                let fields = self.fields(node, "`route`", KEYS)?;
                self.route_map(fields, owner)
            }
            _ => {
                self.wrong_kind(node, "`route`", "a list of branches");
                None
            }
        }
    }

    fn route_map(&mut self, fields: Fields<'_>, owner: StepNo) -> Option<Route> {
        let take = match fields.get("take") {
            Some(take) => self.word(take, "`take`", WORDS)?,
            None => Take::All,
        };
        let Some(branches) = fields.entry("branches") else {
            self.report(Diagnostic::missing_key(fields.place, "branches", "`route`"));
            return None;
        };
        let list = self.list(&branches.node, "`branches`")?;
        // Steps are numbered in the order of the text, whichever key comes first.
        let otherwise_first = fields.entry("otherwise").filter(|entry| entry.key.place < branches.key.place);
        let first = otherwise_first.map(|entry| self.branch_steps(&entry.node, "`otherwise`", owner));
        let mut route = self.branches(list, branches.node.place, take, owner)?;
        if let Some(otherwise) = fields.entry("otherwise") {
            if route.otherwise.is_some() {
                self.report(Diagnostic::duplicate_key(otherwise.key.place, "otherwise", branches.key.place));
            }
            route.otherwise = Some(first.unwrap_or_else(|| self.branch_steps(&otherwise.node, "`otherwise`", owner)));
        }
        Some(route)
    }

    fn branches(&mut self, list: &[Node], place: Place, take: Take, owner: StepNo) -> Option<Route> {
        if list.is_empty() {
            self.report(Diagnostic::out_of_range(place, "`route`", "at least one branch", "an empty list"));
        }
        let mut route = Route { take, branches: Vec::with_capacity(list.len()), otherwise: None };
        for (position, node) in list.iter().enumerate() {
            let last = position + 1 == list.len();
            let Some(otherwise) = node.get("otherwise") else {
                route.branches.extend(self.branch(node, owner));
                continue;
            };
            if !last {
                self.report(Diagnostic::early_otherwise(node.place));
            }
            self.fields(node, "`otherwise`", &["otherwise"]);
            route.otherwise = Some(self.branch_steps(otherwise, "`otherwise`", owner));
        }
        Some(route)
    }

    fn branch(&mut self, node: &Node, owner: StepNo) -> Option<Branch> {
        let fields = self.fields(node, "a branch", BRANCH_KEYS)?;
        let name = fields.get("name").and_then(|node| self.text(node, "`name`")).map(str::to_owned);
        let when = fields.get("when").and_then(|node| self.expression(node, "`when`"));
        let Some(steps) = fields.get("steps") else {
            self.report(Diagnostic::missing_key(fields.place, "steps", "a branch"));
            return None;
        };
        let block = self.branch_steps(steps, "`steps`", owner);
        Some(Branch { name, when, block })
    }

    fn branch_steps(&mut self, steps: &Node, what: &str, owner: StepNo) -> BlockNo {
        let mark = self.scope.enter();
        let block = self.steps(steps, what, Some(owner));
        self.scope.leave(mark, Inside::Branch);
        block
    }
}
