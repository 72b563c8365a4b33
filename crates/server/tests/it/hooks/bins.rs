//! `/api/v1/hooks`

use super::{captured, requests};
use crate::site::{HELLO, Site, answer, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{Captured, Verdict};

async fn hooks(site: &Site) -> Vec<Value> {
    site.get("/hooks").await["hooks"].as_array().unwrap().clone()
}

#[tokio::test]
async fn webhooks_of_scenarios_and_bins_are_listed() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let made = answer(site.api("POST", "/hooks").json(&json!({ "path": "/probe/{any}" })), StatusCode::CREATED).await;
    assert_eq!((&made["path"], &made["bin"]), (&json!("probe/{any}"), &json!(true)));
    assert_eq!(made["url"], format!("{}/hook/probe/{{any}}", site.base));
    let listed = hooks(&site).await;
    let paths: Vec<&str> = listed.iter().map(|hook| hook["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["hello", "probe/{any}"]);
    assert_eq!((&listed[0]["scenario"], &listed[0]["trigger"]), (&json!("hello"), &json!(0)));
    assert_eq!((&listed[0]["methods"], &listed[0]["enabled"]), (&json!(["POST"]), &json!(true)));
    assert_eq!((&listed[0]["verify"], &listed[0]["open"]), (&Value::Null, &json!(false)));
    assert_eq!(listed[0]["requests"], json!({ "total": 0, "refused": 0, "last": null }));
    let refused = Verdict::Refused { code: "gone", detail: "", diagnosis: None };
    site.inspector.record(&captured("hello", "/hook/hello", b"{}"));
    site.inspector.record(&Captured { verdict: refused, at: 5, ..captured("hello", "/hook/hello", b"{}") });
    site.inspector.record(&captured("gone-by-now", "/hook/gone-by-now", b"{}"));
    requests(&site, "gone-by-now", 1).await;
    let listed = hooks(&site).await;
    assert_eq!(listed[0]["requests"], json!({ "total": 2, "refused": 1, "last": 5 }));
    assert_eq!((&listed[2]["path"], &listed[2]["scenario"]), (&json!("gone-by-now"), &Value::Null));
}

#[tokio::test]
async fn a_bin_comes_and_goes() {
    let site = Site::start().await;
    let made = answer(site.api("POST", "/hooks").json(&json!({})), StatusCode::CREATED).await;
    let path = made["path"].as_str().unwrap().to_owned();
    assert_eq!(path.len(), 32, "{path} says 160 bits");
    assert_eq!(site.inspector.bin(&path).as_deref(), Some(path.as_str()));
    let kept = Captured { verdict: Verdict::Kept, ..captured(&path, "/hook/x", b"{}") };
    let id = site.inspector.record_durably(&kept).unwrap().await.unwrap();
    // It is on disk, so it is there at once.
    let whole = site.get(&format!("/hooks/{path}/requests/{id}")).await;
    assert_eq!(whole["verdict"], "kept");
    let gone = site.api("DELETE", &format!("/hooks/{path}")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(site.inspector.bin(&path), None);
    assert_eq!(hooks(&site).await, Vec::<Value>::new());
    refused(site.api("DELETE", &format!("/hooks/{path}")), 404, "not_found").await;
}

#[tokio::test]
async fn a_path_that_is_taken_or_none_is_refused() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    refused(site.api("POST", "/hooks").json(&json!({ "path": "hello" })), 409, "exists").await;
    for path in ["", "a//b", "a/{", "../x y", "..", "a/./b", "x y", "a?b", "{a}/{a}", "ü"] {
        refused(site.api("POST", "/hooks").json(&json!({ "path": path })), 422, "invalid_path").await;
    }
    answer(site.api("POST", "/hooks").json(&json!({ "path": "a" })), StatusCode::CREATED).await;
    refused(site.api("POST", "/hooks").json(&json!({ "path": "a/" })), 409, "exists").await;
    refused(site.api("DELETE", "/hooks/hello"), 404, "not_found").await;
}
