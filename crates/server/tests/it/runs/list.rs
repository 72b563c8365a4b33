//! `GET /api/v1/runs`

use crate::site::{HELLO, PICKY, Site, ok, refused};
use serde_json::{Value, json};

/// Starts runs and gives their ids.
async fn start(site: &Site, scenario: &str, count: usize) -> Vec<Value> {
    let mut runs = Vec::new();
    for _ in 0..count {
        let request = site.api("POST", &format!("/scenarios/{scenario}/run"));
        runs.push(ok(request).await["run"].clone());
    }
    runs
}

fn ids(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect()
}

#[tokio::test]
async fn runs_are_listed_newest_first_with_how_they_ended() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    site.shelf.drop_in("picky", PICKY);
    let hello = start(&site, "hello", 1).await;
    let picky = start(&site, "picky", 1).await;
    let page = site.get("/runs").await;
    assert_eq!(ids(&page).len(), 2);
    assert!(ids(&page).contains(&hello[0]) && ids(&page).contains(&picky[0]));
    assert_eq!(page["next"], Value::Null);
    for (query, expected) in [
        ("scenario=hello", &hello),
        ("status=succeeded", &hello),
        ("status=failed", &picky),
        ("scenario=picky&status=succeeded", &vec![]),
    ] {
        assert_eq!(ids(&site.get(&format!("/runs?{query}")).await), *expected, "{query}");
    }
    let run = &site.get("/runs?scenario=hello").await["items"][0];
    assert_eq!(run["scenario"], "hello");
    assert_eq!(run["status"], "succeeded");
    assert!(run["changed"].as_i64() >= run["created"].as_i64());
}

#[tokio::test]
async fn pages_join_without_gap_or_repeat() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    start(&site, "hello", 5).await;
    let all = ids(&site.get("/runs?limit=5").await);
    let (mut joined, mut path) = (Vec::new(), "/runs?limit=2".to_owned());
    for _ in 0..3 {
        let page = site.get(&path).await;
        joined.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/runs?limit=2&before={next}");
    }
    assert_eq!(joined, all);
    assert_eq!(joined.len(), 5);
}

#[tokio::test]
async fn filters_that_cannot_be_read_are_refused() {
    let site = Site::start().await;
    for query in ["status=odd", "before=1", "scenario=a/b", "limit=-1"] {
        refused(site.api("GET", &format!("/runs?{query}")), 400, "bad_request").await;
    }
    assert_eq!(site.get("/runs?limit=0").await, json!({ "items": [], "next": null }));
}
