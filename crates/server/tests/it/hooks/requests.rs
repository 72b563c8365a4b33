//! `/api/v1/hooks/{hook}/requests`

use super::{captured, requests};
use crate::site::{Site, ok, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{Captured, Verdict};

fn ids(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|request| request["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_came_is_listed_and_shown() {
    let site = Site::start().await;
    let diagnosis = json!({ "code": "wrong_secret" });
    let refused =
        Verdict::Refused { code: "unverified", detail: "the signature is wrong", diagnosis: Some(&diagnosis) };
    let body = br#"{"a": 1.0, "password": "x"}"#;
    site.inspector.record(&Captured {
        verdict: refused,
        status: 401,
        event: Some("push"),
        id: Some("d-1"),
        provider: Some("github"),
        ..captured("orders/{id}", "/hook/orders/7?token=abc&page=2", body)
    });
    let listed = requests(&site, "orders%2F%7Bid%7D", 1).await;
    assert_eq!(listed[0]["target"], "/hook/orders/7?token=•••&page=2");
    assert_eq!((&listed[0]["verdict"], &listed[0]["code"]), (&json!("refused"), &json!("unverified")));
    assert_eq!((&listed[0]["length"], &listed[0]["took_us"]), (&json!(body.len()), &json!(250)));
    let id = listed[0]["id"].as_str().unwrap();
    let whole = site.get(&format!("/hooks/orders%2F%7Bid%7D/requests/{id}")).await;
    assert_eq!(whole["headers"], json!([["content-type", "application/json"], ["x-hub-signature-256", "•••"]]));
    assert_eq!(whole["body"], r#"{"a": 1.0, "password": "•••"}"#);
    assert_eq!((&whole["diagnosis"], &whole["detail"]), (&diagnosis, &json!("the signature is wrong")));
    assert_eq!(
        (&whole["event"], &whole["delivery"], &whole["provider"]),
        (&json!("push"), &json!("d-1"), &json!("github"))
    );
    assert_eq!(whole["answer"]["body"], r#"{"accepted":true}"#);
    assert_eq!((&whole["ip"], &whole["at"]), (&json!("203.0.113.9"), &json!(1_700_000_000_000_u64)));
}

#[tokio::test]
async fn pages_verdicts_and_words() {
    let site = Site::start().await;
    for number in 0..10 {
        let body = format!("{{\"number\":\"N{number}\",\"token\":\"hidden\"}}");
        let verdict = if number % 2 == 0 { Verdict::Taken } else { Verdict::Repeat };
        site.inspector.record(&Captured { verdict, ..captured("orders", "/hook/orders", body.as_bytes()) });
    }
    let all = requests(&site, "orders", 10).await;
    let all = ids(&all);
    let page = site.get("/hooks/orders/requests?limit=4").await;
    assert_eq!(ids(page["requests"].as_array().unwrap()), all[..4]);
    let next = page["next"].as_str().unwrap();
    let page = site.get(&format!("/hooks/orders/requests?limit=9&before={next}")).await;
    assert_eq!((ids(page["requests"].as_array().unwrap()), &page["next"]), (all[4..].to_vec(), &Value::Null));
    let page = site.get("/hooks/orders/requests?verdict=repeat").await;
    assert_eq!(ids(page["requests"].as_array().unwrap()), [all[0], all[2], all[4], all[6], all[8]]);
    for (word, expected) in
        [("n7", vec![all[2]]), ("APPLICATION/", all.clone()), ("hidden", vec![]), ("sha256=abc", vec![])]
    {
        let page = site.get(&format!("/hooks/orders/requests?q={word}")).await;
        assert_eq!(ids(page["requests"].as_array().unwrap()), expected, "{word}");
    }
    let page = site.get("/hooks/orders/requests?q=number&limit=3").await;
    assert_eq!((ids(page["requests"].as_array().unwrap()), &page["next"]), (all[..3].to_vec(), &json!(all[2])));
}

#[tokio::test]
async fn a_body_is_a_file_and_never_a_page() {
    let site = Site::start().await;
    let page = b"<script>alert(1)</script>\xff";
    let html: &[(&str, &[u8])] = &[("content-type", b"text/html")];
    site.inspector.record(&Captured { headers: html, ..captured("x", "/hook/x", page) });
    let listed = requests(&site, "x", 1).await;
    let place = format!("/hooks/x/requests/{}", listed[0]["id"].as_str().unwrap());
    let answer = site.api("GET", &format!("{place}/body")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
    assert_eq!(&answer.bytes().await.unwrap()[..], page);
    let whole = site.get(&place).await;
    assert_eq!(whole["encoding"], "base64");
}

#[tokio::test]
async fn a2_no_view_shows_a_credential() {
    let site = Site::start().await;
    let headers: &[(&str, &[u8])] = &[("Cookie", b"s=canary"), ("X-Api-Key", b"canary"), ("content-type", b"a/json")];
    let answer_headers: &[(&str, &[u8])] = &[("set-cookie", b"s=canary")];
    let body = br#"{"client_secret":"canary","deep":[{"Access-Token":{"x":"canary"}}]}"#;
    let target = "/hook/x?api_key=canary&door=canary";
    let secret = ["door".to_owned()];
    let whole = captured("x", target, body);
    site.inspector.record(&Captured { headers, answer_headers, answer: body, secret_params: &secret, ..whole });
    let listed = requests(&site, "x", 1).await;
    let place = format!("/hooks/x/requests/{}", listed[0]["id"].as_str().unwrap());
    for view in ["", "/body"] {
        let shown = site.api("GET", &format!("{place}{view}")).send().await.unwrap().text().await.unwrap();
        assert!(!shown.contains("canary") && shown.contains("client_secret"), "{view}: {shown}");
    }
    assert!(!listed[0].to_string().contains("canary"));
}

#[tokio::test]
async fn forgotten_is_gone() {
    let site = Site::start().await;
    for hook in ["a", "a", "b"] {
        site.inspector.record(&captured(hook, "/hook", b"{}"));
    }
    requests(&site, "b", 1).await;
    let first = requests(&site, "a", 2).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ok(site.api("DELETE", "/hooks/a/requests")).await, json!({ "gone": 2 }));
    refused(site.api("GET", &format!("/hooks/a/requests/{first}")), 404, "not_found").await;
    assert_eq!(requests(&site, "a", 0).await, Vec::<Value>::new());
    assert_eq!(requests(&site, "b", 1).await.len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let site = Site::start().await;
    for id in ["7", "x", "-1", "18446744073709551615", "99999999999999999999", "..%2f.."] {
        refused(site.api("GET", &format!("/hooks/a/requests/{id}")), 404, "not_found").await;
    }
    refused(site.api("GET", "/hooks/a/requests?verdict=odd"), 400, "bad_request").await;
}

#[tokio::test]
async fn a_webhook_that_never_was_is_not_there() {
    let site = Site::start().await;
    site.inspector.record(&captured("gone", "/hook/gone", b"{}"));
    requests(&site, "gone", 1).await;
    for (method, path) in [
        ("GET", "/requests"),
        ("GET", "/requests/events"),
        ("GET", "/listen"),
        ("GET", "/schema"),
        ("POST", "/schema"),
        ("DELETE", "/schema"),
        ("POST", "/requests/1/scenario"),
        ("DELETE", "/requests"),
    ] {
        refused(site.api(method, &format!("/hooks/nobody{path}")), 404, "not_found").await;
    }
    let all = json!({ "verdict": "taken" });
    refused(site.api("POST", "/hooks/nobody/requests/replay").json(&all), 404, "not_found").await;
    refused(site.api("POST", "/hooks/nobody/requests/send").json(&json!({})), 404, "not_found").await;
    ok(site.api("GET", "/hooks/gone/schema")).await;
}

#[tokio::test]
async fn a_body_that_was_cut_says_so() {
    let site = Site::start().await;
    let body = vec![b'x'; 3 << 19];
    site.inspector.record(&captured("x", "/hook/x", &body));
    let listed = requests(&site, "x", 1).await;
    let place = format!("/hooks/x/requests/{}", listed[0]["id"].as_str().unwrap());
    for form in ["curl", "httpie", "fetch", "http"] {
        refused(site.api("GET", &format!("{place}/as/{form}")), 409, "incomplete").await;
    }
    let answer = site.api("GET", &format!("{place}/body")).send().await.unwrap();
    assert_eq!(answer.headers()["hookmill-kept"], "1048576 of 1572864");
    assert_eq!(answer.bytes().await.unwrap().len(), 1 << 20);
}
