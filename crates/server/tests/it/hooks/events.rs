//! `/api/v1/hooks/{hook}/requests/events` and `/listen`

use super::{PATIENCE, bin, captured, requests};
use crate::site::{Site, TOKEN};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use server::{Captured, Verdict};
use std::time::Duration;

/// A stream of events, as a browser reads it.
struct Events {
    answer: reqwest::Response,
    rest: String,
}

impl Events {
    async fn of(site: &Site, path: &str, last: Option<&str>) -> Self {
        let mut request = site.client.get(format!("{}/api/v1{path}", site.base)).bearer_auth(TOKEN);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut events = Self { answer, rest: String::new() };
        assert_eq!(events.piece().await.unwrap(), ": listening");
        events
    }

    /// What stands before the next empty line; none: the stream is over.
    async fn piece(&mut self) -> Option<String> {
        loop {
            if let Some((piece, rest)) = self.rest.split_once("\n\n") {
                let (piece, rest) = (piece.to_owned(), rest.to_owned());
                self.rest = rest;
                return Some(piece);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await.unwrap().unwrap()?;
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next request: the event's id and its data.
    async fn request(&mut self) -> (Option<String>, Value) {
        let piece = self.piece().await.unwrap();
        let field = |name: &str| piece.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        assert_eq!(field("event: ").as_deref(), Some("request"), "{piece}");
        (field("id: "), serde_json::from_str(&field("data: ").unwrap()).unwrap())
    }
}

#[tokio::test]
async fn a_slow_reader_misses_nothing() {
    let site = Site::start().await;
    bin(&site, "orders").await;
    let mut events = Events::of(&site, "/hooks/orders/requests/events", None).await;
    for number in 0..1_000 {
        let target = format!("/hook/orders?n={number}");
        site.inspector.record(&captured("orders", &target, b"{}"));
        site.inspector.record(&captured("others", "/hook/others", b"{}"));
    }
    requests(&site, "others", 200).await;
    let mut last = String::new();
    for number in 0..1_000 {
        let (id, request) = events.request().await;
        assert_eq!(request["target"], format!("/hook/orders?n={number}"));
        assert_eq!(request["id"].as_str(), id.as_deref());
        last = id.unwrap();
        if number == 499 {
            // The connection is lost; a browser comes again with the last that it saw.
            events = Events::of(&site, "/hooks/orders/requests/events", Some(&last)).await;
        }
    }
    site.inspector.record(&captured("orders", "/hook/orders?n=new", b"{}"));
    assert_eq!(events.request().await.1["target"], "/hook/orders?n=new");
    let mut again = Events::of(&site, &format!("/hooks/orders/requests/events?after={last}"), None).await;
    assert_eq!(again.request().await.1["target"], "/hook/orders?n=new");
    site.engine().end_signals();
    assert_eq!(events.piece().await, None, "the stream ends with the server");
}

#[tokio::test]
async fn who_listens_gets_everything_as_it_came() {
    let site = Site::start().await;
    bin(&site, "orders/{id}").await;
    let mut events = Events::of(&site, "/hooks/orders%2F%7Bid%7D/listen", None).await;
    let body = b"{\"password\":\"x\"}\xff";
    let verdict = Verdict::Refused { code: "unverified", detail: "", diagnosis: None };
    site.inspector.record(&captured("others", "/hook/others", b"{}"));
    site.inspector.record(&Captured {
        verdict,
        status: 401,
        ..captured("orders/{id}", "/hook/orders/7?token=a", body)
    });
    let (_, request) = events.request().await;
    assert_eq!(request["headers"][1], json!(["x-hub-signature-256", "sha256=abc"]));
    assert_eq!(request["target"], "/hook/orders/7?token=a");
    assert_eq!((&request["rest"], &request["status"]), (&json!("/7"), &json!(401)));
    assert_eq!(BASE64_STANDARD.decode(request["body_base64"].as_str().unwrap()).unwrap(), body);
    site.engine().end_signals();
    assert_eq!(events.piece().await, None, "the stream ends with the server");
}

#[tokio::test]
async fn recording_takes_microseconds() {
    let site = Site::start().await;
    let body = vec![b'x'; 400];
    let began = std::time::Instant::now();
    for _ in 0..2_000 {
        site.inspector.record(&captured("orders", "/hook/orders", &body));
    }
    let each = began.elapsed() / 2_000;
    eprintln!("a record: {each:?}");
    assert!(each < Duration::from_micros(200), "{each:?}");
}
