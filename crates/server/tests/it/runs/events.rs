//! `GET /api/v1/runs/{id}/events`

use crate::site::{HELLO, HOLDS, Site, TOKEN, ok, refused};
use reqwest::Response;
use serde_json::{Value, json};
use std::time::Duration;

async fn listen(site: &Site, run: &str) -> Response {
    let events = site.client.get(format!("{}/api/v1/runs/{run}/events", site.base)).bearer_auth(TOKEN).send();
    let events = events.await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    events
}

/// The next run that is told; none: the stream ended.
async fn next(events: &mut Response, heard: &mut String) -> Option<Value> {
    let reading = async {
        loop {
            if let Some(end) = heard.find("\n\n") {
                let piece: String = heard.drain(..end + 2).collect();
                if let Some(data) = piece.strip_prefix("event: run\ndata: ") {
                    return Some(serde_json::from_str(data.trim()).unwrap());
                }
                continue;
            }
            let chunk = events.chunk().await.unwrap()?;
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap()
}

#[tokio::test]
async fn a_run_is_told_now_when_it_changes_and_when_it_is_over() {
    let site = Site::start().await;
    site.shelf.drop_in("holds", HOLDS);
    let run = site.run_until("holds", &json!({}), "held").await;
    let id = run["id"].as_str().unwrap().to_owned();
    let (mut events, mut heard) = (listen(&site, &id).await, String::new());
    assert_eq!(next(&mut events, &mut heard).await, Some(run.clone()));
    ok(site.api("POST", &format!("/runs/{id}/resume")).json(&json!({ "action": "use", "output": 1 }))).await;
    let mut last = run;
    while let Some(run) = next(&mut events, &mut heard).await {
        last = run;
    }
    assert_eq!(last["status"], "succeeded", "{last}");
    assert_eq!(last, site.get(&format!("/runs/{id}")).await);
}

#[tokio::test]
async fn of_a_run_that_is_over_nothing_more_is_told() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let told = ok(site.api("POST", "/scenarios/hello/run")).await;
    let (mut events, mut heard) = (listen(&site, told["run"].as_str().unwrap()).await, String::new());
    assert_eq!(next(&mut events, &mut heard).await.unwrap()["status"], "succeeded");
    assert_eq!(next(&mut events, &mut heard).await, None);
    refused(site.api("GET", "/runs/01890000-0000-7000-8000-000000000000/events"), 404, "not_found").await;
}
