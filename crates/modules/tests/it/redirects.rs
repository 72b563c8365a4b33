//! Redirects: how many, where to, and what goes along.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{modules, step};
use modules::Options;
use run::call::Outcome;
use run::error::StepError;
use serde_json::{Value, json};

fn to(status: u16, location: &str) -> Reply {
    reply(status, &[("location", location)], "")
}

async fn request(server: &Server, path: &str, parameters: Value, options: Options) -> Result<Outcome, StepError> {
    let modules = modules("", &[], options);
    let mut parameters = parameters;
    parameters["url"] = json!(server.url(path));
    step(&modules, "http.request").author_host(&server.host()).call(parameters).await
}

/// `/3` leads over `/2` and `/1` to `/0`.
fn stairs(seen: &Seen) -> Reply {
    match seen.target.as_str() {
        "/0" => reply(200, &[("content-type", "text/plain")], "down"),
        step => to(302, &format!("/{}", step[1..].parse::<u32>().unwrap() - 1)),
    }
}

#[tokio::test]
async fn as_many_as_allowed_are_followed() {
    let server = Server::start(stairs).await;
    let outcome = request(&server, "/5", json!({}), Options::default()).await.unwrap();
    assert_eq!(outcome.output["body"], "down");
    assert_eq!(request(&server, "/6", json!({}), Options::default()).await.unwrap_err().code, "too_many_redirects");
    let error = request(&server, "/2", json!({"redirects": 1}), Options::default()).await.unwrap_err();
    assert_eq!(error.code, "too_many_redirects");
    let outcome = request(&server, "/2", json!({"redirects": 0}), Options::default()).await.unwrap();
    assert_eq!((&outcome.output["status"], &outcome.output["headers"]["location"]), (&json!(302), &json!("/1")));
}

#[tokio::test]
async fn the_method_changes_as_the_status_says() {
    let check = async |status: u16, method: &str, expected: &str, body: &str| {
        let server =
            Server::start(move |seen| if seen.target == "/a" { to(status, "b") } else { reply(200, &[], "") }).await;
        request(&server, "/a", json!({"method": method, "text": "body"}), Options::default()).await.unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!(
            (seen.target.as_str(), seen.method.as_str(), seen.text()),
            ("/b", expected, body),
            "{status} {method}"
        );
    };
    check(301, "POST", "GET", "").await;
    check(302, "POST", "GET", "").await;
    check(302, "PUT", "PUT", "body").await;
    check(303, "POST", "GET", "").await;
    check(303, "PUT", "GET", "").await;
    check(307, "POST", "POST", "body").await;
    check(308, "POST", "POST", "body").await;
}

#[tokio::test]
async fn a_redirect_does_not_lead_to_a_private_address() {
    let target = Server::start(|_| reply(200, &[], "secret")).await;
    let port = target.host().split_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "user@127.0.0.1"] {
        let location = format!("http://{host}:{port}/");
        let server = Server::start(move |_| to(302, &location)).await;
        let error = request(&server, "/", json!({}), Options::default()).await.unwrap_err();
        assert_eq!(error.code, "private_address", "{host}");
    }
    let server = Server::start(|_| to(302, "file:///etc/passwd")).await;
    assert_eq!(request(&server, "/", json!({}), Options::default()).await.unwrap_err().code, "invalid_url");
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let target = Server::start(|_| reply(200, &[], "")).await;
    let location = target.url("/there");
    let server = Server::start(move |seen| match seen.target.as_str() {
        "/here" => to(307, "/again"),
        _ => to(307, &location),
    });
    let server = server.await;
    let headers = json!({"authorization": "Bearer x", "cookie": "a=b", "x-api-key": "y", "accept": "text/html"});
    let open = Options { allow_private: vec!["127.0.0.0/8".parse().unwrap()], ..Options::default() };
    request(&server, "/here", json!({"headers": headers, "text": "body"}), open).await.unwrap();
    let again = server.seen().pop().unwrap();
    assert_eq!((again.header("authorization"), again.header("cookie")), ("Bearer x", "a=b"));
    let there = target.only();
    for name in ["authorization", "cookie", "x-api-key"] {
        assert_eq!(there.header(name), "", "{name}");
    }
    assert_eq!((there.header("accept"), there.text()), ("text/html", "body"));
}
