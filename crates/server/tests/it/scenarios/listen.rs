//! `POST /api/v1/scenarios/{id}/listen`, and `/hook-test/…`

use crate::gateway::site_of;
use crate::site::{HELLO, Site, ok, refused};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

const DRAFT: &str = "\
enabled: false
trigger: [{ manual: {} }, { webhook: { path: 'orders/{shop}', verify: none, dedupe: trigger.body.id } }]
steps:
  - respond: { json: { shop: \"{{ trigger.params.shop }}\", draft: true } }
";

async fn listen(site: &Site, scenario: &str, text: &str) -> Value {
    ok(site.api("POST", &format!("/scenarios/{scenario}/listen")).json(&json!({ "text": text }))).await
}

/// What a request is told that nothing is there for.
async fn missed(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    answer.json::<Value>().await.unwrap()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_draft_answers_at_its_test_address_and_nowhere_else() {
    let site = Site::start().await;
    let body = json!({ "id": 7 });
    let at = |path: &str| site.request("POST", path).json(&body);
    assert!(missed(at("/hook-test/orders/north")).await.contains("no draft listens"));
    let told = listen(&site, "orders", DRAFT).await;
    let urls = json!([{
        "trigger": 1,
        "path": "orders/{shop}",
        "url": format!("{}/hook/orders/{{shop}}", site.base),
        "test_url": format!("{}/hook-test/orders/{{shop}}", site.base),
    }]);
    assert_eq!(told["urls"], urls);
    assert!(told["until"].as_i64() > Some(0));
    for _ in 0..2 {
        let answer = at("/hook-test/orders/north").send().await.unwrap();
        let run = answer.headers()["hookmill-run"].to_str().unwrap().to_owned();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "shop": "north", "draft": true }));
        assert_eq!(site.get(&format!("/runs/{run}")).await["trial"], true);
    }
    assert_eq!(site.get("/runs?scenario=orders").await["items"].as_array().unwrap().len(), 2, "none is a repeat");
    let requests = site.get("/hooks/orders%2F%7Bshop%7D/requests").await;
    assert_eq!(requests["requests"].as_array().unwrap().len(), 2);
    assert_eq!(requests["requests"][0]["test"], true);
    let detail = missed(at("/hook/orders/north")).await;
    assert!(detail.contains("/hook-test/"), "it says which address is meant: {detail}");
}

#[tokio::test]
async fn the_live_webhook_answers_as_before_while_a_draft_listens() {
    let site = site_of(HELLO).await;
    let detail = missed(site.request("POST", "/hook-test/hello")).await;
    assert!(detail.contains("begins with /hook/"), "it says which address is meant: {detail}");
    listen(&site, "hello", &HELLO.replace("response: Hello", "response: Draft")).await;
    for (path, expected) in [("/hook/hello", "Hello"), ("/hook-test/hello", "Draft")] {
        let answer = site.request("POST", path).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "response": expected }));
    }
    listen(&site, "hello", &HELLO.replace("response: Hello", "response: Later")).await;
    let answer = site.request("POST", "/hook-test/hello").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "response": "Later" }), "in place of the one before");
}

#[tokio::test]
async fn what_cannot_listen_is_refused() {
    let site = Site::start().await;
    let text = json!({ "text": "steps: [{ htp: {} }]" });
    refused(site.api("POST", "/scenarios/orders/listen").json(&text), 422, "invalid_scenario").await;
    assert_eq!(listen(&site, "by-hand", "trigger: { manual: {} }\nsteps: [{ set: 1 }]\n").await["urls"], json!([]));
}
