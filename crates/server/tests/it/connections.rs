//! `/api/v1/connections`; how they are kept and tested is the binary's, whose tests are in `hookmill`.

use crate::drawer::OF_FILE;
use crate::site::{Site, ok, refused};
use reqwest::StatusCode;
use serde_json::json;

/// A scenario that names a connection.
const CALLS: &str = "\
name: Calls
trigger:
  manual: {}
steps:
  - parcel.send: { to: Example Street 1, connection: shop }
";

#[tokio::test]
async fn one_is_made_tested_and_deleted() {
    let site = Site::start().await;
    site.shelf.drop_in("calls", CALLS);
    let given = json!({ "type": "bearer", "fields": { "base": "https://shop.example.com" } });
    let put = site.api("PUT", "/connections/shop").json(&given).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::NO_CONTENT);
    let listed = site.get("/connections").await;
    let item = &listed["items"][0];
    assert_eq!((&item["name"], &item["type"], &item["source"]), (&json!("shop"), &json!("bearer"), &json!("editor")));
    assert_eq!((&item["state"], &item["used_by"]), (&json!("ok"), &json!(["calls"])));
    assert_eq!(listed["types"][0]["fields"][0]["i18n"]["zh-TW"]["title"], "權杖");
    let tested = ok(site.api("POST", "/connections/shop/test")).await;
    assert_eq!((&tested["ok"], &tested["message"]), (&json!(true), &json!("it answers")));
    assert!(tested["took_ms"].is_u64());
    let deleted = site.api("DELETE", "/connections/shop").send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    refused(site.api("DELETE", "/connections/shop"), 404, "not_found").await;
    refused(site.api("POST", "/connections/shop/test"), 404, "not_found").await;
}

#[tokio::test]
async fn settings_are_tried_without_being_kept() {
    let site = Site::start().await;
    let trial = json!({ "type": "bearer", "fields": {} });
    let verdict = ok(site.api("POST", "/connections/test").json(&trial)).await;
    assert_eq!((&verdict["ok"], &verdict["hint"]), (&json!(false), &json!("give it a token")));
    assert_eq!(site.get("/connections").await["items"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let site = Site::start().await;
    let given = json!({ "type": "beaver", "fields": {} });
    let problem = refused(site.api("PUT", "/connections/shop").json(&given), 422, "invalid_connection").await;
    assert_eq!(problem["reasons"], json!([{ "path": "/fields/type", "message": "there is no such type" }]));
    let path = format!("/connections/{OF_FILE}");
    refused(site.api("PUT", &path).json(&json!({ "type": "bearer", "fields": {} })), 409, "in_file").await;
    refused(site.api("DELETE", &path), 409, "in_file").await;
}
