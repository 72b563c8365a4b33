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

#[tokio::test]
async fn the_picture_of_a_draft_goes_with_it_unless_there_is_a_scenario() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let layout = json!({ "positions": { "steps/0": { "x": 190.0, "y": 0.0 } }, "notes": [] });
    for (id, left) in [("hello", &layout), ("begun", &json!({ "positions": {}, "notes": [] }))] {
        let draft = json!({ "text": "steps: []\n", "basis": null, "revision": 0 });
        ok(site.api("PUT", &format!("/scenarios/{id}/draft")).json(&draft)).await;
        ok(site.api("PUT", &format!("/scenarios/{id}/layout")).json(&layout)).await;
        let gone = site.api("DELETE", &format!("/scenarios/{id}/draft")).send().await.unwrap();
        assert_eq!(gone.status(), 204);
        assert_eq!(&site.get(&format!("/scenarios/{id}/layout")).await, left, "{id}");
    }
}
