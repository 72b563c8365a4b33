//! `POST /api/v1/runs/{id}/cancel`

use crate::site::{HELLO, HOLDS, Site, ok, refused};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_run_that_waits_is_ended() {
    let site = Site::start().await;
    site.shelf.drop_in("holds", HOLDS);
    site.shelf.drop_in("long", "steps:\n  - wait: 30d\n");
    for (scenario, status) in [("holds", "held"), ("long", "waiting")] {
        let run = site.run_until(scenario, &json!({}), status).await;
        let path = format!("/runs/{}/cancel", run["id"].as_str().unwrap());
        let answer = site.api("POST", &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let run = site.get(&format!("/runs/{}", run["id"].as_str().unwrap())).await;
        assert_eq!(run["status"], "cancelled");
        refused(site.api("POST", &path), 409, "over").await;
    }
}

#[tokio::test]
async fn what_is_over_or_not_there_is_not_ended() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let told = ok(site.api("POST", "/scenarios/hello/run")).await;
    refused(site.api("POST", &format!("/runs/{}/cancel", told["run"].as_str().unwrap())), 409, "over").await;
    for id in ["1", "01890000-0000-7000-8000-000000000000"] {
        refused(site.api("POST", &format!("/runs/{id}/cancel")), 404, "not_found").await;
    }
}
