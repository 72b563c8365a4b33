//! What holds for every address.

use crate::site::{HELLO, Site, TOKEN, editor, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Every operation of the API, with something for its parameters.
fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(server::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let guarded = item.as_object().unwrap().iter().filter(|(_, operation)| operation["security"] != json!([{}]));
        for (method, _) in guarded {
            operations.push((method.to_uppercase(), path.replace("{id}", "hello")));
        }
    }
    assert!(operations.len() > 10);
    operations
}

#[tokio::test]
async fn every_operation_needs_someone_known() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let other = [("POST", "/logout"), ("GET", "/api"), ("GET", "/api/v1/unknown"), ("GET", "/%61pi/v1/%73cenarios")];
    let other = other.map(|(method, path)| (method.to_owned(), path.to_owned()));
    for (method, path) in operations().into_iter().chain(other) {
        let credentials: [&[(&str, &str)]; 5] = [
            &[],
            &[("authorization", "Bearer wrong")],
            &[("authorization", "Basic Y29ycmVjdA==")],
            &[("authorization", TOKEN)],
            &[("cookie", "hookmill=1; hookmill-80=2")],
        ];
        for given in credentials {
            let request =
                given.iter().fold(site.request(&method, &path), |request, (name, value)| request.header(*name, *value));
            let answer = request.json(&json!({ "id": "new", "text": HELLO })).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path} {given:?}");
            assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"hookmill\"");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
    }
    assert_eq!(site.shelf.drop_in("hello", HELLO).id.as_str(), "hello");
    assert_eq!(site.get("/scenarios").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_public_is_on_this_list() {
    let site = Site::start_with(editor(), "http").await;
    site.app.set_ready();
    for (method, path, status) in [
        ("GET", "/", 200),
        ("GET", "/assets/index-1a2b3c4d.js", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/login", 200),
        ("GET", "/login/wrong", 401),
        ("POST", "/login", 400),
        ("GET", "/api/v1/setup", 200),
        ("POST", "/api/v1/setup", 415),
        ("GET", "/resume/wrong", 404),
    ] {
        let answer = site.request(method, path).header("content-type", "application/x-www-form-urlencoded");
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        assert!(!answer.headers().contains_key("www-authenticate"), "{method} {path}");
    }
}

#[tokio::test]
async fn a6_a_session_changes_something_only_for_our_own_pages() {
    let site = Site::start().await;
    let session = site.log_in().await;
    let disable = || {
        site.shelf.drop_in("hello", HELLO);
        site.request("POST", "/api/v1/scenarios/hello/disable").header("cookie", &session)
    };
    refused(disable(), 403, "cross_site").await;
    for site_said in ["cross-site", "same-site", "none"] {
        refused(disable().header("sec-fetch-site", site_said), 403, "cross_site").await;
    }
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        refused(disable().header("origin", origin), 403, "cross_site").await;
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", &site.base)] {
        assert_eq!(disable().header(name, value).send().await.unwrap().status(), StatusCode::OK, "{name}");
    }
    let logout = site.request("POST", "/logout").header("cookie", &session).header("sec-fetch-site", "cross-site");
    refused(logout, 403, "cross_site").await;
}

#[tokio::test]
async fn a6_what_a_form_can_send_is_not_taken_for_json() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        for (method, path) in
            [("POST", "/scenarios"), ("POST", "/check"), ("PUT", "/scenarios/hello"), ("POST", "/scenarios/hello/run")]
        {
            let body = json!({ "id": "new", "text": HELLO }).to_string();
            let request = site.api(method, path).header("content-type", media_type).body(body);
            refused(request, 415, "unsupported_media_type").await;
        }
    }
}

#[tokio::test]
async fn a6_no_other_site_logs_anyone_in() {
    let site = Site::start().await;
    let login = || site.request("POST", "/login").form(&[("token", TOKEN)]);
    refused(login().header("origin", "https://evil.example"), 403, "cross_site").await;
    refused(login().header("sec-fetch-site", "cross-site"), 403, "cross_site").await;
    let ours = login().header("origin", &site.base).send().await.unwrap();
    assert_eq!(ours.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a7_no_other_origin_is_let_in() {
    let site = Site::start().await;
    for origin in ["https://evil.example", "null", &site.base] {
        let asked = site.request("OPTIONS", "/api/v1/scenarios").header("origin", origin);
        let asked = asked.header("access-control-request-method", "GET").send().await.unwrap();
        let read = site.api("GET", "/scenarios").header("origin", origin).send().await.unwrap();
        for answer in [asked, read] {
            let allowed = answer.headers().keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(allowed, None, "{origin}");
        }
    }
}

#[tokio::test]
async fn a8_every_answer_has_headers_that_bind_the_browser() {
    let site = Site::start_with(editor(), "http").await;
    let addresses = ["/", "/healthz", "/login", "/api/v1/scenarios", "/api/v1/nothing", "/nothing", "/assets/nothing"];
    for path in addresses {
        for request in [site.request("GET", path), site.request("GET", path).bearer_auth(TOKEN)] {
            let answer = request.send().await.unwrap();
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            let policy = header("content-security-policy");
            for part in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        }
    }
}

#[tokio::test]
async fn a10_the_token_is_taken_from_the_header_alone() {
    let site = Site::start().await;
    for query in ["token", "access_token", "api_key"] {
        let request = site.request("GET", "/api/v1/scenarios").query(&[(query, TOKEN)]);
        refused(request, 401, "unauthorized").await;
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = site.request("GET", "/api/v1/scenarios").header("authorization", format!("{scheme} {TOKEN}"));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{scheme}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_not_made_good_by_a_session() {
    let site = Site::start().await;
    let session = site.log_in().await;
    let request = site.request("GET", "/api/v1/scenarios").header("cookie", session).bearer_auth("wrong");
    refused(request, 401, "unauthorized").await;
}
