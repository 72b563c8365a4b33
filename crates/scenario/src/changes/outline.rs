//! The steps of one text in a row, each with the list it stands in.

use crate::format::is_common_key;
use crate::text::{Entry, Node, Value};
use std::collections::HashMap;

/// The steps of one text.
#[derive(Debug, Default)]
pub(super) struct Side<'n> {
    /// In the order of the text, each before those inside of it.
    pub(super) steps: Vec<Step<'n>>,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step<'n> {
    pub(super) node: &'n Node,
    pub(super) entries: &'n [Entry],
    /// The key that makes it what it is.
    pub(super) module: &'n Entry,
    /// The step around it.
    pub(super) owner: Option<usize>,
    /// In which list of that step it stands.
    pub(super) list: String,
    /// How to call it.
    pub(super) label: String,
}

impl<'n> Side<'n> {
    /// The steps of a list.
    pub(super) fn of(steps: Option<&'n Node>) -> Self {
        let mut side = Self::default();
        if let Some(steps) = steps {
            side.list(steps, None, "");
        }
        side.name_twins();
        side
    }

    /// How many steps are inside of this one, at any depth. They follow it, and what follows them has no owner here.
    pub(super) fn inside(&self, step: usize) -> usize {
        self.steps[step + 1..].iter().take_while(|other| other.owner.is_some_and(|owner| owner >= step)).count()
    }

    /// The step before this one in its list.
    pub(super) fn previous(&self, step: usize) -> Option<usize> {
        let of = &self.steps[step];
        let is_beside = |other: &Step<'_>| other.owner == of.owner && other.list == of.list;
        (0..step).rev().find(|at| is_beside(&self.steps[*at]))
    }

    fn list(&mut self, node: &'n Node, owner: Option<usize>, list: &str) {
        for step in items(node) {
            self.step(step, owner, list);
        }
    }

    fn step(&mut self, node: &'n Node, owner: Option<usize>, list: &str) {
        let entries = entries(node);
        let Some(module) = entries.iter().find(|entry| !is_common_key(&entry.key.text)) else { return };
        let at = self.steps.len();
        let label = label(node, module);
        self.steps.push(Step { node, entries, module, owner, list: list.to_owned(), label });
        let inner = &module.node;
        match module.key.text.as_str() {
            "for_each" | "repeat" | "wait_for" => self.under(inner, "steps", at),
            "route" => {
                for (number, branch) in items(inner.get("branches").unwrap_or(inner)).iter().enumerate() {
                    let name = branch_name(branch, number);
                    if let Some(steps) = branch.get("steps") {
                        self.list(steps, Some(at), &name);
                    }
                    self.under(branch, "otherwise", at);
                }
                self.under(inner, "otherwise", at);
            }
            "parallel" => {
                for Entry { key, node } in self::entries(inner) {
                    self.list(node, Some(at), &format!("the branch \"{}\"", key.text));
                }
                for (number, branch) in items(inner).iter().enumerate() {
                    let name = branch_name(branch, number);
                    branch.get("steps").into_iter().for_each(|steps| self.list(steps, Some(at), &name));
                }
            }
            _ => {}
        }
        if let Some(handler) = node.get("on_error").and_then(|on_error| on_error.get("steps")) {
            self.list(handler, Some(at), "on_error");
        }
    }

    fn under(&mut self, node: &'n Node, key: &str, owner: usize) {
        if let Some(steps) = node.get(key) {
            self.list(steps, Some(owner), key);
        }
    }

    /// Steps that would be called alike are told apart by their lines.
    fn name_twins(&mut self) {
        let mut times: HashMap<String, usize> = HashMap::new();
        self.steps.iter().for_each(|step| *times.entry(step.label.clone()).or_default() += 1);
        for step in self.steps.iter_mut().filter(|step| times[&step.label] > 1) {
            step.label += &format!(" (line {})", step.module.key.place.line);
        }
    }
}

impl<'n> Step<'n> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.node)
    }

    pub(super) fn id(&self) -> Option<&'n str> {
        self.get("id").and_then(Node::text)
    }

    pub(super) fn module(&self) -> &'n str {
        &self.module.key.text
    }

    /// What it is called elsewhere: its id, else its name, else its module.
    pub(super) fn short(&self) -> &'n str {
        self.id().or(self.get("name").and_then(Node::text)).unwrap_or(self.module())
    }
}

/// The entries of a map; nothing where it is none.
pub(super) fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The items of a list; nothing where it is none.
pub(super) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

/// What to call a branch.
pub(super) fn branch_name(branch: &Node, number: usize) -> String {
    match branch.get("name").and_then(Node::text) {
        Some(name) => format!("the branch \"{name}\""),
        None => format!("branch {}", number + 1),
    }
}

fn label(node: &Node, module: &Entry) -> String {
    match node.get("id").and_then(Node::text).or(node.get("name").and_then(Node::text)) {
        Some(name) => format!("*{name}*"),
        None => format!("the `{}` step", module.key.text),
    }
}
