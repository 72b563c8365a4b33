//! `GET /api/v1/scenarios`

use crate::site::{HELLO, PICKY, Site, ok};
use serde_json::json;

#[tokio::test]
async fn scenarios_are_listed_by_id_with_what_starts_them() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let hello = site.shelf.drop_in("hello", HELLO);
    let list = site.get("/scenarios").await;
    assert_eq!(list["items"][1]["id"], "picky");
    assert_eq!(list["items"][1]["triggers"], json!([{ "kind": "manual" }]));
    assert_eq!(
        list["items"][0],
        json!({
            "id": "hello",
            "name": "Hello",
            "description": "Says hello.",
            "enabled": true,
            "version": &*hello.version.0,
            "source": "hello.yaml",
            "diagnostics": [],
            "triggers": [{
                "kind": "webhook",
                "path": "hello",
                "url": format!("{}/hook/hello", site.base),
                "methods": ["POST"],
            }],
            "last_run": null,
        })
    );
}

#[tokio::test]
async fn schedules_say_when_they_are_due() {
    let site = Site::start().await;
    site.shelf.drop_in("nightly", "trigger:\n  schedule: { every: 5m }\nsteps:\n  - set: { a: 1 }\n");
    let list = site.get("/scenarios").await;
    assert_eq!(list["items"][0]["triggers"], json!([{ "kind": "schedule", "next": "2001-09-09T01:46:40Z" }]));
    assert_eq!(list["items"][0]["name"], "nightly");
}

#[tokio::test]
async fn the_last_run_is_shown() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    ok(site.api("POST", "/scenarios/hello/run")).await;
    let second = ok(site.api("POST", "/scenarios/hello/run")).await;
    let last = &site.get("/scenarios").await["items"][0]["last_run"];
    assert_eq!(last["id"], second["run"]);
    assert_eq!(last["status"], "succeeded");
    assert!(last["at"].as_i64().unwrap() > 1_700_000_000_000);
}
