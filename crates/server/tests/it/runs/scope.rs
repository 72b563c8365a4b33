//! `GET /api/v1/runs/{id}/scope`

use crate::site::{Site, ok, refused};
use serde_json::json;

const LOOP: &str = "\
trigger: { manual: {} }
steps:
  - id: order
    set: { number: A1 }
  - assign: { count: 2 }
  - for_each:
      in: '[\"a\", \"b\"]'
      as: letter
      steps:
        - id: big
          set: \"{{ letter.upper() }}\"
";

#[tokio::test]
async fn the_scope_of_a_run_has_what_its_steps_could_see() {
    let site = Site::start().await;
    let entry = site.shelf.drop_in("loop", LOOP);
    assert!(entry.plan.is_some(), "{:?}", entry.diagnostics);
    let told = ok(site.api("POST", "/scenarios/loop/run").json(&json!({ "a": 1 }))).await;
    let scope = site.get(&format!("/runs/{}/scope", told["run"].as_str().unwrap())).await;
    assert_eq!(scope["trigger"]["body"], json!({ "a": 1 }));
    assert_eq!(scope["trigger"]["source"], "manual");
    assert_eq!(scope["steps"], json!({ "order": { "number": "A1" }, "big": "B" }));
    assert_eq!(scope["vars"], json!({ "count": 2 }));
    assert_eq!(scope["loops"], json!({ "letter": "a" }));
}

#[tokio::test]
async fn there_is_no_scope_without_a_run() {
    let site = Site::start().await;
    refused(site.api("GET", "/runs/01890000-0000-7000-8000-000000000000/scope"), 404, "not_found").await;
}
