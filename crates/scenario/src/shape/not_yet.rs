//! The part of the language that this release checks but cannot run. Each construct says so by name; what stands
//! inside of it is checked like everything else, so that nothing has to be mended twice.

use crate::check::templates::has_expression;
use crate::check::{Checker, Inside};
use crate::diagnostic::Diagnostic;
use crate::text::{Entry, Node, Value};

/// Flow steps that cannot run yet.
pub(crate) const STEPS: &[&str] =
    &["repeat", "parallel", "wait", "wait_for", "call", "return", "stop", "fail", "assign"];

impl Checker<'_> {
    /// A flow step that cannot run yet.
    pub(super) fn flow_not_yet(&mut self, step: &Entry) {
        let Entry { key, node } = step;
        self.not_yet(key.place, &format!("`{}`", key.text));
        match key.text.as_str() {
            "repeat" => self.repeat(node),
            "parallel" => self.parallel(node),
            "wait" if !matches!(node.value, Value::Map(_)) => self.wait(node),
            "assign" => _ = self.open_fields(node, "`assign`").and_then(|_| self.template(node)),
            _ => _ = self.template(node),
        }
    }

    /// Steps that nothing runs yet. These names are visible in them.
    pub(super) fn steps_not_yet(&mut self, node: &Node, what: &str, names: &[&str]) {
        let mark = self.scope.enter();
        names.iter().for_each(|name| self.scope.show((*name).into()));
        self.steps(node, what, None);
        self.scope.leave(mark, Inside::Branch);
    }

    fn repeat(&mut self, node: &Node) {
        let Some(fields) = self.fields(node, "`repeat`", &["times", "while", "max", "steps"]) else { return };
        if fields.get("times").is_some() == fields.get("while").is_some() {
            self.report(Diagnostic::one_of_keys(fields.place, "`repeat`", &["times", "while"]));
        }
        let mark = self.scope.enter();
        self.scope.show("index".into());
        match fields.get("steps") {
            Some(steps) => _ = self.steps(steps, "`steps`", None),
            None => self.report(Diagnostic::missing_key(fields.place, "steps", "`repeat`")),
        }
        for key in ["times", "while"] {
            if let Some(bound) = fields.get(key) {
                self.expression(bound, &format!("`{key}`"));
            }
        }
        self.scope.leave(mark, Inside::Loop);
    }

    fn parallel(&mut self, node: &Node) {
        let Some(branches) = self.open_fields(node, "`parallel`") else { return };
        for branch in branches.entries() {
            self.steps(&branch.node, &format!("the branch `{}`", branch.key.text), None);
        }
    }

    fn wait(&mut self, node: &Node) {
        match node.text() {
            Some(text) if has_expression(text) || text.parse::<jiff::civil::DateTime>().is_ok() => {
                self.template(node);
            }
            _ => _ = self.duration(node, "`wait`"),
        }
    }
}
