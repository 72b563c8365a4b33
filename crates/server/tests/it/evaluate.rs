//! `POST /api/v1/evaluate`

use crate::site::{PICKY, Site, ok, refused};
use serde_json::json;

#[tokio::test]
async fn expressions_and_templates_have_the_values_of_the_scope() {
    let site = Site::start().await;
    for (asked, expected) in [
        (json!({ "expression": "order.total * 2", "scope": { "order": { "total": 2 } } }), json!({ "value": 4 })),
        (json!({ "template": "Hello {{ item }}", "scope": { "item": "Mia" } }), json!({ "value": "Hello Mia" })),
        (json!({ "template": "{{ trigger.body }}", "scope": { "trigger": { "body": [1] } } }), json!({ "value": [1] })),
        (json!({ "template": "Bearer {{ secrets.key }}" }), json!({ "value": "Bearer •••" })),
        (json!({ "expression": "()" }), json!({ "value": null })),
    ] {
        assert_eq!(ok(site.api("POST", "/evaluate").json(&asked)).await, expected, "{asked}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let site = Site::start().await;
    let asked = json!({ "expression": "order.totl", "scope": { "order": { "total": 2 } } });
    let told = ok(site.api("POST", "/evaluate").json(&asked)).await;
    assert_eq!(told["error"]["code"], "missing_property");
    assert_eq!(told["error"]["at"], json!({ "line": 1, "column": 7 }));
    assert!(told["error"]["hint"].as_str().unwrap().contains("total"), "{told}");
    assert_eq!(told.get("value"), None);
    for asked in [json!({}), json!({ "expression": "1", "template": "1" })] {
        refused(site.api("POST", "/evaluate").json(&asked), 400, "bad_request").await;
    }
    let unknown = json!({ "expression": "1", "run": "01890000-0000-7000-8000-000000000000" });
    refused(site.api("POST", "/evaluate").json(&unknown), 404, "not_found").await;
}

#[tokio::test]
async fn names_have_the_values_of_a_run_unless_given() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let told = ok(site.api("POST", "/scenarios/picky/run").json(&json!({ "order": { "number": "A1" } }))).await;
    let ask = async |asked: serde_json::Value| ok(site.api("POST", "/evaluate").json(&asked)).await;
    let asked = json!({ "template": "{{ order.number }} {{ trigger.source }}", "run": told["run"] });
    assert_eq!(ask(asked).await, json!({ "value": "A1 manual" }));
    let asked = json!({ "expression": "order", "run": told["run"], "scope": { "order": "mine" } });
    assert_eq!(ask(asked).await, json!({ "value": "mine" }));
}
