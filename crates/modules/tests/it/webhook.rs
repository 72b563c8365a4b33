//! `webhook.send` against a receiver that checks what it is sent.

use crate::server::{Seen, Server, reply};
use crate::step::{NOW, modules, step};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use modules::Options;
use run::call::{Delivery, Module, Outcome};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const OLD: &str = "whsec_b2xkIHNlY3JldCBvZiAyNCBieXRlcyE=";
const NEW: &str = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyE=";

/// Whether one of the signatures is what this secret makes of the request.
fn is_signed(seen: &Seen, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.", seen.header("webhook-id"), seen.header("webhook-timestamp")).as_bytes());
    mac.update(&seen.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    seen.header("webhook-signature").split(' ').any(|signature| signature == expected)
}

fn all() -> Vec<Arc<dyn Module>> {
    modules("box: { type: http, sandbox: true }", &[], Options::default())
}

async fn send(modules: &[Arc<dyn Module>], server: &Server, parameters: Value) -> Result<Outcome, StepError> {
    let mut parameters = parameters;
    parameters["url"] = json!(server.url("/in"));
    step(modules, "webhook.send").author_host(&server.host()).call(parameters).await
}

#[tokio::test]
async fn row_22_a_webhook_is_signed_by_each_secret_and_keeps_its_id() {
    let server = Server::start(|_| reply(204, &[], "")).await;
    let (modules, host) = (all(), server.host());
    let parameters = json!({"url": server.url("/in"), "secret": [NEW, OLD], "json": {"type": "order.shipped", "n": 1}});
    for later in [0, 7_200_000] {
        let step = step(&modules, "webhook.send").author_host(&host).now(NOW + later);
        let outcome = step.call(parameters.clone()).await.unwrap();
        assert_eq!(outcome.output, json!({"id": "msg_0190-key_3", "status": 204, "body": null}));
        assert!(outcome.sent["headers"]["webhook-signature"].is_string(), "{}", outcome.sent);
    }
    let seen = server.seen();
    for (attempt, timestamp) in seen.iter().zip([NOW / 1000, NOW / 1000 + 7_200]) {
        assert_eq!((attempt.method.as_str(), attempt.text()), ("POST", r#"{"type":"order.shipped","n":1}"#));
        assert_eq!(attempt.header("content-type"), "application/json");
        assert_eq!(attempt.header("webhook-id"), "msg_0190-key_3");
        assert_eq!(attempt.header("webhook-timestamp"), timestamp.to_string());
        assert_eq!(attempt.header("webhook-signature").split(' ').count(), 2);
        assert!(is_signed(attempt, OLD) && is_signed(attempt, NEW), "{attempt:?}");
    }
    assert_ne!(seen[0].header("webhook-signature"), seen[1].header("webhook-signature"));
}

#[tokio::test]
async fn what_is_sent_is_up_to_the_author() {
    let server = Server::start(|_| reply(200, &[("content-type", "application/json")], "{\"ok\":true}")).await;
    let modules = all();
    let parameters = json!({
        "method": "put", "text": "a,b", "id": "order-7", "secret": NEW,
        "headers": {"content-type": "text/csv", "x-shop": "north"},
    });
    let outcome = send(&modules, &server, parameters).await.unwrap();
    assert_eq!(outcome.output, json!({"id": "order-7", "status": 200, "body": {"ok": true}}));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.text()), ("PUT", "a,b"));
    assert_eq!(
        (seen.header("content-type"), seen.header("x-shop"), seen.header("webhook-id")),
        ("text/csv", "north", "order-7")
    );
    assert!(is_signed(&seen, NEW) && !is_signed(&seen, OLD));
}

/// An answer tells whether another try helps: D4 of the rules for delivery.
#[tokio::test]
async fn d4_only_what_may_pass_is_sent_again() {
    let status = Arc::new(AtomicU32::new(0));
    let told = Arc::clone(&status);
    let server = Server::start(move |_| {
        let status = u16::try_from(told.load(Ordering::SeqCst)).unwrap();
        reply(status, &[("retry-after", "90"), ("location", "/elsewhere")], "why")
    });
    let server = server.await;
    let modules = all();
    for (answer, code, recovery) in [
        (301, "redirected", Recovery::Permanent),
        (307, "redirected", Recovery::Permanent),
        (400, "http_status", Recovery::Permanent),
        (401, "http_status", Recovery::Permanent),
        (404, "http_status", Recovery::Permanent),
        (408, "http_status", Recovery::Retry),
        (425, "http_status", Recovery::Retry),
        (429, "http_status", Recovery::Retry),
        (500, "http_status", Recovery::Retry),
        (503, "http_status", Recovery::Retry),
    ] {
        status.store(answer, Ordering::SeqCst);
        let error = send(&modules, &server, json!({"json": {}})).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, recovery), "{answer}");
        assert_eq!((error.status, error.retry_after), (u16::try_from(answer).ok(), Some(90_000)), "{answer}");
    }
    assert!(server.seen().iter().all(|seen| seen.target == "/in"), "redirects are not followed");
}

#[tokio::test]
async fn who_answers_410_is_not_asked_again_until_told_otherwise() {
    let server = Server::start(|seen| reply(if seen.header("x-back").is_empty() { 410 } else { 200 }, &[], "")).await;
    let modules = all();
    for _ in 0..2 {
        let error = send(&modules, &server, json!({"json": {}})).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.status, error.recovery), ("gone", Some(410), Recovery::Permanent));
    }
    assert_eq!(server.seen().len(), 1, "the second is not sent");
    let found = step(&modules, "store.search").call(json!({"table": "gone-endpoints"})).await.unwrap().output;
    let record = &found["items"][0];
    assert_eq!((&record["value"]["host"], &record["value"]["since"]), (&json!("127.0.0.1"), &json!(NOW)));
    assert!(!found.to_string().contains("/in"), "the URL may hold a secret: {found}");
    let forget = json!({"table": "gone-endpoints", "key": record["key"]});
    step(&modules, "store.delete").call(forget).await.unwrap();
    assert!(send(&modules, &server, json!({"json": {}, "headers": {"x-back": "1"}})).await.is_ok());
}

#[tokio::test]
async fn a_connection_signs_what_says_nothing_of_it() {
    let server = Server::start(|_| reply(200, &[], "")).await;
    let connections = format!("partner: {{ type: webhook, base: '{}', secret: [{NEW}, {OLD}] }}", server.url("/api"));
    let modules = modules(&connections, &[], Options::default());
    let send = async |parameters: Value| step(&modules, "webhook.send").connection("partner").call(parameters).await;
    send(json!({"url": "in", "json": 1})).await.unwrap();
    send(json!({"url": "in", "json": 1, "secret": OLD})).await.unwrap();
    let [both, own] = server.seen().try_into().unwrap();
    assert_eq!(both.target, "/api/in");
    assert!(is_signed(&both, OLD) && is_signed(&both, NEW) && is_signed(&own, OLD) && !is_signed(&own, NEW));
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() {
    let server = Server::start(|_| reply(200, &[], "")).await;
    let modules = all();
    for (parameters, code) in [
        (json!({"secret": ""}), "invalid_secret"),
        (json!({"secret": []}), "invalid_secret"),
        (json!({"secret": "whsec_"}), "invalid_secret"),
        (json!({"secret": [NEW, "not base64!"]}), "invalid_secret"),
        (json!({"id": ""}), "invalid_parameters"),
        (json!({"id": "a.b"}), "invalid_parameters"),
        (json!({"id": "a\r\nx: 1"}), "invalid_parameters"),
        (json!({"json": 1, "text": "1"}), "invalid_parameters"),
        (json!({"headers": {"x": "a\r\nb"}}), "invalid_header"),
    ] {
        let error = send(&modules, &server, parameters.clone()).await.unwrap_err();
        assert_eq!(error.code, code, "{parameters}");
        assert!(!error.message.contains("not base64!"), "{error:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_sandbox_signs_and_sends_nothing() {
    let modules = all();
    let step = step(&modules, "webhook.send").connection("box");
    let parameters = json!({"url": "https://partner.example.com/in", "secret": NEW, "json": {"n": 1}});
    let outcome = step.call(parameters).await.unwrap();
    assert_eq!(outcome.delivery, Delivery::Sandbox);
    assert_eq!(outcome.sent["headers"]["webhook-id"], "msg_0190-key_3");
}

/// Three days, each pause drawn between its half and its whole.
#[test]
fn d4_the_usual_attempts_reach_over_days() {
    let modules = all();
    let spec = modules.iter().find(|module| module.spec().name == "webhook.send").unwrap().spec().clone();
    let hours = spec.retry_pauses.iter().sum::<u64>() / 3600;
    assert_eq!((spec.retry_pauses.len(), hours), (9, 75));
    assert_eq!(&spec.retry_pauses[..3], [5, 300, 1800]);
}
