//! Whole exports: `testdata/zapier/NAME.json` becomes `NAME.yaml`, with the reports behind. `UPDATE_EXPECT=1` writes them.

use crate::tests::{self as samples, known};
use crate::{ImportError, import};
use serde_json::{Value, json};

#[test]
fn chains_and_paths_become_steps_and_branches() {
    samples::check("zapier", "leads");
}

#[test]
fn steps_without_an_account_become_ours() {
    samples::check("zapier", "tools");
}

#[test]
fn odd_files_are_imported_or_refused_and_nothing_panics() {
    for file in [
        json!({ "zaps": [] }),
        json!({ "zaps": [{ "nodes": {} }, { "title": "\u{202e}../x", "nodes": [{ "id": 1 }] }] }),
        json!({ "zaps": [{ "nodes": {
            "1": { "id": 1, "parent_id": 2, "selected_api": "BranchingAPI", "action": "branch", "type_of": "write" },
            "2": { "id": 2, "parent_id": 1, "selected_api": "FilterAPI", "type_of": "filter", "params": { "filter_criteria": 7 } },
            "3": { "id": 3, "parent_id": 3, "selected_api": "ZapierLoopingCLIAPI@1", "params": { "values": { "a": "{{1__x", "b": "{{=gives[}}" } } },
            "4": { "id": 4, "parent_id": null, "selected_api": "@", "action": 5, "params": [] },
            "5": null } }] }),
    ] {
        let all = import("odd", file.to_string().as_bytes(), &known()).expect("sound");
        samples::hold(&all, &known());
    }
    for file in [json!({ "zaps": [5] }), json!({ "zaps": [{ "nodes": [{ "id": 1 }, { "id": 1 }] }] })] {
        let refused = import("odd", file.to_string().as_bytes(), &known()).expect_err("refused");
        assert!(matches!(refused, ImportError::Unsound(_)), "{refused}");
    }
}

#[test]
fn a_long_chain_is_imported_in_time() {
    let node = |at: usize| json!({ "id": at, "parent_id": if at == 0 { Value::Null } else { json!(at - 1) }, "type_of": if at == 0 { "read" } else { "write" }, "selected_api": "DelayCLIAPI", "action": "delay_for", "params": { "delay_for_value": "1", "delay_for_unit": "minutes" } });
    let nodes: Vec<Value> = (0..3000).map(node).collect();
    let all = import("long", json!({ "zaps": [{ "nodes": nodes }] }).to_string().as_bytes(), &known()).expect("sound");
    assert_eq!(all[0].report.modules.total, 3000);
}
