//! `/api/v1/setup`: the one administrator.

use crate::site::{Site, answer, ok, refused};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;

/// A password that is long enough.
const PASSWORD: &str = "correct horse battery";

fn set_up(site: &Site, code: &str) -> RequestBuilder {
    site.request("POST", "/api/v1/setup").json(&json!({ "code": code, "name": "Ada", "password": PASSWORD }))
}

fn log_in(site: &Site, name: &str, password: &str) -> RequestBuilder {
    site.request("POST", "/login").form(&[("name", name), ("password", password)])
}

#[tokio::test]
async fn a12_the_printed_code_makes_the_one_administrator() {
    let site = Site::start().await;
    assert_eq!(ok(site.request("GET", "/api/v1/setup")).await, json!({ "done": false }));
    for wrong in ["", "wrong"] {
        refused(set_up(&site, wrong), 401, "wrong_code").await;
    }
    let code = site.app.new_login_code();
    let made = set_up(&site, &code).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let session = made.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let who = ok(site.request("GET", "/api/v1/session").header("cookie", &session)).await;
    assert_eq!(who, json!({ "user": "Ada", "via": "password" }));
    assert_eq!(ok(site.request("GET", "/api/v1/setup")).await, json!({ "done": true }));
    refused(set_up(&site, &site.app.new_login_code()), 409, "already_set_up").await;
    let used = site.request("GET", &format!("/login/{code}")).send().await.unwrap();
    assert_eq!(used.status(), StatusCode::UNAUTHORIZED, "the code is used up");
    for (name, password, status) in [
        ("Ada", PASSWORD, StatusCode::SEE_OTHER),
        ("Ada", "wrong", StatusCode::UNAUTHORIZED),
        ("Eve", PASSWORD, StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(log_in(&site, name, password).send().await.unwrap().status(), status, "{name} {password}");
    }
}

#[tokio::test]
async fn a12_of_two_set_ups_at_once_one_wins() {
    let site = Site::start().await;
    let codes = [site.app.new_login_code(), site.app.new_login_code()];
    let (one, other) = tokio::join!(set_up(&site, &codes[0]).send(), set_up(&site, &codes[1]).send());
    let mut statuses = [one.unwrap().status().as_u16(), other.unwrap().status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn who_is_logged_in_by_the_link_needs_no_code() {
    let site = Site::start().await;
    let session = site.log_in().await;
    let ours = set_up(&site, "").header("cookie", &session).header("sec-fetch-site", "same-origin");
    answer(ours, StatusCode::CREATED).await;
    refused(site.request("GET", "/api/v1/session").header("cookie", &session), 401, "unauthorized").await;
}

#[tokio::test]
async fn a6_no_other_site_sets_anything_up() {
    let site = Site::start().await;
    let code = site.app.new_login_code();
    refused(set_up(&site, &code).header("origin", "https://evil.example"), 401, "unauthorized").await;
    refused(set_up(&site, &code).header("sec-fetch-site", "cross-site"), 401, "unauthorized").await;
    answer(set_up(&site, &code).header("origin", &site.base), StatusCode::CREATED).await;
}

#[tokio::test]
async fn a3_a_short_password_is_refused_and_uses_no_code_up() {
    let site = Site::start().await;
    let code = site.app.new_login_code();
    for (name, password) in [("Ada", "elevenchars"), ("", PASSWORD), (PASSWORD, PASSWORD)] {
        let given = json!({ "code": code, "name": name, "password": password });
        refused(site.request("POST", "/api/v1/setup").json(&given), 422, "unfit").await;
    }
    answer(set_up(&site, &code), StatusCode::CREATED).await;
}

#[tokio::test]
async fn a5_codes_and_passwords_cannot_be_tried_for_long() {
    let site = Site::start().await;
    for _ in 0..5 {
        refused(set_up(&site, "wrong"), 401, "wrong_code").await;
        assert_eq!(log_in(&site, "Ada", "wrong").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    refused(set_up(&site, &site.app.new_login_code()), 429, "too_many_tries").await;
    refused(log_in(&site, "Ada", PASSWORD), 429, "too_many_tries").await;
    assert_eq!(ok(site.api("GET", "/session")).await["via"], "token", "who is known is not locked out");
}
