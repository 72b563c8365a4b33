//! `POST /api/v1/runs/{id}/resume`

use crate::site::{HOLDS, Site, ok, refused};
use serde_json::{Value, json};

/// A run of [`HOLDS`] that is held.
async fn held(site: &Site) -> String {
    site.shelf.drop_in("holds", HOLDS);
    let run = site.run_until("holds", &json!({}), "held").await;
    assert_eq!(run["steps"][0]["status"], "held");
    assert_eq!(run["steps"][0]["error"]["code"], "missing_property");
    assert_eq!(run["steps"][0].get("resume_url"), None, "a held step has no link");
    run["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_held_run_is_found_by_its_status() {
    let site = Site::start().await;
    let id = held(&site).await;
    assert_eq!(site.get("/runs?status=held").await["items"][0]["id"], *id);
    assert_eq!(site.get("/runs?status=waiting").await["items"], json!([]));
}

#[tokio::test]
async fn a_held_step_goes_on_with_a_value_in_its_place_and_who_did_it_is_recorded() {
    let site = Site::start().await;
    let id = held(&site).await;
    let resume = site.api("POST", &format!("/runs/{id}/resume"));
    let told = ok(resume.json(&json!({ "action": "use", "output": { "n": 1 } }))).await;
    assert_eq!(told, json!({ "step": "order", "turns": [] }));
    let run = site.run_is(&id, "succeeded").await;
    assert_eq!(run["steps"][0]["status"], "recovered");
    assert_eq!(run["steps"][0]["output"], json!({ "n": 1 }));
    assert_eq!(run["steps"][0]["released_by"], "admin");
}

#[tokio::test]
async fn a_held_step_is_tried_again_and_then_fails() {
    let site = Site::start().await;
    let id = held(&site).await;
    let resume = |body: Value| site.api("POST", &format!("/runs/{id}/resume")).json(&body);
    ok(resume(json!({ "step": "order" }))).await;
    let run = site.run_is(&id, "held").await;
    assert_eq!(run["steps"][0]["released_by"], "admin", "held anew after it was tried");
    ok(resume(json!({ "action": "fail", "turns": [] }))).await;
    assert_eq!(site.run_is(&id, "failed").await["error"]["code"], "missing_property");
    refused(resume(json!({})), 409, "over").await;
}

#[tokio::test]
async fn of_several_held_steps_one_is_named() {
    let site = Site::start().await;
    let text = "\
trigger: { manual: {} }
steps:
  - for_each:
      in: \"[1, 2]\"
      as: n
      parallel: 2
      steps:
        - id: order
          set: \"{{ trigger.body.order }}\"
          on_error: hold
";
    site.shelf.drop_in("loop", text);
    let run = site.run_until("loop", &json!({}), "held").await;
    let id = run["id"].as_str().unwrap();
    let resume = |body: Value| site.api("POST", &format!("/runs/{id}/resume")).json(&body);
    let problem = refused(resume(json!({ "step": "order" })), 409, "ambiguous").await;
    assert!(problem["detail"].as_str().unwrap().contains("turns [1]"), "{problem}");
    refused(resume(json!({ "step": "order", "turns": [2] })), 409, "not_held").await;
    for turn in [1, 0] {
        let told = ok(resume(json!({ "turns": [turn], "action": "use", "output": null }))).await;
        assert_eq!(told, json!({ "step": "order", "turns": [turn] }));
    }
    site.run_is(id, "succeeded").await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let site = Site::start().await;
    let id = held(&site).await;
    let resume = |body: Value| site.api("POST", &format!("/runs/{id}/resume")).json(&body);
    refused(resume(json!({ "step": "other" })), 409, "not_held").await;
    refused(resume(json!({ "action": "use" })), 400, "bad_request").await;
    refused(resume(json!({ "output": 1 })), 400, "bad_request").await;
    refused(resume(json!({ "action": "skip" })), 400, "bad_request").await;
    refused(resume(json!({ "more": 1 })), 400, "bad_request").await;
    for id in ["1", "01890000-0000-7000-8000-000000000000"] {
        refused(site.api("POST", &format!("/runs/{id}/resume")).json(&json!({})), 404, "not_found").await;
    }
    site.run_is(&id, "held").await;
}
