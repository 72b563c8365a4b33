//! `http.request`.

use crate::server::{Reply, Seen, Server, raw, reply, silence};
use crate::step::{modules, step};
use modules::Options;
use run::call::{Delivery, Outcome};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::time::Duration;

fn ok(_: &Seen) -> Reply {
    reply(200, &[("content-type", "application/json")], r#"{"ok":true}"#)
}

/// Calls the server's path `/x` as its author wrote it, with these parameters besides.
async fn request(server: &Server, parameters: Value) -> Result<Outcome, StepError> {
    let modules = modules("", &[], Options::default());
    let mut parameters = parameters;
    parameters["url"] = json!(server.url("/x"));
    step(&modules, "http.request").author_host(&server.host()).call(parameters).await
}

#[tokio::test]
async fn a_plain_call_is_get() {
    let server = Server::start(ok).await;
    let outcome = request(&server, json!({})).await.unwrap();
    assert_eq!(outcome.output["status"], 200);
    assert_eq!(outcome.output["headers"]["content-type"], "application/json");
    assert_eq!(outcome.output["body"], json!({"ok": true}));
    assert_eq!(outcome.delivery, Delivery::Real);
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("GET", "/x"));
    assert_eq!(seen.header("user-agent"), concat!("hookmill/", env!("CARGO_PKG_VERSION")));
    assert_eq!(seen.header("idempotency-key"), "");
    assert_eq!(outcome.sent["method"], "GET");
    assert_eq!(outcome.sent["url"], server.url("/x"));
}

#[tokio::test]
async fn what_is_sent_is_what_was_said() {
    let check = async |parameters: Value, method: &str, kind: &str, body: &str| {
        let server = Server::start(ok).await;
        request(&server, parameters.clone()).await.unwrap();
        let seen = server.only();
        assert_eq!(
            (seen.method.as_str(), seen.header("content-type"), seen.text()),
            (method, kind, body),
            "{parameters}"
        );
        assert_eq!(seen.header("idempotency-key"), if method == "GET" { "" } else { "0190-key.3" });
    };
    check(json!({"json": {"b": 1, "a": [null]}}), "POST", "application/json", r#"{"b":1,"a":[null]}"#).await;
    check(json!({"json": null}), "POST", "application/json", "null").await;
    check(json!({"method": "put", "text": "é"}), "PUT", "text/plain; charset=utf-8", "é").await;
    let form = json!({"form": {"a": "1 & 2", "b": [1, true], "c": null}});
    check(form, "POST", "application/x-www-form-urlencoded", "a=1+%26+2&b=1&b=true").await;
    check(json!({"body": "<a/>", "headers": {"content-type": "text/xml"}}), "POST", "text/xml", "<a/>").await;
    check(json!({"body": {"base64": "aGk="}}), "POST", "", "hi").await;
    check(json!({"json": 1, "headers": {"Content-Type": "a/b+json"}}), "POST", "a/b+json", "1").await;
    check(json!({"method": "DELETE"}), "DELETE", "", "").await;
}

#[tokio::test]
async fn query_and_headers_are_added() {
    let server = Server::start(ok).await;
    let parameters = json!({
        "query": {"q": "a b&c", "n": [1, 2], "none": null},
        "headers": {"X-Number": 5, "user-agent": "mine", "none": null},
    });
    request(&server, parameters).await.unwrap();
    let seen = server.only();
    assert_eq!(seen.target, "/x?q=a+b%26c&n=1&n=2");
    assert_eq!((seen.header("x-number"), seen.header("user-agent")), ("5", "mine"));
    assert!(!seen.headers.contains_key("none"));
}

#[tokio::test]
async fn the_authors_idempotency_key_wins() {
    let server = Server::start(ok).await;
    request(&server, json!({"text": "", "headers": {"Idempotency-Key": "mine"}})).await.unwrap();
    assert_eq!(server.only().header("idempotency-key"), "mine");
}

#[tokio::test]
async fn nothing_can_be_smuggled_into_the_request() {
    let server = Server::start(ok).await;
    let check = async |parameters: Value, code: &str| {
        let error = request(&server, parameters.clone()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{parameters}");
    };
    check(json!({"headers": {"x": "a\r\nHost: evil"}}), "invalid_header").await;
    check(json!({"headers": {"x": "a\u{0}b"}}), "invalid_header").await;
    check(json!({"headers": {"x\r\ny": "a"}}), "invalid_header").await;
    check(json!({"headers": {"a b": "a"}}), "invalid_header").await;
    check(json!({"headers": {"Transfer-Encoding": "chunked"}}), "invalid_header").await;
    check(json!({"headers": {"content-length": "0"}}), "invalid_header").await;
    check(json!({"headers": {"x": {"a": 1}}}), "invalid_parameters").await;
    check(json!({"method": "GET / HTTP/1.1\r\nX:"}), "invalid_method").await;
    check(json!({"method": "CONNECT"}), "invalid_method").await;
    check(json!({"json": 1, "text": "a"}), "invalid_parameters").await;
    check(json!({"body": {"base64": "%"}}), "invalid_parameters").await;
    check(json!({"unknown": 1}), "invalid_parameters").await;
    check(json!({"errors": ["no"]}), "invalid_parameters").await;
    assert_eq!(server.seen().iter().filter(|seen| seen.method != "GET").count(), 0);
    let modules = modules("", &[], Options::default());
    for url in ["", "/x", "http://", "http://a b/", "ftp://example.com", "http://example.com/\r\nX: y", "http://[::1"] {
        let error = step(&modules, "http.request").call(json!({"url": url})).await.unwrap_err();
        assert_eq!(error.code, "invalid_url", "{url}");
    }
}

#[tokio::test]
async fn an_error_status_is_an_error() {
    let server = Server::start(|_| reply(503, &[("retry-after", "7")], "come back")).await;
    let error = request(&server, json!({})).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status, error.recovery), ("http_status", Some(503), Recovery::Retry));
    assert_eq!(error.retry_after, Some(7000));
    assert!(error.message.contains("come back"), "{}", error.message);
    let outcome = request(&server, json!({"errors": "never", "response": "text"})).await.unwrap();
    assert_eq!((&outcome.output["status"], &outcome.output["body"]), (&json!(503), &json!("come back")));
    let server = Server::start(ok).await;
    assert_eq!(request(&server, json!({"errors": ["200-299"]})).await.unwrap_err().status, Some(200));
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let server = Server::start(|_| silence()).await;
    let modules = modules("", &[], Options::default());
    let (host, url) = (server.host(), server.url("/"));
    let step = step(&modules, "http.request").author_host(&host).timeout(Duration::from_millis(100));
    let error = step.call(json!({"url": url})).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("timeout", Recovery::Retry));
}

#[tokio::test]
async fn a_long_answer_is_cut_off() {
    let long = "x".repeat(5000);
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1388\r\n{long}\r\n1388\r\n{long}\r\n0\r\n\r\n");
    let server = Server::start(move |seen| match seen.target.as_str() {
        "/x" if seen.header("announced") == "yes" => reply(200, &[], "x".repeat(10_000)),
        _ => raw(chunked.clone()),
    });
    let server = server.await;
    for announced in ["yes", "no"] {
        let parameters =
            |limit: u64| json!({"max_response": limit, "headers": {"announced": announced}, "response": "text"});
        let error = request(&server, parameters(9_999)).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), ("too_large", Recovery::Permanent), "{announced}");
        let whole = request(&server, parameters(10_000)).await.unwrap();
        assert_eq!(whole.output["body"].as_str().unwrap().len(), 10_000, "{announced}");
    }
}

/// `hookmill` ten thousand times, and its gzip, which is far smaller.
#[tokio::test]
async fn compressed_answers_are_read_and_bounded_by_their_full_size() {
    let server = Server::start(|seen| {
        assert_eq!(seen.header("accept-encoding"), "gzip");
        let headers = [("content-type", "text/plain"), ("content-encoding", "gzip")];
        reply(200, &headers, include_bytes!("../../testdata/hookmill.txt.gz"))
    });
    let server = server.await;
    let outcome = request(&server, json!({})).await.unwrap();
    assert_eq!(outcome.output["body"], "hookmill".repeat(10_000));
    assert_eq!(request(&server, json!({"max_response": 79_999})).await.unwrap_err().code, "too_large");
}

#[tokio::test]
async fn who_does_not_listen_is_tried_again() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let modules = modules("", &[], Options::default());
    let step = step(&modules, "http.request").author_host(&gone);
    let error = step.call(json!({"url": format!("http://{gone}/?token=abc")})).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry));
    assert!(!error.message.contains("abc"), "{}", error.message);
    let server = Server::start(|_| raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")).await;
    let error = request(&server, json!({"response": "text"})).await.unwrap_err();
    assert_eq!(error.recovery, Recovery::Retry, "{error:?}");
}

#[tokio::test]
async fn a_host_out_of_data_may_not_be_private() {
    let server = Server::start(ok).await;
    let port = server.host().split_once(':').unwrap().1.to_owned();
    let private = modules("", &[], Options::default());
    for host in ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/");
        let error =
            step(&private, "http.request").author_host("example.com").call(json!({"url": url})).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), ("private_address", Recovery::Permanent), "{host}");
    }
    assert!(server.seen().is_empty());
    for allowed in ["127.0.0.1".to_owned(), "127.0.0.0/8".to_owned(), server.host()] {
        let open = modules("", &[], Options { allow_private: vec![allowed.parse().unwrap()], ..Options::default() });
        step(&open, "http.request").call(json!({"url": server.url("/")})).await.unwrap();
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_connection_signs_the_request_and_nobody_sees_it() {
    let echo = |seen: &Seen| {
        let told = format!("{} {:?}", seen.target, seen.headers);
        reply(if seen.target.starts_with("/fail") { 418 } else { 200 }, &[("content-type", "text/plain")], told)
    };
    let server = Server::start(echo).await;
    let connections = format!(
        "basic: {{ type: basic, user: shop, password: {{ env: SECRET }} }}
bearer: {{ type: bearer, token: {{ env: SECRET }} }}
header: {{ type: api_key, header: X-Shop, value: {{ file: secret.txt }} }}
query: {{ type: api_key, query: k, value: {{ env: SECRET }}, base: '{}' }}
plain: {{ type: http }}",
        server.url("/")
    );
    let secret = "geheim/42+x";
    let modules = modules(&connections, &[("SECRET", secret), ("secret.txt", "geheim/42+x\n")], Options::default());
    let expected = [
        ("basic", "authorization", "Basic c2hvcDpnZWhlaW0vNDIreA=="),
        ("bearer", "authorization", "Bearer geheim/42+x"),
        ("header", "x-shop", "geheim/42+x"),
        ("query", "", ""),
        ("plain", "", ""),
    ];
    for (connection, header, value) in expected {
        let host = server.host();
        let step = |path: &str| {
            let parameters = json!({"url": server.url(path), "query": {"a": 1}});
            step(&modules, "http.request").connection(connection).author_host(&host).call(parameters)
        };
        let outcome = step("/x").await.unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.header(header), value, "{connection}");
        let target = if connection == "query" { "/x?a=1&k=geheim%2F42%2Bx" } else { "/x?a=1" };
        assert_eq!(seen.target, target, "{connection}");
        let error = step("/fail").await.unwrap_err();
        let told = format!("{} {} {error:?}", outcome.sent, outcome.output);
        for form in [secret, "geheim%2F42%2Bx", "c2hvcDpnZWhlaW0vNDIreA=="] {
            assert!(!told.contains(form), "{connection}: {told}");
        }
        assert_eq!(told.contains("•••"), connection != "plain", "{connection}: {told}");
    }
}

#[tokio::test]
async fn a_base_makes_short_urls_and_keeps_the_credential_home() {
    let server = Server::start(ok).await;
    let connections = format!("api: {{ type: bearer, token: geheim, base: '{}' }}", server.url("/v1"));
    let modules = modules(&connections, &[], Options::default());
    let call = |url: &str| step(&modules, "http.request").connection("api").call(json!({"url": url}));
    call("orders?a=1").await.unwrap();
    call("/orders").await.unwrap();
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/v1/orders?a=1", "/v1/orders"]);
    assert_eq!(call("https://example.com/").await.unwrap_err().code, "credential_elsewhere");
}

#[tokio::test]
async fn a_user_in_the_url_is_basic_authentication() {
    let server = Server::start(ok).await;
    let modules = modules("", &[], Options::default());
    let (host, url) = (server.host(), format!("http://a%40b:p+q@{}/", server.host()));
    let outcome = step(&modules, "http.request").author_host(&host).call(json!({"url": url})).await.unwrap();
    assert_eq!(server.only().header("authorization"), "Basic YUBiOnArcQ==");
    assert!(!outcome.sent.to_string().contains("p+q"), "{}", outcome.sent);
    assert_eq!(outcome.sent["headers"]["authorization"], "•••");
}

#[tokio::test]
async fn a_sandbox_sends_nothing_and_checks_all_the_same() {
    let server = Server::start(ok).await;
    let modules = modules("api: { type: bearer, sandbox: true }", &[], Options::default());
    let host = server.host();
    let step = || step(&modules, "http.request").connection("api").author_host(&host);
    let outcome = step().call(json!({"url": server.url("/x"), "json": {"a": 1}})).await.unwrap();
    assert_eq!((outcome.delivery, &outcome.output["body"]), (Delivery::Sandbox, &json!({"ok": true})));
    assert_eq!(outcome.sent["method"], "POST");
    assert_eq!(outcome.sent["body"], r#"{"a":1}"#);
    assert_eq!(step().call(json!({"url": "http://x", "method": "a b"})).await.unwrap_err().code, "invalid_method");
    assert_eq!(step().call(json!({"url": "http://10.0.0.1"})).await.unwrap_err().code, "private_address");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_connection_that_is_not_there_or_broken_says_why() {
    let text = "broken: { type: bearer, token: { env: API_TOKEN } }\nmail: { type: smtp, url: 'smtp://localhost' }";
    let modules = modules(text, &[], Options::default());
    let call = |name| step(&modules, "http.request").connection(name).call(json!({"url": "https://example.com"}));
    let error = call("broken").await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_broken", Recovery::Permanent));
    assert!(error.message.contains("API_TOKEN"), "{}", error.message);
    let error = call("brokn").await.unwrap_err();
    assert_eq!((error.code.as_str(), error.hint.as_deref()), ("connection_unknown", Some("did you mean `broken`?")));
    assert_eq!(call("mail").await.unwrap_err().code, "connection_unfit");
}
