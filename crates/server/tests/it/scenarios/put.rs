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

#[tokio::test]
async fn what_builds_upon_a_scenario_that_is_gone_does_not_make_it_anew() {
    let site = Site::start().await;
    let version = site.shelf.drop_in("hello", HELLO).version;
    ok_deleted(&site).await;
    let put = || site.api("PUT", "/scenarios/hello");
    let given = json!({ "text": HELLO, "version": &*version.0 });
    refused(put().json(&given), 404, "not_found").await;
    for tag in ["*", &format!("\"{}\"", version.0)] {
        let request = put().header("content-type", "application/yaml").header("if-match", tag).body(HELLO);
        refused(request, 412, "changed").await;
    }
    refused(site.api("GET", "/scenarios/hello"), 404, "not_found").await;
}

async fn ok_deleted(site: &Site) {
    let answer = site.api("DELETE", "/scenarios/hello").send().await.unwrap();
    assert_eq!(answer.status(), 204);
}
