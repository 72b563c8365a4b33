//! Zaps as their file says them: steps that hang on one another, and what people called them.

use crate::ledger::Origin;
use crate::{ImportError, MAX_MODULES};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A Zap.
#[derive(Debug)]
pub(crate) struct Zap<'a> {
    pub(crate) title: String,
    pub(crate) nodes: Vec<Node<'a>>,
    /// The nodes that hang on each, in their order.
    children: BTreeMap<usize, Vec<usize>>,
    /// The nodes that hang on nothing.
    pub(crate) roots: Vec<usize>,
}

/// A step of a Zap.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    /// The app's key, without its version.
    pub(crate) app: &'a str,
    pub(crate) action: &'a str,
    /// `read`, `write`, `search`, `filter`.
    pub(crate) kind: &'a str,
    pub(crate) value: &'a Value,
    pub(crate) origin: Origin,
}

impl<'a> Zap<'a> {
    /// Reads one of the `zaps` of a file; `place` tells those without a title apart.
    pub(crate) fn read(stem: &str, place: usize, zap: &'a Value) -> Result<Self, ImportError> {
        let given: Vec<(String, &Value)> = match &zap["nodes"] {
            Value::Object(nodes) => nodes.iter().map(|(id, node)| (id.clone(), node)).collect(),
            Value::Array(nodes) => nodes.iter().map(|node| (id(&node["id"]), node)).collect(),
            _ => {
                return Err(ImportError::Unsound(
                    "a Zap has no steps: its `nodes` are neither a map nor a list".to_owned(),
                ));
            }
        };
        if given.len() > MAX_MODULES {
            return Err(ImportError::TooManyModules);
        }
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        for (id, node) in given {
            if id.is_empty() || at.contains_key(&id) {
                return Err(ImportError::Unsound(format!("two steps of a Zap have the id {id:?}")));
            }
            at.insert(id.clone(), nodes.len());
            nodes.push(Node::read(id, node));
        }
        let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut roots = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            match at.get(&id(&node.value["parent_id"])).filter(|parent| **parent != place) {
                Some(parent) => children.entry(*parent).or_default().push(place),
                None => roots.push(place),
            }
        }
        // Steps are numbered as they were made; paths have an order of their own.
        let order = |place: &usize| {
            let node: &Node<'_> = &nodes[*place];
            let path = node.value["params"]["path_eval_index"].as_i64().unwrap_or_default();
            (path, node.origin.id.len(), node.origin.id.clone())
        };
        children.values_mut().for_each(|several| several.sort_by_key(order));
        roots.sort_by_key(|place| (nodes[*place].kind != "read", order(place)));
        let title = zap["title"].as_str().map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned);
        let title = title.unwrap_or_else(|| if place == 0 { stem.to_owned() } else { format!("{stem} {}", place + 1) });
        let mut zap = Self { title, nodes, children, roots };
        zap.break_circles();
        Ok(zap)
    }

    /// Steps that hang on one another in a circle hang on nothing.
    fn break_circles(&mut self) {
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut left = self.roots.clone();
        let mut next = 0;
        loop {
            while let Some(node) = left.pop() {
                if reached.insert(node) {
                    left.extend(self.children(node));
                }
            }
            while reached.contains(&next) {
                next += 1;
            }
            if next >= self.nodes.len() {
                return;
            }
            for several in self.children.values_mut() {
                several.retain(|child| *child != next);
            }
            self.roots.push(next);
            left.push(next);
        }
    }

    /// The steps that hang on a step.
    pub(crate) fn children(&self, node: usize) -> &[usize] {
        self.children.get(&node).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Node<'a> {
    fn read(id: String, node: &'a Value) -> Self {
        let full = node["selected_api"].as_str().unwrap_or_default();
        let app = full.split('@').next().unwrap_or_default();
        let action = node["action"].as_str().unwrap_or_default();
        let title = node["meta"]["stepTitle"]
            .as_str()
            .or_else(|| node["title"].as_str().filter(|_| !node["parent_id"].is_null()));
        let kind = if app.is_empty() { "an empty step".to_owned() } else { format!("{app}:{action}") };
        let origin = Origin {
            id,
            kind,
            label: title.unwrap_or_default().trim().to_owned(),
            notes: note(node).into_iter().collect(),
            place: None,
            whole: whole(node),
        };
        Self { app, action, kind: node["type_of"].as_str().unwrap_or_default(), value: node, origin }
    }

    /// A parameter.
    pub(crate) fn get(&self, key: &str) -> &'a Value {
        &self.value["params"][key]
    }

    /// A parameter that is a text, or nothing.
    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.get(key).as_str().map_or("", str::trim)
    }

    /// What people saw in place of an id.
    pub(crate) fn shown(&self, key: &str) -> Option<&'a str> {
        let shown = &self.value["meta"]["parammap"][key];
        shown.as_str().map(str::trim).filter(|shown| !shown.is_empty())
    }

    /// Whether the app's key begins so.
    pub(crate) fn is_of(&self, app: &str) -> bool {
        self.app.starts_with(app)
    }
}

/// An id, however it is written.
fn id(value: &Value) -> String {
    match value {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    }
}

fn note(node: &Value) -> Option<String> {
    let note = node["meta"]["note"].as_str().or_else(|| node["meta"]["description"].as_str())?.trim();
    (!note.is_empty()).then(|| note.to_owned())
}

/// What means something of a step: which app and action, and its parameters.
fn whole(node: &Value) -> Value {
    let keys = ["selected_api", "action", "type_of", "params"];
    Value::Object(keys.into_iter().map(|key| (key.to_owned(), node[key].clone())).collect::<Map<_, _>>())
}
