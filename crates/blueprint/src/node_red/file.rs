//! Flows as their file says them: tabs, nodes, wires, subflows and comments, with nothing of the editor.

use crate::ledger::Origin;
use crate::{ImportError, MAX_MODULES};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The wires of a node with more outputs than this end there.
const MOST_OUTPUTS: usize = 256;

/// How far below and beside a comment the node may be that it is about, in the editor's points.
const NEAR: (f64, f64) = (200.0, 90.0);

/// All flows of a file.
#[derive(Debug, Default)]
pub(crate) struct File<'a> {
    pub(crate) tabs: Vec<Tab>,
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) subflows: BTreeMap<&'a str, Subflow>,
    /// Settings that several nodes share: brokers, accounts.
    pub(crate) settings: BTreeMap<&'a str, &'a Value>,
    at: BTreeMap<&'a str, usize>,
}

/// A page of flows.
#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) info: Option<String>,
    pub(crate) disabled: bool,
}

/// A node.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    /// Its type.
    pub(crate) kind: &'a str,
    /// The tab or the subflow on which it stands.
    pub(crate) on: &'a str,
    pub(crate) label: &'a str,
    /// Where each of its outputs leads.
    pub(crate) wires: Vec<Vec<usize>>,
    pub(crate) disabled: bool,
    pub(crate) value: &'a Value,
    pub(crate) origin: Origin,
}

/// Flows that stand for one node in many places.
#[derive(Debug, Default)]
pub(crate) struct Subflow {
    /// Where a message goes that comes to it.
    pub(crate) begins: Vec<usize>,
    /// For each of its outputs, which outputs of nodes lead there.
    pub(crate) ends: Vec<Vec<(usize, usize)>>,
}

impl<'a> File<'a> {
    /// Reads the list that the file is.
    pub(crate) fn read(stem: &str, content: &'a Value) -> Result<Self, ImportError> {
        let given = content.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut file = Self::default();
        let mut comments = Vec::new();
        for node in given {
            let (Some(id), Some(kind)) = (node["id"].as_str(), node["type"].as_str()) else { continue };
            match kind {
                "tab" => file.tabs.push(tab(id, node)),
                "group" => {}
                "comment" => comments.push(node),
                "subflow" => drop(file.subflows.insert(id, Subflow::default())),
                _ if is_setting(node) => drop(file.settings.insert(id, node)),
                // Of nodes with the same id, the first counts: wires could not tell them apart.
                _ if file.at.contains_key(id) => {
                    return Err(ImportError::Unsound(format!(
                        "two nodes have the id {:?}: export the flows anew",
                        id.chars().take(40).collect::<String>()
                    )));
                }
                _ => {
                    file.at.insert(id, file.nodes.len());
                    file.nodes.push(Node::read(id, kind, node));
                }
            }
        }
        if file.nodes.len() > MAX_MODULES {
            return Err(ImportError::TooManyModules);
        }
        // Nodes that were copied have no tab with them.
        let is_elsewhere =
            |node: &Node<'_>| !file.tabs.iter().any(|tab| tab.id == node.on) && !file.subflows.contains_key(node.on);
        if file.nodes.iter().any(is_elsewhere) {
            let (id, label) = (String::new(), stem.to_owned());
            file.tabs.push(Tab { id, label, info: None, disabled: false });
            let known: Vec<String> = file.tabs.iter().map(|tab| tab.id.clone()).collect();
            for node in &mut file.nodes {
                if !known.iter().any(|tab| tab == node.on) && !file.subflows.contains_key(node.on) {
                    node.on = "";
                }
            }
        }
        file.link();
        file.link_subflows(given);
        file.comment(&comments);
        Ok(file)
    }

    fn link(&mut self) {
        let at = &self.at;
        for node in &mut self.nodes {
            let outputs = node.value["wires"].as_array().map(Vec::as_slice).unwrap_or_default();
            let outputs = outputs.iter().take(MOST_OUTPUTS).map(|targets| {
                let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
                let mut targets: Vec<usize> = targets.filter_map(|id| at.get(id).copied()).collect();
                targets.dedup();
                targets
            });
            node.wires = outputs.collect();
        }
        // From the top, as people draw what comes first.
        let places: Vec<(f64, f64)> =
            self.nodes.iter().map(|node| node.origin.place.map_or((0.0, 0.0), |(x, y)| (y, x))).collect();
        for node in &mut self.nodes {
            for targets in &mut node.wires {
                targets.sort_by(|a, b| places[*a].0.total_cmp(&places[*b].0).then(a.cmp(b)));
                targets.dedup();
            }
        }
    }

    fn link_subflows(&mut self, given: &'a [Value]) {
        let at = &self.at;
        let wires = |ends: &Value| -> Vec<(usize, usize)> {
            let wires = ends["wires"].as_array().into_iter().flatten();
            wires
                .filter_map(|wire| {
                    let port = wire["port"].as_u64().and_then(|port| usize::try_from(port).ok()).unwrap_or(0);
                    Some((*at.get(wire["id"].as_str()?)?, port))
                })
                .collect()
        };
        for definition in given.iter().filter(|node| node["type"] == "subflow") {
            let Some(subflow) = definition["id"].as_str().and_then(|id| self.subflows.get_mut(id)) else { continue };
            let begins = definition["in"].as_array().into_iter().flatten();
            subflow.begins = begins.flat_map(wires).map(|(node, _)| node).collect();
            let ends = definition["out"].as_array().into_iter().flatten();
            subflow.ends = ends.take(MOST_OUTPUTS).map(wires).collect();
        }
    }

    /// A comment belongs to the node below it or beside it, else to its tab.
    fn comment(&mut self, comments: &[&'a Value]) {
        for comment in comments {
            let words = [text(comment, "name"), text(comment, "info")];
            let words = words.into_iter().flatten().collect::<Vec<_>>().join("\n");
            if words.trim().is_empty() {
                continue;
            }
            let (x, y) = place(comment).unwrap_or_default();
            let on = comment["z"].as_str().unwrap_or_default();
            let near = self.nodes.iter_mut().filter(|node| node.on == on).filter_map(|node| {
                let (other_x, other_y) = node.origin.place?;
                let (beside, below) = ((other_x - x).abs(), other_y - y);
                (beside < NEAR.0 && (-10.0..NEAR.1).contains(&below)).then_some((beside + below.abs(), node))
            });
            match near.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
                Some((_, node)) => node.origin.notes.push(words),
                None => {
                    if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == on) {
                        let before = tab.info.take().map(|info| info + "\n").unwrap_or_default();
                        tab.info = Some(before + words.as_str());
                    }
                }
            }
        }
    }

    /// The node of this id.
    pub(crate) fn node(&self, id: &str) -> Option<usize> {
        self.at.get(id).copied()
    }

    /// What several nodes share, by its id.
    pub(crate) fn setting(&self, id: &Value) -> &'a Value {
        const NOTHING: &Value = &Value::Null;
        id.as_str().and_then(|id| self.settings.get(id).copied()).unwrap_or(NOTHING)
    }

    /// The subflow that a node stands for.
    pub(crate) fn subflow(&self, node: usize) -> Option<&Subflow> {
        self.subflows.get(self.nodes[node].kind.strip_prefix("subflow:")?)
    }

    /// The nodes of a subflow count as those of the tab on which it is used; where they stand.
    pub(crate) fn is_within_subflow(&self, node: usize) -> bool {
        self.subflows.contains_key(self.nodes[node].on)
    }
}

impl<'a> Node<'a> {
    fn read(id: &'a str, kind: &'a str, node: &'a Value) -> Self {
        // What a node of mails has as its name is the address.
        let called = if kind == "e-mail" { "dname" } else { "name" };
        let label = text(node, called).or_else(|| text(node, "label")).unwrap_or_default();
        let origin = Origin {
            id: id.to_owned(),
            kind: kind.to_owned(),
            label: label.to_owned(),
            notes: text(node, "info").map(str::to_owned).into_iter().collect(),
            place: place(node),
            whole: whole(node),
        };
        let disabled = node["d"] == Value::Bool(true);
        let on = node["z"].as_str().unwrap_or_default();
        Self { kind, on, label, wires: Vec::new(), disabled, value: node, origin }
    }

    /// A setting that is text, or what it is unless given.
    pub(crate) fn text(&self, key: &str, unless_given: &'a str) -> &'a str {
        self.value[key].as_str().unwrap_or(unless_given)
    }

    /// Whether a setting is on.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.value[key] == Value::Bool(true)
    }

    /// A setting that is a number, however it is written.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let value = &self.value[key];
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        number.filter(|number| number.is_finite())
    }
}

/// What is no node on a tab: it has no wires, and no place.
fn is_setting(node: &Value) -> bool {
    node["wires"].is_null() && node["x"].is_null()
}

fn tab(id: &str, node: &Value) -> Tab {
    Tab {
        id: id.to_owned(),
        label: text(node, "label").unwrap_or_default().to_owned(),
        info: text(node, "info").map(str::to_owned),
        disabled: node["disabled"] == Value::Bool(true),
    }
}

fn text<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node[key].as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn place(node: &Value) -> Option<(f64, f64)> {
    Some((node["x"].as_f64()?, node["y"].as_f64()?))
}

/// The node without what the editor alone reads, and without what belongs to others.
fn whole(node: &Value) -> Value {
    const LEFT_OUT: [&str; 9] = ["id", "z", "g", "x", "y", "wires", "credentials", "info", "env"];
    let entries = node.as_object().into_iter().flatten().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
    Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>())
}
