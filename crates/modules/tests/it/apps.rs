//! An app of one's own over HTTP: where its credential goes, what it says of failures, pages, and what nobody may see.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{Given, NOW, modules_over, step};
use modules::{Apps, Connections, Options};
use run::call::{Delivery, Module, Outcome};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const TOKEN: &str = "canary-0f3a91-token";

const APP: &str = r#"
title: Shop
about: Orders.
base: "{{ connection.site }}/bot{{ token }}"
idempotency: { header: Idempotency-Key }
connection:
  fields:
    site!: { type: url, title: Site, about: Where it is. }
    token!: { secret: true, title: Token, about: A token. }
  auth: { headers: { X-Token: "{{ token }}" } }
  test: { get: /me, shows: answer.name }
errors: { failed: answer.ok == false, message: answer.error, code: answer.code, wait: answer.wait, hints: { 403: ask the owner } }
actions:
  get_order:
    title: Get an order
    about: Reads an order.
    get: /orders/{{ id }}
    parameters: { id!: { title: Order }, expand: { type: list, title: Expand } }
    sample: { id: A1 }
  create_order:
    title: Create an order
    about: Creates an order.
    post: /orders
    parameters: { number!: { title: Number }, note: { title: Note, as: fields.note }, tag: { title: Tag } }
    json: { tags: ["{{ tag }}"], more: { tag: "{{ tag }}" } }
    sample: { id: A1 }
  list_orders:
    title: List orders
    about: Reads orders.
    get: /orders
    parameters: {}
    pages: { items: answer.orders, url: answer.next, size: { per_page: 2 } }
    sample: []
  fetch:
    title: Fetch
    about: Reads a URL.
    get: "{{ url }}"
    parameters: { url!: { type: url, title: URL } }
    sample: {}
"#;

struct Shop {
    server: Server,
    modules: Vec<Arc<dyn Module>>,
}

impl Shop {
    async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let server = Server::start(answer).await;
        let modules = made(&server.url(""), "");
        Self { server, modules }
    }

    async fn call(&self, action: &str, parameters: Value) -> Result<Outcome, StepError> {
        step(&self.modules, &format!("my_shop.{action}")).connection("shop").call(parameters).await
    }
}

fn apps() -> Arc<Apps> {
    Arc::new(Apps::shipped().with("my_shop", APP).unwrap())
}

fn made(site: &str, rest: &str) -> Vec<Arc<dyn Module>> {
    let text = format!("shop: {{ type: my_shop, site: \"{site}\", token: {TOKEN}{rest} }}");
    let connections = Connections::parse_with(&text, &Given(BTreeMap::new()), &apps()).unwrap();
    modules_over(&Arc::new(connections), Options::default())
}

fn json_reply(value: &Value) -> Reply {
    reply(200, &[("content-type", "application/json")], value.to_string())
}

#[tokio::test]
async fn a_call_is_what_the_file_says() {
    let shop = Shop::start(|_| json_reply(&json!({ "id": "A/1" }))).await;
    let outcome = shop.call("get_order", json!({ "id": "A/1 ü?", "expand": ["lines", "a&b"] })).await.unwrap();
    assert_eq!((outcome.output, outcome.delivery), (json!({ "id": "A/1" }), Delivery::Real));
    let seen = shop.server.only();
    assert_eq!(seen.target, format!("/bot{TOKEN}/orders/A%2F1%20%C3%BC%3F?expand=lines&expand=a%26b"));
    assert_eq!((seen.method.as_str(), seen.header("x-token")), ("GET", TOKEN));
    assert_eq!(seen.header("idempotency-key"), "", "what only reads is never doubled");
}

#[tokio::test]
async fn what_is_not_given_is_not_sent() {
    let shop = Shop::start(|_| json_reply(&json!({ "id": "A1" }))).await;
    shop.call("create_order", json!({ "number": 7 })).await.unwrap();
    let seen = shop.server.only();
    assert_eq!(seen.json(), json!({ "tags": [null], "number": "7" }));
    assert_eq!(seen.header("idempotency-key"), "0190-key.3");

    let shop = Shop::start(|_| json_reply(&json!({ "id": "A1" }))).await;
    shop.call("create_order", json!({ "number": "7", "note": "x", "tag": null })).await.unwrap();
    let expected = json!({ "tags": [null], "more": { "tag": null }, "number": "7", "fields": { "note": "x" } });
    assert_eq!(shop.server.only().json(), expected, "a null that is given is sent");
}

#[tokio::test]
async fn parameters_lead_nowhere_else() {
    let shop = Shop::start(|_| json_reply(&json!({}))).await;
    for id in ["", ".", ".."] {
        let error = shop.call("get_order", json!({ "id": id })).await.unwrap_err();
        assert_eq!(error.code, "invalid_parameters", "{id:?}: {error:?}");
    }
    let error = shop.call("fetch", json!({ "url": "https://evil.example/x" })).await.unwrap_err();
    assert_eq!(error.code, "credential_elsewhere", "{error:?}");
    let error = shop.call("get_order", json!({})).await.unwrap_err();
    assert_eq!(error.code, "invalid_parameters", "{error:?}");
    assert_eq!(shop.server.seen().len(), 0);
}

#[tokio::test]
async fn a_redirect_elsewhere_loses_the_credential() {
    let other = Server::start(|_| json_reply(&json!({ "taken": true }))).await;
    let target = other.url("/taken");
    let shop = Shop::start(move |_| reply(302, &[("location", target.as_str())], "")).await;
    let came = shop.call("get_order", json!({ "id": "A1" })).await;
    for seen in other.seen() {
        assert_eq!(seen.header("x-token"), "");
        assert!(!format!("{seen:?}").contains(TOKEN), "{seen:?}");
    }
    assert!(came.is_err(), "another private host is nobody's to call: {came:?}");
}

#[tokio::test]
async fn failures_are_told_in_the_services_words() {
    let refused = |status: u16, body: Value| {
        move |_: &Seen| reply(status, &[("content-type", "application/json")], body.to_string())
    };
    let shop = Shop::start(refused(403, json!({ "error": "not yours", "code": "forbidden" }))).await;
    let error = shop.call("get_order", json!({ "id": "A1" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("http_status", Some(403)));
    assert_eq!((error.message.as_str(), error.hint.as_deref()), ("Shop: not yours (forbidden)", Some("ask the owner")));
    assert_eq!(error.recovery, Recovery::Permanent);

    let shop =
        Shop::start(refused(200, json!({ "ok": false, "error": "no such order", "code": "order_unknown" }))).await;
    let error = shop.call("get_order", json!({ "id": "A1" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("order_unknown", "Shop: no such order (order_unknown)"));

    let shop = Shop::start(refused(429, json!({ "error": "slowly", "wait": 3 }))).await;
    let error = shop.call("get_order", json!({ "id": "A1" })).await.unwrap_err();
    assert_eq!((error.retry_after, error.recovery), (Some(3000), Recovery::Retry));
}

#[tokio::test]
async fn nobody_sees_the_credential() {
    let echo = |seen: &Seen| {
        let status = if seen.target.contains("bad") { 400 } else { 200 };
        let told = json!({ "error": format!("you sent {}", seen.header("x-token")), "url": seen.target });
        reply(status, &[("content-type", "application/json")], told.to_string())
    };
    let shop = Shop::start(echo).await;
    let outcome = shop.call("get_order", json!({ "id": "A1" })).await.unwrap();
    assert!(!format!("{outcome:?}").contains("canary"), "{outcome:?}");
    let error = shop.call("get_order", json!({ "id": "bad" })).await.unwrap_err();
    assert!(error.message.contains("•••") && !format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn pages_are_read_up_to_the_limit() {
    let pages = |seen: &Seen| {
        let page: u32 = seen.target.split("?page=").nth(1).and_then(|page| page.parse().ok()).unwrap_or(1);
        let next = (page < 4).then(|| format!("/orders?page={}", page + 1));
        json_reply(&json!({ "orders": [page * 10, page * 10 + 1], "next": next }))
    };
    let shop = Shop::start(pages).await;
    let outcome = shop.call("list_orders", json!({})).await.unwrap();
    assert_eq!(outcome.output, json!([10, 11, 20, 21, 30, 31, 40, 41]));
    assert_eq!(outcome.sent.as_array().map(Vec::len), Some(4));
    let outcome = shop.call("list_orders", json!({ "limit": 3 })).await.unwrap();
    assert_eq!(outcome.output, json!([10, 11, 20]));
    assert_eq!(shop.server.seen().len(), 6);

    let endless = Shop::start(|_| json_reply(&json!({ "orders": [1], "next": "/orders?page=2" }))).await;
    let outcome = endless.call("list_orders", json!({})).await.unwrap();
    assert_eq!(outcome.output, json!([1, 1]), "the same page again is the end");

    let astray = Shop::start(|_| json_reply(&json!({ "orders": [1], "next": "https://evil.example/" }))).await;
    let error = astray.call("list_orders", json!({})).await.unwrap_err();
    assert_eq!(error.code, "credential_elsewhere");
}

#[tokio::test]
async fn a_sandbox_answers_the_sample() {
    let modules = made("http://127.0.0.1:9", ", sandbox: true");
    let called = step(&modules, "my_shop.get_order").connection("shop").call(json!({ "id": "A1" })).await.unwrap();
    assert_eq!((called.output, called.delivery), (json!({ "id": "A1" }), Delivery::Sandbox));
    assert!(called.sent["url"].as_str().unwrap().ends_with("/bot•••/orders/A1"), "{}", called.sent);
}

#[tokio::test]
async fn a_connection_is_tested_by_the_apps_own_call() {
    let server = Server::start(|seen| {
        if seen.target.ends_with("/me") { json_reply(&json!({ "name": "Mei's shop" })) } else { reply(404, &[], "") }
    })
    .await;
    let text = format!("shop: {{ type: my_shop, site: \"{}\", token: {TOKEN} }}", server.url(""));
    let connections = Connections::parse_with(&text, &Given(BTreeMap::new()), &apps()).unwrap();
    let files = crate::step::files();
    let verdict = modules::connections::probe::probe(&connections, "shop", &files, Options::default(), NOW).await;
    assert!(verdict.ok && verdict.message == "Shop answers: Mei's shop", "{verdict:?}");
    assert_eq!(server.only().header("x-token"), TOKEN);
}

#[test]
fn an_app_cannot_take_what_is_taken() {
    let taken = |name: &str, text: &str| Apps::shipped().with(name, text).unwrap_err()[0].message.clone();
    assert!(taken("telegram", APP).starts_with("there is an app `telegram` already"));
    let of_slack = APP.replace("connection:\n", "connection:\n  type: slack\n");
    assert!(taken("my_shop", &of_slack).starts_with("there is a type of connection `slack` already"));
    let wrong = "shop: { type: my_shop, site: nowhere }";
    let problems = Connections::parse_with(wrong, &Given(BTreeMap::new()), &apps()).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["1:1: shop: it has no `token`", "1:30: shop: `site` is no http:// or https:// URL"]);
}
