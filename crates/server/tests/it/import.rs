//! `POST /api/v1/import`

use crate::site::{Site, ok, refused};
use crate::strangers::BLUEPRINT;
use serde_json::json;

#[tokio::test]
async fn a_file_becomes_a_text_that_is_not_kept() {
    let site = Site::start().await;
    let blueprint = json!({ "name": "Greet", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook" },
        { "id": 2, "module": "gateway:WebhookRespond", "mapper": { "body": "Hello {{1.name}}", "status": "200" } },
        { "id": 3, "module": "nobody:Knows", "metadata": { "designer": { "x": 300, "y": 0 } } },
    ] });
    let given = json!({ "name": "greet.json", "text": blueprint.to_string() });
    let result = ok(site.api("POST", "/import").json(&given)).await;
    let one = &result["scenarios"][0];
    assert_eq!((&one["id"], &one["kind"]), (&json!("greet"), &json!("make")));
    assert!(one["text"].as_str().unwrap().contains("respond: { text: \"Hello {{ trigger.data?.name }}\" }"), "{one:#}");
    assert_eq!(one["report"]["modules"], json!({ "total": 3, "executable": 2, "todo": 1 }));
    assert_eq!(
        one["positions"],
        json!([{ "step": "steps/0", "x": 150.0, "y": 0.0 }, { "step": "knows", "x": 300.0, "y": 0.0 }])
    );
    assert_eq!(site.get("/scenarios").await, json!({ "items": [] }));
}

#[tokio::test]
async fn what_is_no_file_of_theirs_is_refused() {
    let site = Site::start().await;
    for text in ["{\"flow\":", "{}", "[]", "5"] {
        refused(site.api("POST", "/import").json(&json!({ "text": text })), 422, "invalid_import").await;
    }
    for text in ["[".repeat(300_000), format!("[{}0]", "{},".repeat(1_100_000)), "\u{feff}PK".to_owned()] {
        refused(site.api("POST", "/import").json(&json!({ "text": text })), 422, "invalid_import").await;
    }
    refused(site.api("POST", "/import").json(&json!({})), 400, "bad_request").await;
}

#[tokio::test]
async fn a_file_is_fetched_from_where_it_lies() {
    let site = Site::start().await;
    let result = ok(site.api("POST", "/import").json(&json!({ "url": BLUEPRINT }))).await;
    assert_eq!(result["scenarios"][0]["id"], "greet");
    let nowhere = json!({ "url": "https://example.com/nothing" });
    refused(site.api("POST", "/import").json(&nowhere), 422, "invalid_import").await;
    let both = json!({ "url": BLUEPRINT, "text": "{}" });
    refused(site.api("POST", "/import").json(&both), 400, "bad_request").await;
}
