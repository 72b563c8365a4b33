//! `/api/v1/tokens`

use crate::site::{Site, answer, ok, problem, refused};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a10_a_token_is_shown_once_and_good_until_it_is_deleted() {
    let site = Site::start().await;
    let made = answer(site.api("POST", "/tokens").json(&json!({ "name": "ci" })), StatusCode::CREATED).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let with = || site.request("GET", "/api/v1/session").bearer_auth(token);
    assert_eq!(ok(with()).await, json!({ "user": "token:ci", "via": "token" }));
    let listed = site.get("/tokens").await;
    assert_eq!(listed["items"][0]["name"], "ci");
    assert_eq!(listed["items"][0]["id"], id);
    assert!(listed["items"][0]["last_used"].as_i64() >= listed["items"][0]["created"].as_i64());
    assert!(!listed.to_string().contains(token.trim_start_matches("hookmill_")));
    let deleted = site.api("DELETE", &format!("/tokens/{id}")).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    refused(with(), 401, "unauthorized").await;
    problem(site.api("DELETE", &format!("/tokens/{id}")).send().await.unwrap(), 404, "not_found").await;
    assert_eq!(site.get("/tokens").await, json!({ "items": [] }));
}

#[tokio::test]
async fn a_token_needs_a_name() {
    let site = Site::start().await;
    refused(site.api("POST", "/tokens").json(&json!({ "name": " " })), 422, "unfit").await;
}

#[tokio::test]
async fn a10_a_token_that_was_made_opens_no_session() {
    let site = Site::start().await;
    let made = answer(site.api("POST", "/tokens").json(&json!({ "name": "ci" })), StatusCode::CREATED).await;
    let login = site.request("POST", "/login").form(&[("token", made["token"].as_str().unwrap())]);
    assert_eq!(login.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
