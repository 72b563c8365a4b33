//! Pictures of other people's flows, as their files have them, coloured by what became of each module.

use super::{Picture, Tone, Walked};
use crate::recognise::Kind;
use crate::report::{Report, State};
use serde_json::Value;
use std::collections::HashMap;

/// How deep routers are drawn within one another.
const DEEPEST: usize = 60;

/// The picture of a file's content.
pub(crate) fn theirs(kind: Kind, content: &Value, report: &Report) -> Picture {
    let mut picture = match kind {
        Kind::Make => make(content),
        Kind::N8n => n8n(content),
        Kind::NodeRed => node_red(content),
        Kind::Zapier => Picture::default(),
    };
    let states: HashMap<&str, State> = report.items.iter().map(|item| (item.id.as_str(), item.state)).collect();
    if picture.boxes.is_empty() {
        // What has no lines that are known here is told in its order.
        for item in &report.items {
            let here = picture.add(&item.id, item.step.as_deref().unwrap_or(&item.id), &item.module, Tone::Plain);
            if let Some(before) = here.checked_sub(1) {
                picture.line(before, here, None);
            }
        }
    }
    for shape in &mut picture.boxes {
        shape.tone = match states.get(shape.id.as_str()) {
            Some(State::Runs) => Tone::Runs,
            Some(State::NeedsConnection) => Tone::NeedsConnection,
            Some(State::NeedsDecision) => Tone::NeedsDecision,
            Some(State::NotExecutable) => Tone::NotExecutable,
            None => shape.tone,
        };
    }
    picture
}

fn make(content: &Value) -> Picture {
    let mut picture = Picture::default();
    modules(&mut picture, &content["flow"], None, 0);
    picture
}

/// Draws a chain of modules behind a box; where a line begins, and what is written on it.
fn modules(picture: &mut Picture, flow: &Value, mut before: Option<(usize, Option<String>)>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for module in flow.as_array().into_iter().flatten() {
        let kind = module["module"].as_str().unwrap_or_default();
        let id = match &module["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let title = module["metadata"]["designer"]["name"].as_str().filter(|it| !it.trim().is_empty());
        let is_flow = kind.starts_with("builtin:");
        let tone = if is_flow { Tone::Flow } else { Tone::Plain };
        let own = kind.split_once(':').map_or(kind, |(_, own)| own);
        let here = picture.add(id, title.unwrap_or(own), kind, tone);
        if let Some((from, label)) = before {
            let filter = module["filter"]["name"].as_str().filter(|it| !it.trim().is_empty()).map(str::to_owned);
            picture.line(from, here, filter.or(label));
        }
        for (key, name) in [("routes", "name"), ("branches", "label")] {
            for route in module[key].as_array().into_iter().flatten() {
                let label = route[name].as_str().filter(|it| !it.trim().is_empty()).map(str::to_owned);
                modules(picture, &route["flow"], Some((here, label)), depth + 1);
            }
        }
        let lines = picture.lines.len();
        modules(picture, &module["onerror"], Some((here, None)), depth + 1);
        if let Some(line) = picture.lines.get_mut(lines) {
            (line.when, line.label) = (Walked::OnFailure, Some("on error".to_owned()));
        }
        before = Some((here, None));
    }
}

fn n8n(content: &Value) -> Picture {
    let mut picture = Picture::default();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for node in content["nodes"].as_array().into_iter().flatten() {
        let (name, kind) = (node["name"].as_str().unwrap_or_default(), node["type"].as_str().unwrap_or_default());
        if kind != "n8n-nodes-base.stickyNote" {
            by_name.insert(name, picture.add(name, name, kind, Tone::Plain));
        }
    }
    for (from, outputs) in content["connections"].as_object().into_iter().flatten() {
        let Some(from) = by_name.get(from.as_str()).copied() else { continue };
        for (output, ends) in outputs.as_object().into_iter().flatten() {
            for (at, end) in ends.as_array().into_iter().flatten().enumerate() {
                for to in end.as_array().into_iter().flatten() {
                    let Some(to) = to["node"].as_str().and_then(|it| by_name.get(it)).copied() else { continue };
                    let label =
                        if output != "main" { Some(output.clone()) } else { (at > 0).then(|| format!("{}", at + 1)) };
                    picture.line(from, to, label);
                }
            }
        }
    }
    picture
}

fn node_red(content: &Value) -> Picture {
    let mut picture = Picture::default();
    let nodes: Vec<&Value> = content.as_array().into_iter().flatten().filter(|it| it["wires"].is_array()).collect();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for node in &nodes {
        let (id, kind) = (node["id"].as_str().unwrap_or_default(), node["type"].as_str().unwrap_or_default());
        let title = node["name"].as_str().filter(|it| !it.is_empty()).unwrap_or(kind);
        by_id.insert(id, picture.add(id, title, kind, Tone::Plain));
    }
    for node in &nodes {
        let Some(from) = node["id"].as_str().and_then(|it| by_id.get(it)).copied() else { continue };
        for to in node["wires"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten() {
            if let Some(to) = to.as_str().and_then(|it| by_id.get(it)).copied() {
                picture.line(from, to, None);
            }
        }
    }
    picture
}
