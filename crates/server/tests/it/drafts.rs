//! `GET /api/v1/drafts`

use crate::site::{Site, ok};
use serde_json::json;

#[tokio::test]
async fn all_drafts_are_listed_without_their_texts() {
    let site = Site::start().await;
    assert_eq!(site.get("/drafts").await, json!({ "items": [] }));
    for id in ["b", "a"] {
        ok(site.api("PUT", &format!("/scenarios/{id}/draft")).json(&json!({ "text": id, "basis": "1" }))).await;
    }
    let drafts = site.get("/drafts").await;
    let names: Vec<_> = drafts["items"].as_array().unwrap().iter().map(|item| item["scenario"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!((&drafts["items"][0]["basis"], drafts["items"][0].get("text")), (&json!("1"), None));
}
