//! A scenario's steps as rules look at them: what each does, reads and contains, whether it is sound or not.

use crate::catalog::{Catalog, Effect};
use crate::diagnostic::Place;
use crate::expression::{Expression, Script, Template};
use crate::format::is_common_key;
use crate::text::{Entry, Node, Value};
use std::collections::BTreeSet;

/// Steps that only compute: without a reader they do nothing.
const PURE: &[&str] = &["set", "rhai", "store.get", "store.search", "store.count"];
/// Steps of the language that take their time.
const WAITS: &[&str] = &["wait", "wait_for"];
/// The keys under which a step has a bare expression.
const BARE: &[&str] = &["when", "filter", "in", "times", "while", "until", "sum", "by"];

/// A scenario.
pub(super) struct Outline<'n> {
    pub(super) source: &'n str,
    pub(super) root: &'n Node,
    pub(super) catalog: &'n Catalog,
    /// `steps:`, then `on_failure:`.
    pub(super) blocks: Vec<Block<'n>>,
}

/// A list of steps.
pub(super) struct Block<'n> {
    pub(super) of: Of,
    /// The condition under which it is taken, where it is a branch with one.
    pub(super) when: Option<&'n Node>,
    pub(super) place: Place,
    pub(super) steps: Vec<Step<'n>>,
}

/// What a list of steps belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Scenario,
    Failure,
    Branch,
    Otherwise,
    Loop,
    /// One of several that all run: a branch of `parallel`, what tells of a `wait_for`.
    Part,
    Handler,
}

/// A step.
pub(super) struct Step<'n> {
    pub(super) entries: &'n [Entry],
    /// The key that makes it what it is.
    pub(super) module: &'n Entry,
    /// What its own expressions are, without those of steps inside.
    pub(super) codes: Vec<Code<'n>>,
    /// What its own expressions and scripts read.
    pub(super) reads: BTreeSet<String>,
    pub(super) blocks: Vec<Block<'n>>,
}

/// An expression of the text.
pub(super) struct Code<'n> {
    pub(super) expression: Expression,
    /// The text it stands in.
    pub(super) node: &'n Node,
}

impl<'n> Outline<'n> {
    pub(super) fn of(root: &'n Node, source: &'n str, catalog: &'n Catalog) -> Self {
        let reader = Reader { source };
        let block = |key: &str, of: Of| root.get(key).map(|steps| reader.block(steps, of, None));
        let blocks = [block("steps", Of::Scenario), block("on_failure", Of::Failure)].into_iter().flatten().collect();
        Self { source, root, catalog, blocks }
    }

    /// Every block, each before those inside of it.
    pub(super) fn all_blocks(&self) -> Vec<&Block<'n>> {
        let mut all = Vec::new();
        self.blocks.iter().for_each(|block| block.collect(&mut all));
        all
    }

    /// Every step, in the order of the text.
    pub(super) fn all_steps(&self) -> impl Iterator<Item = &Step<'n>> {
        self.all_blocks().into_iter().flat_map(|block| &block.steps)
    }

    /// The triggers, each with its key.
    pub(super) fn triggers(&self) -> Vec<&'n Entry> {
        let nodes = match self.root.get("trigger") {
            Some(Node { value: Value::List(nodes), .. }) => nodes.iter().collect(),
            Some(node) => vec![node],
            None => Vec::new(),
        };
        nodes.into_iter().flat_map(entries_of).collect()
    }

    /// Whether a step reaches outside of the run.
    pub(super) fn reaches_outside(&self, step: &Step<'_>) -> bool {
        self.catalog.module(step.name()).is_some_and(|spec| spec.effect == Effect::Outside)
            && !step.name().starts_with("store.")
    }

    /// Whether a step takes its time.
    pub(super) fn is_slow(&self, step: &Step<'_>) -> bool {
        self.reaches_outside(step) || WAITS.contains(&step.name())
    }

    /// Whether a step does nothing but compute its output.
    pub(super) fn is_pure(&self, step: &Step<'_>) -> bool {
        PURE.contains(&step.name()) || self.catalog.module(step.name()).is_some_and(|spec| spec.effect == Effect::Pure)
    }
}

impl<'n> Block<'n> {
    /// This block and all inside of it.
    fn collect<'b>(&'b self, all: &mut Vec<&'b Block<'n>>) {
        all.push(self);
        self.steps.iter().flat_map(|step| &step.blocks).for_each(|block| block.collect(all));
    }

    /// Every step in it, at any depth.
    pub(super) fn all_steps(&self) -> Vec<&Step<'n>> {
        let mut all = Vec::new();
        self.collect(&mut all);
        all.into_iter().flat_map(|block| &block.steps).collect()
    }
}

impl<'n> Step<'n> {
    /// The module's name.
    pub(super) fn name(&self) -> &'n str {
        &self.module.key.text
    }

    /// A key with its value.
    pub(super) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The value of a key that is text.
    pub(super) fn text(&self, key: &str) -> Option<&'n str> {
        self.entry(key)?.node.text()
    }

    /// What to call it.
    pub(super) fn label(&self) -> &'n str {
        self.text("id").or(self.text("name")).unwrap_or(self.name())
    }

    /// Whether it always runs when it is reached.
    pub(super) fn is_certain(&self) -> bool {
        self.entry("when").is_none() && !self.is_disabled()
    }

    /// Whether its author switched it off.
    pub(super) fn is_disabled(&self) -> bool {
        self.entry("disabled").is_some_and(|entry| matches!(entry.node.value, Value::Bool(true)))
    }
}

/// The entries of a map; nothing where it is none.
pub(super) fn entries_of(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The items of a list; nothing where it is none.
pub(super) fn items_of(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

struct Reader<'n> {
    source: &'n str,
}

impl<'n> Reader<'n> {
    fn block(&self, node: &'n Node, of: Of, when: Option<&'n Node>) -> Block<'n> {
        let steps = items_of(node).iter().filter_map(|step| self.step(step)).collect();
        Block { of, when, place: node.place, steps }
    }

    fn step(&self, node: &'n Node) -> Option<Step<'n>> {
        let entries = entries_of(node);
        let module = entries.iter().find(|entry| !is_common_key(&entry.key.text))?;
        let mut step = Step { entries, module, codes: Vec::new(), reads: BTreeSet::new(), blocks: Vec::new() };
        for entry in entries {
            match entry.key.text.as_str() {
                "on_error" => self.handler(entry, &mut step),
                "when" => self.bare(&entry.node, &mut step),
                "retry" => entries_of(&entry.node)
                    .iter()
                    .filter(|e| e.key.text == "when")
                    .for_each(|e| self.bare(&e.node, &mut step)),
                _ if std::ptr::eq(entry, module) => self.module(entry, &mut step),
                _ => {}
            }
        }
        step.reads.extend(step.codes.iter().flat_map(|code| code.expression.names()).map(|(name, _)| name.clone()));
        Some(step)
    }

    fn handler(&self, entry: &'n Entry, step: &mut Step<'n>) {
        for Entry { key, node } in entries_of(&entry.node) {
            match key.text.as_str() {
                "steps" => step.blocks.push(self.block(node, Of::Handler, None)),
                "use" => self.template(node, step),
                _ => {}
            }
        }
    }

    fn module(&self, entry: &'n Entry, step: &mut Step<'n>) {
        let Entry { key, node } = entry;
        match key.text.as_str() {
            "filter" => self.bare(node, step),
            "rhai" => self.script(node, step),
            "route" => self.route(node, step),
            "for_each" | "repeat" => self.container(node, Of::Loop, step),
            "wait_for" => self.container(node, Of::Part, step),
            "parallel" => self.parallel(node, step),
            _ => self.template(node, step),
        }
    }

    fn container(&self, node: &'n Node, of: Of, step: &mut Step<'n>) {
        for Entry { key, node } in entries_of(node) {
            match key.text.as_str() {
                "steps" => step.blocks.push(self.block(node, of, None)),
                "collect" => self.collect(node, step),
                name if BARE.contains(&name) => self.bare(node, step),
                _ => self.template(node, step),
            }
        }
    }

    /// A template, or a map with expressions and templates.
    fn collect(&self, node: &'n Node, step: &mut Step<'n>) {
        let is_bare = |entry: &&Entry| BARE.contains(&entry.key.text.as_str());
        entries_of(node).iter().filter(is_bare).for_each(|entry| self.bare(&entry.node, step));
        self.template(node, step);
    }

    fn route(&self, node: &'n Node, step: &mut Step<'n>) {
        let list = node.get("branches").unwrap_or(node);
        for branch in items_of(list) {
            let when = branch.get("when");
            when.into_iter().for_each(|when| self.bare(when, step));
            step.blocks.extend(branch.get("steps").map(|steps| self.block(steps, Of::Branch, when)));
            step.blocks.extend(branch.get("otherwise").map(|steps| self.block(steps, Of::Otherwise, None)));
        }
        step.blocks.extend(node.get("otherwise").map(|steps| self.block(steps, Of::Otherwise, None)));
    }

    fn parallel(&self, node: &'n Node, step: &mut Step<'n>) {
        let named = entries_of(node).iter().map(|entry| &entry.node);
        let listed = items_of(node).iter().filter_map(|branch| branch.get("steps"));
        step.blocks.extend(named.chain(listed).map(|steps| self.block(steps, Of::Part, None)));
    }

    /// A value whose texts may hold expressions.
    fn template(&self, node: &'n Node, step: &mut Step<'n>) {
        match &node.value {
            Value::Text(text) if text.contains("{{") => {
                let places = node.places(self.source);
                let template = Template::parse(text, &|offset| places.at(offset));
                let Ok(template) = template else { return };
                let found = template.expressions().into_iter().cloned();
                step.codes.extend(found.map(|expression| Code { expression, node }));
            }
            Value::List(items) => items.iter().for_each(|item| self.template(item, step)),
            Value::Map(entries) => entries.iter().for_each(|entry| self.template(&entry.node, step)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// A condition, with or without braces.
    fn bare(&self, node: &'n Node, step: &mut Step<'n>) {
        let Some(text) = node.text() else { return };
        if text.contains("{{") {
            return self.template(node, step);
        }
        let places = node.places(self.source);
        if let Ok(expression) = Expression::compile(text, &|offset| places.at(offset)) {
            step.codes.push(Code { expression, node });
        }
    }

    fn script(&self, node: &'n Node, step: &mut Step<'n>) {
        let Some(text) = node.text() else { return };
        let places = node.places(self.source);
        if let Ok(script) = Script::compile(text, &|offset| places.at(offset)) {
            step.reads.extend(script.names().iter().map(|(name, _)| name.clone()));
        }
    }
}
