//! `/api/v1/alarms` and `/api/v1/events`

use crate::site::{HELLO, Site, TOKEN, ok, refused};
use serde_json::{Value, json};
use std::time::Duration;

/// Reads from a stream of events until this stands in it.
async fn heard(events: &mut reqwest::Response, text: &str) -> String {
    let mut heard = String::new();
    let reading = async {
        while !heard.contains(text) {
            let chunk = events.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap();
    heard
}

async fn open(site: &Site) -> Vec<Value> {
    site.get("/alarms").await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_alarm_is_heard_listed_seen_and_over() {
    let site = Site::start().await;
    let events = site.client.get(format!("{}/api/v1/events", site.base)).bearer_auth(TOKEN).send();
    let mut events = events.await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    heard(&mut events, ": listening\n\n").await;
    site.engine().trouble("connection office", "the token ends in 2 days".to_owned());
    let told = heard(&mut events, "\n\n").await;
    let data: Value = serde_json::from_str(told.trim().strip_prefix("event: alarm\ndata: ").unwrap()).unwrap();
    assert_eq!((&data["kind"], &data["message"]), (&json!("trouble"), &json!("the token ends in 2 days")));
    assert_eq!(open(&site).await, [data]);
    let seen = json!({ "kind": "trouble", "subject": "connection office" });
    let answer = ok(site.api("POST", "/alarms/acknowledge").json(&seen)).await;
    assert!(answer["acknowledged"].is_string());
    heard(&mut events, "\"acknowledged\":\"").await;
    site.engine().mended("connection office");
    heard(&mut events, "\"cleared\":1").await;
    assert_eq!(open(&site).await, Vec::<Value>::new());
    assert_eq!(site.get("/alarms?all=true").await["items"].as_array().unwrap().len(), 1);
    site.engine().end_signals();
    assert!(events.chunk().await.unwrap().is_none(), "the stream ends with the server");
}

#[tokio::test]
async fn an_alarm_that_is_not_there_cannot_be_seen() {
    let site = Site::start().await;
    let seen = json!({ "kind": "silent", "subject": "nobody" });
    refused(site.api("POST", "/alarms/acknowledge").json(&seen), 404, "not_found").await;
}

#[tokio::test]
async fn runs_texts_and_drafts_are_heard_of() {
    let site = Site::start().await;
    let events = site.client.get(format!("{}/api/v1/events", site.base)).bearer_auth(TOKEN).send();
    let mut events = events.await.unwrap();
    heard(&mut events, ": listening\n\n").await;
    let entry = site.shelf.drop_in("hello", HELLO);
    heard(&mut events, &format!("event: scenario\ndata: {{\"id\":\"hello\",\"version\":\"{}\"}}", entry.version.0))
        .await;
    ok(site.api("PUT", "/scenarios/hello/draft").json(&json!({ "text": "x" }))).await;
    heard(&mut events, "event: draft\ndata: {\"scenario\":\"hello\",\"revision\":").await;
    site.api("DELETE", "/scenarios/hello/draft").send().await.unwrap();
    heard(&mut events, "\"revision\":null}").await;
    let told = ok(site.api("POST", "/scenarios/hello/run")).await;
    let run = heard(&mut events, "event: run\n").await;
    let id = told["run"].as_str().unwrap();
    let run = if run.contains(id) { run } else { heard(&mut events, id).await };
    assert!(run.contains("\"scenario\":\"hello\"") && run.contains("\"status\":\"succeeded\""), "{run}");
}
