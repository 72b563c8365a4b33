//! `slack.send`, `line.reply` and `line.push` against stand-ins of the services.

use crate::server::{Server, reply};
use crate::step::{modules, step};
use modules::Options;
use run::call::Delivery;
use run::error::Recovery;
use serde_json::{Value, json};

#[tokio::test]
async fn row_21_a_message_goes_to_slack() {
    let server = Server::start(|_| reply(200, &[("content-type", "text/html")], "ok")).await;
    let (modules, host) = (modules("", &[], Options::default()), server.host());
    let step = step(&modules, "slack.send").author_host(&host);
    let block = json!({"type": "section", "text": {"type": "mrkdwn", "text": "*A1*"}});
    let parameters = json!({"url": server.url("/services/T0/B0/canary"), "text": "Shipped", "blocks": [block]});
    let outcome = step.call(parameters).await.unwrap();
    assert_eq!(outcome.output, json!({"status": 200, "answer": "ok"}));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/services/T0/B0/canary"));
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.json(), json!({"text": "Shipped", "blocks": [block]}));
}

#[tokio::test]
async fn row_21_what_slack_refuses_says_why() {
    for (status, body, recovery, hint) in [
        (404, "no_service", Recovery::Permanent, "revoked"),
        (410, "channel_is_archived", Recovery::Permanent, "archived"),
        (429, "rate_limited", Recovery::Retry, ""),
        (500, "", Recovery::Retry, ""),
    ] {
        let server = Server::start(move |_| reply(status, &[("retry-after", "7")], body)).await;
        let (modules, host) = (modules("", &[], Options::default()), server.host());
        let step = step(&modules, "slack.send").author_host(&host);
        let error = step.call(json!({"url": server.url("/x"), "text": "a"})).await.unwrap_err();
        assert_eq!((error.status, error.recovery, error.retry_after), (Some(status), recovery, Some(7000)));
        assert!(error.message.contains(body) && error.hint.unwrap_or_default().contains(hint), "{status}");
    }
}

/// The URL is a secret wherever it stands; a sandbox needs none.
#[tokio::test]
async fn row_21_a_connection_keeps_the_url() {
    let server = Server::start(|_| reply(200, &[], "ok")).await;
    let connections = format!(
        "slack: {{ type: slack, url: '{}' }}\nbox: {{ type: slack, sandbox: true }}",
        server.url("/services/canary-path")
    );
    let modules = modules(&connections, &[], Options::default());
    let outcome = step(&modules, "slack.send").connection("slack").call(json!({"text": "a"})).await.unwrap();
    assert!(!outcome.sent.to_string().contains("canary-path"), "{}", outcome.sent);
    assert_eq!(server.only().target, "/services/canary-path");
    let outcome = step(&modules, "slack.send").connection("box").call(json!({"text": "a"})).await.unwrap();
    assert_eq!(outcome.delivery, Delivery::Sandbox);
    for (connection, parameters) in
        [("slack", json!({})), ("slack", json!({"text": "a", "url": "https://example.com"}))]
    {
        let error = step(&modules, "slack.send").connection(connection).call(parameters).await.unwrap_err();
        assert_eq!(error.code, "invalid_parameters");
    }
    assert_eq!(step(&modules, "slack.send").call(json!({"text": "a"})).await.unwrap_err().code, "invalid_parameters");
}

const LINE: &str = "line: { type: bearer, token: channel-token, base: 'URL' }\nbox: { type: bearer, sandbox: true }";

fn taken() -> Value {
    json!({"sentMessages": [{"id": "461", "quoteToken": "q"}]})
}

#[tokio::test]
async fn row_09_a_line_message_is_answered() {
    let server = Server::start(|_| reply(200, &[("x-line-request-id", "r-1")], taken().to_string())).await;
    let modules = modules(&LINE.replace("URL", &server.url("/")), &[], Options::default());
    let step = || step(&modules, "line.reply").connection("line");
    let outcome = step().call(json!({"reply_token": "token-1", "text": "Hello"})).await.unwrap();
    assert_eq!(outcome.output, json!({"sent_messages": taken()["sentMessages"], "request_id": "r-1"}));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/v2/bot/message/reply"));
    assert_eq!((seen.header("authorization"), seen.header("x-line-retry-key")), ("Bearer channel-token", ""));
    let text = json!([{"type": "text", "text": "Hello"}]);
    assert_eq!(seen.json(), json!({"replyToken": "token-1", "messages": text, "notificationDisabled": false}));
    for wrong in [
        json!({"reply_token": "t"}),
        json!({"reply_token": "t", "text": "a", "messages": []}),
        json!({"reply_token": "t", "messages": []}),
        json!({"reply_token": "t", "messages": [{}, {}, {}, {}, {}, {}]}),
    ] {
        assert_eq!(step().call(wrong.clone()).await.unwrap_err().code, "invalid_parameters", "{wrong}");
    }
}

/// D2: the key stays the same over attempts, and what LINE has already is success.
#[tokio::test]
async fn d2_a_line_message_is_pushed_once() {
    let server = Server::start(|seen| {
        let is_first = !seen.text().contains("again");
        if is_first { reply(200, &[], taken().to_string()) } else { reply(409, &[], "{\"message\":\"accepted\"}") }
    });
    let server = server.await;
    let modules = modules(&LINE.replace("URL", &server.url("")), &[], Options::default());
    for text in ["first", "again"] {
        let step = step(&modules, "line.push").connection("line");
        step.call(json!({"to": "U1", "messages": [{"type": "text", "text": text}], "silent": true})).await.unwrap();
    }
    let seen = server.seen();
    let keys: Vec<&str> = seen.iter().map(|seen| seen.header("x-line-retry-key")).collect();
    assert!(uuid::Uuid::parse_str(keys[0]).is_ok() && keys[0] == keys[1], "{keys:?}");
    assert_eq!(
        (seen[0].target.as_str(), &seen[0].json()["notificationDisabled"]),
        ("/v2/bot/message/push", &json!(true))
    );
    let other = step(&modules, "line.push").connection("line").idempotency_key("0190-key.4");
    other.call(json!({"to": "U1", "text": "other"})).await.unwrap();
    assert_ne!(server.seen()[2].header("x-line-retry-key"), keys[0]);
}

#[tokio::test]
async fn row_09_a_sandbox_shows_what_line_would_get() {
    let modules = modules(&LINE.replace("URL", "https://api.line.me"), &[], Options::default());
    let step = step(&modules, "line.push").connection("box");
    let outcome = step.call(json!({"to": "U1", "text": "a"})).await.unwrap();
    assert_eq!(
        (outcome.delivery, &outcome.sent["url"]),
        (Delivery::Sandbox, &json!("https://api.line.me/v2/bot/message/push"))
    );
}
