//! A workflow as its file says it: nodes, links and settings, with nothing of the editor.

use crate::{ImportError, MAX_MODULES, notes};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A workflow.
#[derive(Debug, Default)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    pub(crate) zone: Option<String>,
    pub(crate) nodes: Vec<Node>,
    /// Links that items take.
    pub(crate) links: Vec<Link>,
    /// Links by which one node belongs to another: from, to, kind.
    pub(crate) parts: Vec<(usize, usize, String)>,
    /// Notes on the canvas: text, and the rectangle.
    pub(crate) notes: Vec<Note>,
    /// The note that tells what the whole is for.
    pub(crate) readme: Option<usize>,
    pub(crate) pins: Map<String, Value>,
    /// What the scenario is called that other workflows call.
    pub(crate) called_as: Option<String>,
}

/// A node.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// Its type; without the package, where that is n8n's own.
    pub(crate) kind: String,
    pub(crate) version: f64,
    pub(crate) parameters: Value,
    pub(crate) place: (f64, f64),
    pub(crate) credentials: Vec<(String, String)>,
    pub(crate) disabled: bool,
    pub(crate) failing: Failing,
    pub(crate) retry: Option<(u64, u64)>,
    pub(crate) once: bool,
    pub(crate) note: Option<String>,
    /// All of it that means something.
    pub(crate) whole: Value,
}

/// What happens when a node fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Failing {
    #[default]
    Stop,
    /// It goes on, with the error in the item.
    GoOn,
    /// It goes on by an output of its own, the last.
    Output,
}

/// A link between an output and an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) output: usize,
    pub(crate) to: usize,
    pub(crate) input: usize,
}

/// A note on the canvas.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) place: (f64, f64),
    pub(crate) size: (f64, f64),
}

/// How long a note is that can tell what the whole is for, in characters.
const README: usize = 100;

/// How long a heading is that can name the whole, in characters.
const TITLE: usize = 80;

/// From a node's place to its middle.
const HALF_A_NODE: f64 = 50.0;

/// The links of a node with this many outputs end there.
const MOST_OUTPUTS: usize = 64;

impl Workflow {
    /// Reads the file.
    pub(crate) fn read(stem: &str, content: &Value) -> Result<Self, ImportError> {
        let given = content["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        if given.len() > MAX_MODULES {
            return Err(ImportError::TooManyModules);
        }
        let name = content["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
        let zone = content["settings"]["timezone"].as_str().filter(|zone| *zone != "DEFAULT");
        let mut read = Self { zone: zone.map(str::to_owned), ..Self::default() };
        for node in given {
            if node["type"].as_str().is_some_and(|kind| kind.ends_with(".stickyNote")) {
                read.notes.extend(note(node));
            } else if let Some(node) = Node::read(node) {
                read.nodes.push(node);
            }
        }
        read.pins = content["pinData"].as_object().cloned().unwrap_or_default();
        read.link(&content["connections"]);
        read.readme = read.about_the_whole();
        read.name = name.map_or_else(|| read.title().unwrap_or_else(|| stem.to_owned()), str::to_owned);
        Ok(read)
    }

    fn link(&mut self, connections: &Value) {
        let at: BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
        let (mut links, mut parts) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (source, kinds) in connections.as_object().into_iter().flatten() {
            let Some(&from) = at.get(source.as_str()) else { continue };
            for (kind, outputs) in kinds.as_object().into_iter().flatten() {
                for (output, targets) in outputs.as_array().into_iter().flatten().enumerate().take(MOST_OUTPUTS) {
                    for target in targets.as_array().into_iter().flatten() {
                        let Some(&to) = target["node"].as_str().and_then(|name| at.get(name)) else { continue };
                        if kind != "main" {
                            parts.push((from, to, kind.clone()));
                            continue;
                        }
                        let input = target["index"].as_u64().and_then(|input| usize::try_from(input).ok()).unwrap_or(0);
                        let link = Link { from, output, to, input: input.min(MOST_OUTPUTS) };
                        if seen.insert((from, output, to, link.input)) {
                            links.push(link);
                        }
                    }
                }
            }
        }
        self.links = links;
        self.parts = parts;
        let nodes = &self.nodes;
        let place = |link: &Link| nodes[link.to].place;
        // One branch after the other, from the top.
        self.links.sort_by(|a, b| {
            let (left, right) = (place(a), place(b));
            // The turns of a loop come before what follows it.
            let output = |link: &Link| (!is_turn(&nodes[link.from], link.output), link.output);
            (a.from, output(a))
                .cmp(&(b.from, output(b)))
                .then(left.1.total_cmp(&right.1))
                .then(left.0.total_cmp(&right.0))
        });
    }

    /// The links that leave a node.
    pub(crate) fn leaving(&self, node: usize) -> impl Iterator<Item = &Link> {
        // They are in the order of where they come from.
        let begin = self.links.partition_point(|link| link.from < node);
        self.links[begin..].iter().take_while(move |link| link.from == node)
    }

    /// Whether an expression or code has this word in it, or a column of this name tells rows from others.
    pub(crate) fn reads(&self, word: &str) -> bool {
        fn found(value: &Value, key: &str, word: &str) -> bool {
            match value {
                Value::String(text) => {
                    let is_code = text.starts_with('=') || key.ends_with("Code") || key == "matchingColumns";
                    is_code && text.contains(word)
                }
                Value::Array(items) => items.iter().any(|item| found(item, key, word)),
                Value::Object(entries) => entries.iter().any(|(key, value)| found(value, key, word)),
                _ => false,
            }
        }
        self.nodes.iter().any(|node| found(&node.parameters, "", word))
    }

    /// The note that tells what the whole is for: the longest of those that lie beside all nodes.
    fn about_the_whole(&self) -> Option<usize> {
        let beside = self.notes.iter().enumerate().filter(|(_, note)| self.covered(note).is_empty());
        let long = beside.map(|(at, note)| (at, note.text.chars().count())).filter(|(_, length)| *length >= README);
        long.max_by_key(|(_, length)| *length).map(|(at, _)| at)
    }

    /// What a workflow without a name is called by its notes.
    fn title(&self) -> Option<String> {
        let readme = notes::readme(&notes::lines(&self.notes.get(self.readme?)?.text));
        readme.title.filter(|title| title.chars().count() <= TITLE)
    }

    /// The nodes that lie on a note.
    pub(crate) fn covered(&self, note: &Note) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| note.distance(self.nodes[*node].place) == 0.0).collect()
    }

    /// The node that is nearest to a note, and how far it is.
    pub(crate) fn nearest(&self, note: &Note) -> Option<(usize, f64)> {
        let all = self.nodes.iter().enumerate().map(|(at, node)| (at, note.distance(node.place)));
        all.min_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    /// Whether the node is a part of another, as a model of language is one of an agent.
    pub(crate) fn is_part(&self, node: usize) -> bool {
        self.parts.iter().any(|(from, ..)| *from == node)
    }
}

impl Note {
    pub(crate) fn area(&self) -> f64 {
        self.size.0 * self.size.1
    }

    /// How far the middle of a node that stands at this place is; nothing where it is on the note.
    fn distance(&self, place: (f64, f64)) -> f64 {
        let outside = |at: f64, begin: f64, length: f64| (begin - at).max(at - begin - length).max(0.0);
        let (x, y) = (place.0 + HALF_A_NODE, place.1 + HALF_A_NODE);
        outside(x, self.place.0, self.size.0).hypot(outside(y, self.place.1, self.size.1))
    }
}

impl Node {
    fn read(node: &Value) -> Option<Self> {
        let kind = node["type"].as_str()?;
        let continues = node["continueOnFail"] == Value::Bool(true);
        let failing = match node["onError"].as_str() {
            Some("continueRegularOutput") => Failing::GoOn,
            Some("continueErrorOutput") => Failing::Output,
            _ if continues => Failing::GoOn,
            _ => Failing::Stop,
        };
        let retries = node["retryOnFail"] == Value::Bool(true);
        let tries = node["maxTries"].as_u64().unwrap_or(3).clamp(2, 5);
        let pause = node["waitBetweenTries"].as_u64().unwrap_or(1000).min(5000);
        Some(Self {
            name: node["name"].as_str().unwrap_or(kind).to_owned(),
            kind: kind.strip_prefix("n8n-nodes-base.").unwrap_or(kind).to_owned(),
            version: node["typeVersion"].as_f64().unwrap_or(1.0),
            parameters: match &node["parameters"] {
                Value::Object(parameters) => Value::Object(parameters.clone()),
                _ => Value::Object(Map::new()),
            },
            place: pair(&node["position"]),
            credentials: credentials(&node["credentials"]),
            disabled: node["disabled"] == Value::Bool(true),
            failing,
            retry: retries.then_some((tries, pause)),
            once: node["executeOnce"] == Value::Bool(true),
            note: node["notes"].as_str().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
            whole: whole(node),
        })
    }

    /// A parameter's value, by its path.
    pub(crate) fn get(&self, path: &str) -> &Value {
        path.split('.').fold(&self.parameters, |value, key| match key.parse::<usize>() {
            Ok(at) if value.is_array() => &value[at],
            _ => &value[key],
        })
    }

    /// A parameter that is a text, or what it is unless given.
    pub(crate) fn text<'a>(&'a self, path: &str, unless_given: &'a str) -> &'a str {
        self.get(path).as_str().unwrap_or(unless_given)
    }

    /// Whether a parameter is set.
    pub(crate) fn flag(&self, path: &str) -> bool {
        self.get(path) == &Value::Bool(true)
    }
}

fn is_turn(node: &Node, output: usize) -> bool {
    node.kind == "splitInBatches" && output == usize::from(node.version >= 3.0)
}

fn note(node: &Value) -> Option<Note> {
    let text = node["parameters"]["content"].as_str().map(str::trim).filter(|text| !text.is_empty())?;
    let side = |key: &str, unless: f64| node["parameters"][key].as_f64().unwrap_or(unless);
    Some(Note {
        text: text.to_owned(),
        place: pair(&node["position"]),
        size: (side("width", 240.0), side("height", 160.0)),
    })
}

fn pair(value: &Value) -> (f64, f64) {
    (value[0].as_f64().unwrap_or_default(), value[1].as_f64().unwrap_or_default())
}

/// The kinds of credentials with their names.
fn credentials(value: &Value) -> Vec<(String, String)> {
    let entries = value.as_object().into_iter().flatten();
    entries
        .map(|(kind, what)| {
            (kind.clone(), what.as_str().or_else(|| what["name"].as_str()).unwrap_or_default().to_owned())
        })
        .collect()
}

/// The node without what the editor alone reads.
fn whole(node: &Value) -> Value {
    let mut kept = node.as_object().cloned().unwrap_or_default();
    for key in ["id", "position", "webhookId", "credentials", "color", "notesInFlow"] {
        kept.shift_remove(key);
    }
    Value::Object(kept)
}
