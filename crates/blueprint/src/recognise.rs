//! Whose file it is, told by what is in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A blueprint of Make.
    Make,
    /// A workflow of n8n.
    N8n,
    /// An export of Zapier.
    Zapier,
    /// Flows of Node-RED.
    NodeRed,
}

/// One scenario of a file, as it stands there.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Whose it is.
    pub kind: Kind,
    /// The part of the file that is the scenario.
    pub content: &'a Value,
}

/// The scenarios of a file; none where it is nobody's.
pub fn recognise(file: &Value) -> Vec<Found<'_>> {
    if let Some(kind) = kind_of(file) {
        return vec![Found { kind, content: file }];
    }
    match file {
        // What APIs answer has the file within.
        Value::Object(entries) => {
            WRAPPERS.iter().filter_map(|key| entries.get(*key)).find_map(inside).unwrap_or_default()
        }
        Value::Array(items) => items.iter().flat_map(recognise_one).collect(),
        _ => Vec::new(),
    }
}

const WRAPPERS: [&str; 6] = ["blueprint", "response", "workflow", "data", "workflowData", "scenario"];

fn inside(value: &Value) -> Option<Vec<Found<'_>>> {
    let found = recognise(value);
    (!found.is_empty()).then_some(found)
}

fn recognise_one(value: &Value) -> Option<Found<'_>> {
    if !value.is_object() {
        return None;
    }
    recognise(value).into_iter().next()
}

fn kind_of(file: &Value) -> Option<Kind> {
    match file {
        Value::Object(entries) => {
            let is_list = |key: &str| entries.get(key).is_some_and(Value::is_array);
            if is_list("flow") {
                Some(Kind::Make)
            } else if is_list("nodes") && entries.get("connections").is_some_and(|it| it.is_object() || it.is_array()) {
                Some(Kind::N8n)
            } else if is_list("zaps") {
                Some(Kind::Zapier)
            } else {
                None
            }
        }
        Value::Array(items) => is_node_red(items).then_some(Kind::NodeRed),
        _ => None,
    }
}

fn is_node_red(items: &[Value]) -> bool {
    let is_node = |item: &Value| item["id"].is_string() && item["type"].is_string();
    let is_wired = |item: &Value| item["wires"].is_array() || item["type"] == "tab";
    !items.is_empty() && items.iter().all(is_node) && items.iter().any(is_wired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(file: &Value, expected: &[Kind]) {
        let kinds: Vec<Kind> = recognise(file).iter().map(|found| found.kind).collect();
        assert_eq!(kinds, expected, "{file}");
    }

    #[test]
    fn files_are_told_by_their_content() {
        check(&json!({ "name": "a", "flow": [], "metadata": {} }), &[Kind::Make]);
        check(&json!({ "response": { "blueprint": { "flow": [] } } }), &[Kind::Make]);
        check(&json!({ "nodes": [], "connections": {} }), &[Kind::N8n]);
        check(
            &json!([{ "nodes": [], "connections": {} }, { "nodes": [], "connections": {} }]),
            &[Kind::N8n, Kind::N8n],
        );
        check(&json!({ "zaps": [] }), &[Kind::Zapier]);
        check(
            &json!([{ "id": "1", "type": "tab" }, { "id": "2", "type": "http in", "wires": [[]] }]),
            &[Kind::NodeRed],
        );
    }

    #[test]
    fn other_files_are_nobodys() {
        check(&json!({ "flow": "yes" }), &[]);
        check(&json!([]), &[]);
        check(&json!(5), &[]);
        check(&json!([{ "id": 1 }]), &[]);
    }
}
