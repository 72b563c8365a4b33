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

/// A site with a connection that somebody authorizes, and where they are sent.
async fn asked(site: &Site, session: &str) -> (String, String) {
    let given = json!({ "type": "bearer", "fields": { "authorize": "https://login.example.com/authorize" } });
    site.api("PUT", "/connections/crm").json(&given).send().await.unwrap();
    let asking = site.request("POST", "/api/v1/connections/crm/authorize").header("cookie", session);
    let begun = ok(asking.header("sec-fetch-site", "same-origin")).await;
    assert_eq!(begun["redirect_uri"], format!("{}/oauth/callback", site.base));
    let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let pairs: std::collections::HashMap<String, String> = url.query_pairs().into_owned().collect();
    (pairs["redirect_uri"].clone(), pairs["state"].clone())
}

#[tokio::test]
async fn someone_comes_back_once_in_the_same_browser() {
    let site = Site::start().await;
    let (session, other) = (site.log_in().await, site.log_in().await);
    assert_eq!(site.get("/connections").await["redirect_uri"], format!("{}/oauth/callback", site.base));
    let (back, state) = asked(&site, &session).await;
    let come = async |query: &[(&str, &str)], session: &str, status: u16, said: &str| {
        let answer = site.client.get(&back).query(query).header("cookie", session).send().await.unwrap();
        assert_eq!(answer.status(), status, "{query:?}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && answer.headers()["referrer-policy"] == "no-referrer");
        let text = answer.text().await.unwrap();
        assert!(text.contains(said) && text.matches("<script>").count() == 1, "{text}");
    };
    come(&[("code", "good"), ("state", "guessed")], &session, 400, "begin again").await;
    come(&[("code", "good"), ("state", &state)], &other, 403, "another browser").await;
    // Whoever brought it to the wrong place has used it up.
    come(&[("code", "good"), ("state", &state)], &session, 400, "begin again").await;
    let (_, state) = asked(&site, &session).await;
    come(&[("code", "good"), ("state", &state)], "", 403, "another browser").await;
    let (_, state) = asked(&site, &session).await;
    assert_eq!(site.get("/connections").await["items"][0]["authorized"], false);
    come(&[("code", "good"), ("state", &state)], &session, 200, "data-ok=\"true\"").await;
    assert_eq!(site.get("/connections").await["items"][0]["authorized"], true);
    come(&[("code", "good"), ("state", &state)], &session, 400, "begin again").await;
}

#[tokio::test]
async fn what_the_provider_says_is_shown_as_text() {
    let site = Site::start().await;
    let session = site.log_in().await;
    for (query, said) in [
        (vec![("error", "access_denied"), ("error_description", "<img src=x>")], "access_denied: &lt;img src=x&gt;"),
        (vec![("code", "bad")], "invalid_grant &lt;script&gt;"),
        (vec![], "holds no code"),
    ] {
        let (back, state) = asked(&site, &session).await;
        let request = site.client.get(&back).query(&query).query(&[("state", &state)]);
        let answer = request.header("cookie", &session).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let text = answer.text().await.unwrap();
        assert!(text.contains(said) && text.contains("data-ok=\"false\""), "{text}");
    }
}

#[tokio::test]
async fn only_what_somebody_authorizes_is_begun() {
    let site = Site::start().await;
    let given = json!({ "type": "bearer", "fields": { "token": "t" } });
    site.api("PUT", "/connections/shop").json(&given).send().await.unwrap();
    refused(site.api("POST", "/connections/shop/authorize"), 409, "not_authorizable").await;
    refused(site.api("POST", "/connections/nothing/authorize"), 404, "not_found").await;
    let answer = site.request("POST", "/api/v1/connections/shop/authorize").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
