//! `GET /api/v1/scenarios/{id}/versions`

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
    let item = |version: &str, current: bool| -> Value { json!({ "version": version, "current": current }) };
    assert!(items.contains(&item(&old.0, false)) && items.contains(&item(&new.0, true)), "{versions}");
    refused(site.api("GET", "/scenarios/other/versions"), 404, "not_found").await;
}
