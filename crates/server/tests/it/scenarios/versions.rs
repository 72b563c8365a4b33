//! `GET /api/v1/scenarios/{id}/versions` and `…/versions/{version}`

use crate::site::{HELLO, Site, refused};
use serde_json::{Value, json};

#[tokio::test]
async fn every_version_that_took_runs_is_listed() {
    let site = Site::start().await;
    let old = site.shelf.drop_in("hello", HELLO).version;
    let new = site.shelf.drop_in("hello", &HELLO.replace("Says", "Shouts")).version;
    site.shelf.drop_in("hello-2", HELLO);
    let versions = site.get("/scenarios/hello/versions").await;
    let items = versions["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{versions}");
    for (version, current) in [(&old, false), (&new, true)] {
        let item = items.iter().find(|item| item["version"] == *version.0).unwrap();
        assert_eq!((&item["current"], &item["trial"]), (&json!(current), &json!(false)), "{versions}");
        assert!(item["created"].as_i64() > Some(0), "{versions}");
    }
    refused(site.api("GET", "/scenarios/other/versions"), 404, "not_found").await;
}

#[tokio::test]
async fn a_version_has_its_text() {
    let site = Site::start().await;
    let old = site.shelf.drop_in("hello", HELLO).version;
    site.shelf.drop_in("hello", &HELLO.replace("Says", "Shouts"));
    let version: Value = site.get(&format!("/scenarios/hello/versions/{}", old.0)).await;
    assert_eq!(version, json!({ "version": *old.0, "text": HELLO }));
    refused(site.api("GET", "/scenarios/hello/versions/0"), 404, "no_version").await;
}
