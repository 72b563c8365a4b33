//! `PUT /api/v1/scenarios/{id}`

use crate::site::{HELLO, Site, ok, refused};
use serde_json::json;

#[tokio::test]
async fn a_text_is_changed_by_json() {
    let site = Site::start().await;
    let version = site.shelf.drop_in("hello", HELLO).version;
    let text = HELLO.replace("Says", "Shouts");
    let put = || site.api("PUT", "/scenarios/hello").json(&json!({ "text": text, "version": &*version.0 }));
    let scenario = ok(put()).await;
    assert_eq!(scenario["text"], text);
    assert_ne!(scenario["version"], *version.0);
    refused(put(), 409, "changed").await;
    ok(site.api("PUT", "/scenarios/hello").json(&json!({ "text": HELLO }))).await;
}

#[tokio::test]
async fn a_text_is_changed_by_yaml() {
    let site = Site::start().await;
    let version = site.shelf.drop_in("hello", HELLO).version;
    let tag = format!("\"{}\"", version.0);
    let put = |text: &str| {
        let request = site.api("PUT", "/scenarios/hello").header("content-type", "application/yaml; charset=utf-8");
        request.body(text.to_owned())
    };
    let text = HELLO.replace("Says", "Shouts");
    assert_eq!(ok(put(&text).header("if-match", &tag)).await["text"], text);
    refused(put(HELLO).header("if-match", &tag), 412, "changed").await;
    for malformed in ["abc", "\"a\", \"b\"", "W/\"a\"", "\""] {
        refused(put(HELLO).header("if-match", malformed), 400, "bad_request").await;
    }
    ok(put(HELLO).header("if-match", "*")).await;
    ok(put(&text)).await;
}

#[tokio::test]
async fn a_text_with_errors_is_not_taken() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let request = site.api("PUT", "/scenarios/hello").json(&json!({ "text": "name: [" }));
    let problem = refused(request, 422, "invalid_scenario").await;
    assert!(problem["diagnostics"][0]["place"]["line"].is_number());
    assert_eq!(site.get("/scenarios/hello").await["text"], HELLO);
}
