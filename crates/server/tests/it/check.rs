//! `POST /api/v1/check`

use crate::site::{HELLO, Site, ok, refused};
use serde_json::json;

#[tokio::test]
async fn a_good_text_has_no_findings() {
    let site = Site::start().await;
    let result = ok(site.api("POST", "/check").json(&json!({ "text": HELLO }))).await;
    assert_eq!(result, json!({ "diagnostics": [] }));
    assert_eq!(site.get("/scenarios").await, json!({ "items": [] }));
}

#[tokio::test]
async fn findings_have_code_place_and_words() {
    let site = Site::start().await;
    let text = HELLO.replace("respond:", "respnd:");
    let result = ok(site.api("POST", "/check").json(&json!({ "text": text }))).await;
    let finding = &result["diagnostics"][0];
    assert!(finding["code"].as_str().unwrap().starts_with('E'), "{result}");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["place"]["line"], 11, "{result}");
    assert!(finding["message"].as_str().unwrap().contains("respnd"), "{result}");
    let edit = json!({ "start": { "line": 11, "column": 5 }, "end": { "line": 11, "column": 11 }, "text": "respond" });
    assert_eq!(finding["fix"]["edits"], json!([edit]), "{result}");
}

#[tokio::test]
async fn a_body_without_a_text_is_refused() {
    let site = Site::start().await;
    refused(site.api("POST", "/check").json(&json!({})), 400, "bad_request").await;
}
