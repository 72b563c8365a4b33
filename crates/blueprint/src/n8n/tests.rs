//! Whole workflows: `testdata/n8n/NAME.json` becomes `NAME.yaml`, with the reports behind. `UPDATE_EXPECT=1` writes them.

use crate::counterparts::{Counterparts, Ours};
use crate::{Imported, import};
use proptest::prelude::*;
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A module with these parameters.
fn module(name: &str, properties: Value) -> ModuleSpec {
    ModuleSpec {
        name: name.to_owned(),
        summary: String::new(),
        description: String::new(),
        parameters: json!({ "type": "object", "properties": properties }),
        example: Value::Null,
        sample: json!([]),
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

#[test]
fn rows_of_tables_are_found_and_written_by_their_columns() {
    let map = json!({ "type": "object" });
    let mut known = Counterparts::new(Catalog::new([
        module("supabase.list_rows", json!({ "table": {}, "where": map })),
        module("supabase.create_row", json!({ "table": {}, "values": map })),
    ]));
    let theirs = |operation: &str, parameters: Value| {
        [json!({ "node": "supabase", "resource": "row", "operation": operation, "parameters": parameters })]
    };
    known.add(&Ours::Module("supabase.list_rows".to_owned()), &[], &theirs("getAll", json!({ "table": "tableId" })));
    let values = json!({ "table": "tableId", "values": "fieldsUi.fieldValues" });
    known.add(&Ours::Module("supabase.create_row".to_owned()), &[], &theirs("create", values));
    let node = |name: &str, kind: &str, parameters: Value| json!({ "name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 1, "parameters": parameters });
    let tests = json!([{ "keyName": "status", "condition": "eq", "keyValue": "open" },
        { "keyName": "age", "condition": "gt", "keyValue": "={{ $json.body.age }}" }]);
    let fields = json!([{ "fieldId": "of", "fieldValue": "={{ $json.id }}" }]);
    let nodes = json!([
        node("Webhook", "webhook", json!({})),
        node(
            "Find",
            "supabase",
            json!({ "resource": "row", "operation": "getAll", "tableId": "orders", "filters": { "conditions": tests } })
        ),
        node(
            "Note",
            "supabase",
            json!({ "resource": "row", "operation": "create", "tableId": "notes", "fieldsUi": { "fieldValues": fields } })
        ),
    ]);
    let link = |to: &str| json!({ "main": [[{ "node": to, "type": "main", "index": 0 }]] });
    let file =
        json!({ "name": "Rows", "nodes": nodes, "connections": { "Webhook": link("Find"), "Find": link("Note") } });
    let text = import("rows", &serde_json::to_vec(&file).unwrap(), &known).unwrap()[0].yaml.clone();
    assert!(text.contains("where: { status: open, age: \"gt.{{ trigger.body?.age }}\" }"), "{text}");
    assert!(text.contains("values: { of: \"{{ item?.id }}\" }"), "{text}");
}

/// Modules that take anything.
fn known() -> Counterparts {
    let names = [
        "csv.parse",
        "email.send",
        "google_sheets.append",
        "google_sheets.find",
        "http.request",
        "js.run",
        "postgres.query",
        "redis.increment",
        "rss.read",
    ];
    Counterparts::new(Catalog::new(names.map(|name| ModuleSpec {
        name: name.to_owned(),
        summary: String::new(),
        description: String::new(),
        parameters: json!({ "type": "object" }),
        example: Value::Null,
        sample: Value::Null,
        connections: vec!["any".to_owned()],
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    })))
}

fn shown(all: &[Imported]) -> String {
    let mut text = String::new();
    for one in all {
        text.push_str(&format!("{}\n", one.yaml.trim_end()));
        text.extend(one.report.to_string().lines().map(|line| format!("#| {line}\n")));
    }
    text
}

#[track_caller]
fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/n8n");
    let file = fs::read(folder.join(format!("{name}.json"))).unwrap();
    let found = shown(&import(name, &file, &known()).unwrap());
    let expected = folder.join(format!("{name}.yaml"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(&expected).unwrap_or_default(), "{name}");
}

#[test]
fn a_choice_has_branches_and_answers() {
    check("webhook-if-answer");
}

#[test]
fn several_items_are_walked_in_loops() {
    check("items-become-loops");
}

#[test]
fn a_loop_collects_what_its_turns_give() {
    check("loop-over-items");
}

#[test]
fn branches_meet_in_a_variable() {
    check("branches-that-meet");
}

#[test]
fn files_are_passed_on_and_values_stay_out_of_statements() {
    check("files-and-tables");
}

#[test]
fn pinned_data_becomes_a_test_and_a_part_of_a_workflow_is_called() {
    check("pinned-and-called");
}

#[test]
fn nothing_is_dropped() {
    check("what-is-left");
}

fn workflow(nodes: &[&str], links: &[(usize, usize, usize)]) -> Value {
    let name = |at: usize| format!("N{at}");
    let given = nodes.iter().enumerate().map(|(at, kind)| {
        json!({ "name": name(at), "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 3, "position": [at, 0], "parameters": {} })
    });
    let given: Vec<Value> = given.collect();
    let mut connections = json!({});
    for (from, output, to) in links {
        let outputs = &mut connections[name(*from)]["main"];
        if outputs.is_null() {
            *outputs = json!([[], [], []]);
        }
        if let Some(targets) = outputs[*output].as_array_mut() {
            targets.push(json!({ "node": name(*to), "type": "main", "index": 0 }));
        }
    }
    json!({ "name": "Any", "nodes": given, "connections": connections })
}

const KINDS: [&str; 9] =
    ["webhook", "manualTrigger", "if", "switch", "set", "splitInBatches", "merge", "noOp", "splitOut"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Any graph: every node is told of once, and what is written passes the check but for what is left to do.
    #[test]
    fn any_graph_is_imported(
        kinds in proptest::collection::vec(0..KINDS.len(), 1..9),
        links in proptest::collection::vec((0..9_usize, 0..3_usize, 0..9_usize), 0..14),
    ) {
        let nodes: Vec<&str> = kinds.iter().map(|kind| KINDS[*kind]).collect();
        let links: Vec<_> = links.into_iter().filter(|(from, _, to)| *from < nodes.len() && *to < nodes.len()).collect();
        let file = serde_json::to_vec(&workflow(&nodes, &links)).unwrap();
        let known = known();
        let all = import("any", &file, &known).unwrap();
        let told: usize = all.iter().map(|one| one.report.modules.total).sum();
        prop_assert_eq!(told, nodes.len());
        for one in &all {
            let (_, found) = scenario::check(&one.yaml, &known.catalog);
            let errors: Vec<_> = found.iter().filter(|found| found.is_error() && !found.is_todo()).map(|found| &found.message).collect();
            prop_assert!(errors.is_empty(), "{:?}\n{}", errors, one.yaml);
        }
    }
}

#[test]
fn odd_files_are_imported_or_refused_and_nothing_panics() {
    for file in [
        json!({ "nodes": [], "connections": {} }),
        json!({ "nodes": [{}, 5, null, { "type": 7 }], "connections": { "a": 5 } }),
        json!({ "nodes": [{ "type": "n8n-nodes-base.set", "name": "\u{0}{{ }} \"#: -\n", "parameters": [] }], "connections": [] }),
        json!({ "nodes": [{ "type": "n8n-nodes-base.if", "name": "a", "typeVersion": "x", "position": "y", "parameters": { "conditions": 3 } }],
                "connections": { "a": { "main": [[{ "node": "a", "index": 99999999 }], null, 7] } } }),
    ] {
        let bytes = serde_json::to_vec(&file).unwrap();
        let all = import("odd", &bytes, &known());
        assert!(all.is_ok(), "{file}: {all:?}");
    }
}

#[test]
fn a_long_chain_is_imported_in_time() {
    let nodes = vec!["noOp"; 3000];
    let links: Vec<_> = (1..3000).map(|at| (at - 1, 0, at)).collect();
    let file = serde_json::to_vec(&workflow(&nodes, &links)).unwrap();
    let all = import("long", &file, &known()).unwrap();
    assert_eq!(all[0].report.modules.total, 3000);
}

#[test]
fn a_request_without_a_url_is_left_to_do() {
    for (kind, parameters) in
        [("httpRequest", json!({ "method": "GET" })), ("httpRequest", json!({ "url": "=" })), ("graphql", json!({}))]
    {
        let file = json!({ "name": "a", "nodes": [
            { "name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {} },
            { "name": "Ask", "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 4.2, "parameters": parameters },
        ], "connections": { "Start": { "main": [[{ "node": "Ask", "index": 0 }]] } } });
        let made = import("a.json", file.to_string().as_bytes(), &crate::tests::known()).expect("sound").remove(0);
        assert!(made.yaml.contains("reason: its URL is not given"), "{}", made.yaml);
    }
}
