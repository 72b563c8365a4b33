//! `/api/v1/session`

use crate::site::{Site, TOKEN, answer, ok, refused};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// Passwords that are long enough.
const OLD: &str = "correct horse battery";
const NEW: &str = "another horse battery";

async fn cookie(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn by_password(site: &Site, password: &str) -> String {
    cookie(site.request("POST", "/login").form(&[("name", "Ada"), ("password", password)])).await
}

async fn set_up(site: &Site) {
    let given = json!({ "name": "Ada", "password": OLD });
    answer(site.api("POST", "/setup").json(&given), StatusCode::CREATED).await;
}

fn change(site: &Site, session: &str, body: &Value) -> RequestBuilder {
    let request = site.request("PUT", "/api/v1/session/password").header("cookie", session);
    request.header("sec-fetch-site", "same-origin").json(body)
}

#[tokio::test]
async fn it_says_who_is_asking_and_how_they_came_in() {
    let site = Site::start().await;
    assert_eq!(ok(site.api("GET", "/session")).await, json!({ "user": "admin", "via": "token" }));
    let link = site.log_in().await;
    let token = cookie(site.request("POST", "/login").form(&[("token", TOKEN)])).await;
    for (session, via) in [(&link, "link"), (&token, "token")] {
        let who = ok(site.request("GET", "/api/v1/session").header("cookie", session)).await;
        assert_eq!(who, json!({ "user": "admin", "via": via }));
    }
}

#[tokio::test]
async fn a4_a_new_password_ends_all_other_sessions() {
    let site = Site::start().await;
    refused(site.api("PUT", "/session/password").json(&json!({ "password": NEW })), 409, "not_set_up").await;
    set_up(&site).await;
    let (here, elsewhere) = (by_password(&site, OLD).await, by_password(&site, OLD).await);
    let wrong = json!({ "current": "wrong", "password": NEW });
    refused(change(&site, &here, &wrong), 403, "wrong_password").await;
    refused(change(&site, &here, &json!({ "password": NEW })), 403, "wrong_password").await;
    refused(change(&site, &here, &json!({ "current": OLD, "password": "short" })), 422, "unfit").await;
    let right = json!({ "current": OLD, "password": NEW });
    assert_eq!(change(&site, &here, &right).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    ok(site.request("GET", "/api/v1/session").header("cookie", &here)).await;
    refused(site.request("GET", "/api/v1/session").header("cookie", &elsewhere), 401, "unauthorized").await;
    let old = site.request("POST", "/login").form(&[("name", "Ada"), ("password", OLD)]);
    assert_eq!(old.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    by_password(&site, NEW).await;
}

#[tokio::test]
async fn who_opened_the_printed_link_replaces_a_forgotten_password() {
    let site = Site::start().await;
    set_up(&site).await;
    let session = site.log_in().await;
    let answer = change(&site, &session, &json!({ "password": NEW })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    by_password(&site, NEW).await;
}
