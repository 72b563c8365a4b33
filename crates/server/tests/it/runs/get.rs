//! `GET /api/v1/runs/{id}`

use crate::site::{HELLO, PICKY, Site, ok, refused};
use serde_json::{Value, json};

async fn run(site: &Site, scenario: &str, input: &Value) -> Value {
    let told = ok(site.api("POST", &format!("/scenarios/{scenario}/run")).json(input)).await;
    site.get(&format!("/runs/{}", told["run"].as_str().unwrap())).await
}

#[tokio::test]
async fn a_run_shows_its_input_its_steps_and_its_answer() {
    let site = Site::start().await;
    let entry = site.shelf.drop_in("hello", HELLO);
    let run = run(&site, "hello", &json!({ "a": 1 })).await;
    assert_eq!(run["scenario"], "hello");
    assert_eq!(run["version"], *entry.version.0);
    assert_eq!(run["status"], "succeeded");
    assert_eq!(run["input"], json!({ "source": "manual", "body": { "a": 1 } }));
    let step = &run["steps"][0];
    assert_eq!((&step["step"], &step["turns"], &step["id"]), (&json!(0), &json!([]), &json!("greeting")));
    assert_eq!((&step["label"], &step["module"]), (&json!("greeting"), &json!("set")));
    assert_eq!((&step["status"], &step["attempts"], &step["sandbox"]), (&json!("done"), &json!(1), &json!(false)));
    assert_eq!(step["output"], json!({ "response": "Hello" }));
    assert!(step["ended"].as_i64() >= step["started"].as_i64());
    assert_eq!(run["steps"][1]["module"], "respond");
    assert_eq!(run["response"]["status"], 200);
    assert_eq!(run["response"]["headers"], json!([["content-type", "application/json"]]));
    assert_eq!(run["response"]["body"], r#"{"response":"Hello"}"#);
    assert_eq!(run.get("error"), None);
}

#[tokio::test]
async fn a_failed_run_shows_why() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let run = run(&site, "picky", &json!({ "other": 1 })).await;
    assert_eq!(run["status"], "failed");
    assert_eq!(run["steps"][0]["status"], "failed", "{run}");
    assert_eq!(run["steps"][0]["error"]["code"], run["error"]["code"]);
    assert!(run["error"]["message"].as_str().unwrap().contains("order"), "{run}");
}

#[tokio::test]
async fn large_values_are_not_shown() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let large = "x".repeat(300 * 1024);
    let run = run(&site, "picky", &json!({ "order": large })).await;
    assert_eq!(run["steps"][0]["output"], json!({ "truncated": 300 * 1024 + 2 }));
    assert!(run["input"]["body"]["truncated"].as_u64() > Some(300 * 1024));
    assert!(run["response"]["body"]["truncated"].as_u64() > Some(300 * 1024));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let site = Site::start().await;
    for id in ["1", "01890000-0000-7000-8000-000000000000"] {
        refused(site.api("GET", &format!("/runs/{id}")), 404, "not_found").await;
    }
}
