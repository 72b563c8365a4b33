//! `GET|PUT /api/v1/scenarios/{id}/layout`

use crate::site::{HELLO, Site, ok, refused};
use serde_json::json;

#[tokio::test]
async fn a_layout_is_kept_and_empty_before() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    assert_eq!(site.get("/scenarios/hello/layout").await, json!({ "positions": {}, "notes": [] }));
    let layout = json!({
        "positions": { "steps/0": { "x": 190.0, "y": -75.5 } },
        "notes": [{ "x": 0.0, "y": 1.0, "text": "ask Mia" }],
    });
    assert_eq!(ok(site.api("PUT", "/scenarios/hello/layout").json(&layout)).await, layout);
    assert_eq!(site.get("/scenarios/hello/layout").await, layout);
}

#[tokio::test]
async fn what_is_no_layout_is_refused() {
    let site = Site::start().await;
    let wrong = json!({ "positions": { "steps/0": { "x": "here" } } });
    refused(site.api("PUT", "/scenarios/hello/layout").json(&wrong), 400, "bad_request").await;
    let long = json!({ "notes": [{ "x": 0, "y": 0, "text": "x".repeat(20_000) }] });
    refused(site.api("PUT", "/scenarios/hello/layout").json(&long), 413, "too_large").await;
}
