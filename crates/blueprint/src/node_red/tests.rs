//! Whole flows: `testdata/node-red/NAME.json` becomes `NAME.yaml`, with the reports behind. `UPDATE_EXPECT=1` writes them.

use crate::counterparts::Counterparts;
use crate::tests::{self as samples, known};
use crate::{ImportError, import};
use serde_json::{Value, json};

#[track_caller]
fn check(name: &str) {
    samples::check("node-red", name);
}

#[test]
fn a_message_becomes_values_of_steps() {
    check("web-service");
}

#[test]
fn what_is_told_apart_meets_again() {
    check("sensors");
}

#[test]
fn messages_of_lists_are_turns_of_loops() {
    check("lists");
}

#[test]
fn odd_files_are_imported_or_refused_and_nothing_panics() {
    let circle = json!([
        { "id": "a", "type": "inject", "z": "t", "x": 0, "wires": [["b", "b", "a"]] },
        { "id": "b", "type": "switch", "z": "t", "x": 0, "property": "payload", "rules": [{ "t": "else" }, { "t": "true" }, 5], "wires": [["a"], ["b"], "c", null] },
        { "id": "c", "type": "link out", "z": "t", "x": 0, "links": ["d"], "wires": [] },
        { "id": "d", "type": "link in", "z": "t", "x": 0, "links": ["c"], "wires": [["c"]] },
        { "id": "e", "type": "link call", "z": "t", "x": 0, "links": ["d"], "wires": [["e"]] },
        { "id": "s", "type": "subflow", "in": [{ "wires": [{ "id": "u" }] }], "out": [{ "wires": [{ "id": "u", "port": 0 }] }] },
        { "id": "u", "type": "subflow:s", "z": "s", "x": 0, "wires": [["u"]] },
        { "id": "v", "type": "subflow:s", "z": "t", "x": 0, "wires": [["v"]] },
        { "id": "w", "type": "subflow:none", "z": "t", "x": "y", "wires": { "0": 1 } },
    ]);
    let odd = json!([
        { "id": "a", "type": "http in", "z": 7, "x": 0, "url": "../../{etc}/:/passwd", "method": "\u{202e}", "wires": [["b"]] },
        { "id": "b", "type": "change", "z": 7, "x": 0, "rules": [{ "t": "set", "p": "[[[", "to": "{{{", "tot": "jsonata" }], "wires": [["c"]] },
        { "id": "c", "type": "function", "z": 7, "x": 0, "func": "}}}} /* return `", "outputs": 1e300, "wires": [[], ["d"]] },
        { "id": "d", "type": "delay", "z": 7, "x": 0, "timeout": "1e309", "rate": -5, "pauseType": "rate", "wires": [["b"]] },
    ]);
    for file in [circle, odd] {
        let all = import("odd", file.to_string().as_bytes(), &known()).expect("sound");
        samples::hold(&all, &known());
    }
}

#[test]
fn nodes_that_cannot_be_told_apart_are_refused() {
    let twice = json!([{ "id": "a", "type": "inject", "wires": [] }, { "id": "a", "type": "debug", "wires": [] }]);
    let refused = import("a", twice.to_string().as_bytes(), &Counterparts::default()).expect_err("refused");
    assert!(matches!(refused, ImportError::Unsound(ref words) if words.contains("\"a\"")), "{refused}");
}

/// A chain, and branches each of which leads to the next branches.
#[test]
fn many_nodes_are_imported_in_time() {
    let node = |at: usize, kind: &str, wires: Value| json!({ "id": at.to_string(), "type": kind, "z": "t", "x": 0, "y": at, "rules": [{ "t": "true" }, { "t": "false" }, { "t": "else" }], "wires": wires });
    let mut chain: Vec<Value> = (1..3000).map(|at| node(at, "debug-not", json!([[(at + 1).to_string()]]))).collect();
    chain.push(node(0, "inject", json!([["1"]])));
    chain.push(json!({ "id": "t", "type": "tab", "label": "Chain" }));
    let all = import("chain", json!(chain).to_string().as_bytes(), &known()).expect("sound");
    assert_eq!(all[0].report.modules.total, 3000);
    // Each pair leads to the next pair twice: two to the fortieth ways.
    let mut pairs: Vec<Value> = (0..80)
        .map(|at| {
            let next: Vec<String> = [at / 2 * 2 + 2, at / 2 * 2 + 3].iter().map(ToString::to_string).collect();
            node(at, "switch", json!([next, next]))
        })
        .collect();
    pairs.push(node(1000, "inject", json!([["0", "1"]])));
    let all = import("pairs", json!(pairs).to_string().as_bytes(), &known()).expect("sound");
    assert_eq!(all.iter().map(|one| one.report.modules.total).sum::<usize>(), 81);
}

#[test]
fn an_answer_whose_status_nobody_set_is_200() {
    let flow = json!([
        { "id": "a", "type": "http in", "z": "t", "url": "/a", "method": "get", "wires": [["b"]] },
        { "id": "b", "type": "function", "z": "t", "func": "msg.payload = 1; return msg;", "wires": [["c"]] },
        { "id": "c", "type": "http response", "z": "t", "wires": [] },
    ]);
    let imported = import("a.json", flow.to_string().as_bytes(), &known()).unwrap();
    assert!(imported[0].yaml.contains(".statusCode ?? 200 }}"), "{}", imported[0].yaml);
}
