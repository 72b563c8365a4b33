//! `POST /api/v1/scenarios`

use crate::site::{HELLO, Site, refused};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_new_scenario_is_kept() {
    let site = Site::start().await;
    let answer = site.api("POST", "/scenarios").json(&json!({ "id": "hello", "text": HELLO })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["location"], "/api/v1/scenarios/hello");
    assert_eq!(site.get("/scenarios/hello").await["text"], HELLO);
}

#[tokio::test]
async fn a_scenario_that_exists_is_not_overwritten() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let text = HELLO.replace("Says", "Shouts");
    refused(site.api("POST", "/scenarios").json(&json!({ "id": "hello", "text": text })), 409, "exists").await;
    assert_eq!(site.get("/scenarios/hello").await["text"], HELLO);
}

#[tokio::test]
async fn a_text_with_errors_is_not_taken() {
    let site = Site::start().await;
    let given = json!({ "id": "hello", "text": "name: [" });
    let problem = refused(site.api("POST", "/scenarios").json(&given), 422, "invalid_scenario").await;
    assert_eq!(problem["diagnostics"][0]["severity"], "error");
    refused(site.api("GET", "/scenarios/hello"), 404, "not_found").await;
}

#[tokio::test]
async fn a_name_that_is_none_is_not_taken() {
    let site = Site::start().await;
    for id in ["", ".hidden", "../secret", "a/b", "a b"] {
        refused(site.api("POST", "/scenarios").json(&json!({ "id": id, "text": HELLO })), 422, "invalid_id").await;
    }
}
