//! `DELETE /api/v1/scenarios/{id}`

use crate::site::{HELLO, Site, ok, refused};
use reqwest::StatusCode;

#[tokio::test]
async fn a_scenario_goes_and_its_runs_stay() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let run = ok(site.api("POST", "/scenarios/hello/run")).await["run"].clone();
    let gone = site.api("DELETE", "/scenarios/hello").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    refused(site.api("GET", "/scenarios/hello"), 404, "not_found").await;
    refused(site.api("DELETE", "/scenarios/hello"), 404, "not_found").await;
    refused(site.api("POST", "/scenarios/hello/run"), 404, "not_found").await;
    let run = site.get(&format!("/runs/{}", run.as_str().unwrap())).await;
    assert_eq!(run["steps"][0]["id"], "greeting");
}
