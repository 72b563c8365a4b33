//! Whether a connection works, asked of servers that say so or not.

use crate::server::{Server, reply};
use crate::smtp_server::SmtpServer;
use crate::step::{Given, NOW, files, modules};
use modules::connections::probe::{Verdict, probe};
use modules::{Connections, Options};
use serde_json::json;
use std::collections::BTreeMap;

const PRIVATE: &str = include_str!("../../testdata/test-only-service-account-key.pem");

/// A credential that no verdict may tell.
const CANARY: &str = "cAnAry-7f31c9";

async fn tested(connection: &str) -> Verdict {
    // Sets up what TLS needs.
    modules("", &[], Options::default());
    let connections = Connections::parse(connection, &Given(BTreeMap::new())).unwrap();
    let verdict = probe(&connections, "it", &files(), Options::default(), NOW).await;
    assert!(!format!("{verdict:?}").contains(CANARY), "{verdict:?}");
    verdict
}

#[tokio::test]
async fn the_base_is_read_with_the_credential() {
    for (status, ok) in [(200, true), (204, true), (302, true), (404, true), (401, false), (403, false), (503, false)] {
        let server = Server::start(move |_| reply(status, &[("location", "http://127.0.0.1:1/")], "{}")).await;
        let verdict = tested(&format!("it: {{ type: bearer, base: '{}', token: {CANARY} }}", server.url(""))).await;
        assert_eq!(verdict.ok, ok, "{status}: {verdict:?}");
        assert_eq!(verdict.code.as_deref(), (!ok).then_some("http_status"));
        assert!(verdict.message.contains(&status.to_string()), "{verdict:?}");
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "redirects are not followed");
        assert_eq!((seen[0].method.as_str(), seen[0].header("authorization")), ("GET", &*format!("Bearer {CANARY}")));
    }
}

#[tokio::test]
async fn what_has_nobody_to_ask_says_so() {
    for connection in [
        format!("it: {{ type: bearer, token: {CANARY} }}"),
        format!("it: {{ type: smtp, sandbox: true, url: smtp://127.0.0.1:1, password: {CANARY} }}"),
        "it: { type: http }".to_owned(),
    ] {
        let verdict = tested(&connection).await;
        assert!(verdict.ok && verdict.message.starts_with("its settings are sound"), "{verdict:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_told() {
    for connection in [
        format!("it: {{ type: api_key, header: x-key, value: {CANARY}, base: 'http://127.0.0.1:1' }}"),
        format!("it: {{ type: slack, url: 'http://127.0.0.1:1/services/{CANARY}' }}"),
        format!("it: {{ type: smtp, url: 'smtp://127.0.0.1:1', user: a, password: {CANARY} }}"),
        format!("it: {{ type: surveycake, base: 'http://127.0.0.1:1', hash_key: {CANARY}, iv_key: {CANARY} }}"),
        format!("it: {{ type: webhook, secret: {CANARY}, base: 'http://127.0.0.1:1' }}"),
    ] {
        let verdict = tested(&connection).await;
        assert!(!verdict.ok && verdict.message.contains("127.0.0.1"), "{connection}: {verdict:?}");
    }
}

#[tokio::test]
async fn slack_is_asked_without_a_message() {
    for (status, ok) in [(400, true), (404, false), (403, false), (500, false)] {
        let server = Server::start(move |_| reply(status, &[], "no_text")).await;
        let verdict = tested(&format!("it: {{ type: slack, url: '{}' }}", server.url(&format!("/{CANARY}")))).await;
        assert_eq!(verdict.ok, ok, "{status}: {verdict:?}");
        assert!(server.seen().iter().all(|seen| seen.method == "GET" && seen.body.is_empty()));
    }
}

#[tokio::test]
async fn google_is_asked_for_a_token() {
    for (status, body, ok) in [
        (200, json!({ "access_token": CANARY, "expires_in": 3599 }), true),
        (400, json!({ "error": "invalid_grant" }), false),
    ] {
        let server =
            Server::start(move |_| reply(status, &[("content-type", "application/json")], body.to_string())).await;
        let key =
            json!({ "client_email": "mill@example.com", "private_key": PRIVATE, "token_uri": server.url("/token") });
        let verdict = tested(&json!({ "it": { "type": "google", "service_account": key } }).to_string()).await;
        assert_eq!(verdict.ok, ok, "{verdict:?}");
        assert_eq!(verdict.ok, verdict.message.contains("mill@example.com"));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_is_logged_in_to() {
    let Some(server) = SmtpServer::start(&["login"]) else { return };
    let url = format!("smtp://shop%40example.com@127.0.0.1:{}", server.port);
    let right = tested(&format!("it: {{ type: smtp, url: '{url}', password: geheim }}")).await;
    assert!(right.ok, "{right:?}");
    let wrong = tested(&format!("it: {{ type: smtp, url: '{url}', password: {CANARY} }}")).await;
    assert!(!wrong.ok && wrong.message.contains("127.0.0.1"), "{wrong:?}");
}

#[tokio::test]
async fn s9_a_test_asks_no_private_host_that_the_connection_does_not_name() {
    let inner = Server::start(|_| reply(200, &[], "inner")).await;
    let to = inner.url("/");
    let outer = Server::start(move |_| reply(302, &[("location", &to)], "")).await;
    tested(&format!("it: {{ type: http, base: '{}' }}", outer.url("/"))).await;
    assert!(inner.seen().is_empty());
}
