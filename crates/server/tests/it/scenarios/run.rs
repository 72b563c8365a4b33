//! `POST /api/v1/scenarios/{id}/run`

use crate::site::{HELLO, PICKY, Site, ok, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn the_answer_comes_back() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let told = ok(site.api("POST", "/scenarios/picky/run").json(&json!({ "order": "A1" }))).await;
    assert_eq!(told["response"]["status"], 200);
    let body = told["response"]["body"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "order": "A1" }));
    assert_eq!((told.get("accepted"), told.get("failed")), (None, None));
}

#[tokio::test]
async fn a_run_without_an_answer_is_accepted() {
    let site = Site::start().await;
    site.shelf.drop_in("quiet", "trigger:\n  manual: {}\nsteps:\n  - set: { a: 1 }\n");
    let answer = site.api("POST", "/scenarios/quiet/run").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(told["accepted"], true);
    assert_eq!(place, format!("/api/v1/runs/{}", told["run"].as_str().unwrap()));
}

#[tokio::test]
async fn a_run_that_fails_says_so() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let told = ok(site.api("POST", "/scenarios/picky/run").json(&json!({ "other": 1 }))).await;
    assert_eq!(told["failed"], true, "{told}");
}

#[tokio::test]
async fn a_scenario_that_is_switched_off_runs_by_hand() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", &HELLO.replace("enabled: true", "enabled: false"));
    ok(site.api("POST", "/scenarios/hello/run")).await;
}

#[tokio::test]
async fn input_that_does_not_satisfy_the_schema_is_refused() {
    let site = Site::start().await;
    site.shelf.drop_in(
        "strict",
        "trigger:\n  manual:\n    input: { type: object, required: [order] }\nsteps:\n  - set: { a: 1 }\n",
    );
    let problem = refused(site.api("POST", "/scenarios/strict/run").json(&json!({})), 422, "invalid_input").await;
    assert!(problem["reasons"][0]["message"].as_str().unwrap().contains("order"), "{problem}");
    ok(site.api("POST", "/scenarios/strict/run").json(&json!({ "order": 1 }))).await;
}

#[tokio::test]
async fn what_cannot_run_is_refused() {
    let site = Site::start().await;
    site.shelf.drop_in("broken", "name: [");
    site.shelf.drop_in("hello", HELLO);
    let json = |request: reqwest::RequestBuilder, body: &'static str| {
        request.header("content-type", "application/json").body(body)
    };
    refused(site.api("POST", "/scenarios/broken/run"), 409, "not_runnable").await;
    refused(site.api("POST", "/scenarios/other/run"), 404, "not_found").await;
    refused(json(site.api("POST", "/scenarios/hello/run"), "{"), 400, "bad_request").await;
    refused(site.api("POST", "/scenarios/hello/run?wait=soon"), 400, "bad_request").await;
    assert_eq!(site.get("/runs").await["items"], json!([]));
}
