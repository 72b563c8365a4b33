//! Names, queries and bodies that nobody sends who means well: each is answered, by a client's error, and soon.

use crate::site::{HELLO, Site};
use reqwest::StatusCode;
use run::id::ScenarioId;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// How long the answer to any of them may take to begin.
const SOON: Duration = Duration::from_secs(20);

/// What stands in place of every parameter of a path. A request's head has room for some 30,000 bytes.
fn names() -> Vec<String> {
    let long = "x".repeat(20_000);
    let mut names = vec![long.clone(), "%2e%2e%2f".repeat(2_000)];
    names.extend(
        [
            "..%2F..%2F..%2Fetc%2Fpasswd",
            "%2e%2e",
            "..%5C..%5Cx",
            "%00",
            "a%00b",
            "%ff%fe",
            "%0d%0aset-cookie:%20a=b",
            "%F0%9F%92%A9",
            "-1",
            "18446744073709551616",
            "00000000-0000-0000-0000-000000000000",
            "%7B%7D",
            "%7B%7Bx%7D%7D",
            "%25s%25n",
            "%20",
            "connections",
        ]
        .map(str::to_owned),
    );
    names
}

const QUERIES: [&str; 8] = [
    "limit=-1",
    "limit=99999999999999999999",
    "limit=0&before=%00",
    "before=18446744073709551615&after=-9223372036854775809",
    "wait=NaN&status=%ff&scenario=..%2F..",
    "status=succeeded&status=failed&limit=1&limit=2",
    "%00=%00&&&=&=&%",
    "verdict=all&form=..%2Fcurl&q=%27%3B--",
];

fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = [
        json!(null),
        json!([]),
        json!({}),
        json!("text"),
        json!({ "id": "a\u{0}b", "text": "\u{0}", "path": "a\u{0}b" }),
        json!({ "id": ["a"], "text": { "a": 1 }, "path": 7, "value": null, "version": [] }),
        json!({ "path": "../../etc", "id": "../../etc", "text": "trigger: { webhook: { path: '../../etc' } }" }),
        json!({ "steps": "x".repeat(100_000), "scenario": "x".repeat(100_000) }),
    ]
    .iter()
    .map(|body| body.to_string().into_bytes())
    .collect();
    bodies.extend([b"".to_vec(), b"\xff\xfe".to_vec(), b"{\"a\":1e999999}".to_vec(), b"{\"a\":".to_vec()]);
    bodies.push([b"[".repeat(200_000), b"]".repeat(200_000)].concat());
    let deep = format!("{{\"text\":{:?}}}", "a: ".repeat(50_000) + "[".repeat(50_000).as_str());
    bodies.push(deep.into_bytes());
    bodies
}

/// Every operation: its method, and its path with `{…}` in it.
fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(server::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let methods =
        |item: &Value| item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect::<Vec<_>>();
    paths.flat_map(|(path, item)| methods(item).into_iter().map(move |method| (method, path.clone()))).collect()
}

/// The path with this in place of all of its parameters.
fn with_names(path: &str, name: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { name } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

async fn status(request: reqwest::RequestBuilder, what: &str) -> StatusCode {
    let answer = timeout(SOON, request.send()).await.unwrap_or_else(|_| panic!("{what} is not answered"));
    let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
    let status = answer.status();
    let is_stream = answer.headers().get("content-type").is_some_and(|it| it == "text/event-stream");
    if !is_stream {
        let body = timeout(SOON, answer.bytes()).await.unwrap().unwrap();
        assert!(!status.is_server_error(), "{what}: {status} {}", String::from_utf8_lossy(&body));
    }
    status
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_by_every_operation() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains('{')) {
        // Some of them are names that a scenario may have.
        let may_have = |name: &String| path.contains("/scenarios/") && name.parse::<ScenarioId>().is_ok();
        for name in names().into_iter().filter(|name| !may_have(name)) {
            let at = with_names(&path, &name);
            // Clients take `..` out of an address before they send it: what is left is another one.
            let sent = reqwest::Url::parse(&format!("{}{at}", site.base)).unwrap();
            if name == "%2e%2e" && operations().contains(&(method.clone(), sent.path().to_owned())) {
                continue;
            }
            let what = format!("{method} {}", &at[..at.len().min(200)]);
            let request = site.request(&method, &at).bearer_auth(crate::site::TOKEN);
            let got = status(request.json(&json!({ "text": HELLO, "path": "x", "value": 1 })), &what).await;
            // A store is there as soon as something is in it, and has no records before.
            let may_be = got.is_client_error()
                || ["/stores/", "/sheets/"].iter().any(|of| path.contains(of))
                || got == StatusCode::NO_CONTENT;
            assert!(may_be, "{what}: {got}");
        }
    }
    assert_eq!(site.get("/scenarios").await["items"].as_array().unwrap().len(), 1, "no scenario was made");
}

#[tokio::test]
async fn queries_and_bodies_of_any_kind_are_answered() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let bodies = bodies();
    for (method, path) in operations() {
        let at = with_names(&path, "hello");
        let request = |query: &str| site.request(&method, &format!("{at}?{query}")).bearer_auth(crate::site::TOKEN);
        for query in QUERIES {
            status(request(query).json(&json!({})), &format!("{method} {at}?{query}")).await;
        }
        for (number, body) in bodies.iter().enumerate().filter(|_| method != "GET") {
            let request = request("").header("content-type", "application/json").body(body.clone());
            status(request, &format!("{method} {at} with body {number}")).await;
        }
    }
    let answer = site.request("POST", "/hook/hello").json(&json!({})).send().await.unwrap();
    assert!(answer.status() == StatusCode::OK || answer.status() == StatusCode::NOT_FOUND, "the server still answers");
}
