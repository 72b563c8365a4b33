//! `POST /api/v1/runs/{id}/replay`, `/api/v1/runs/replay`, `/api/v1/runs/{id}/move` and `/api/v1/scenarios/{id}/whatif`

use crate::site::{HELLO, HOLDS, PICKY, Site, answer, ok, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn replayed(site: &Site, id: &Value, body: Value) -> String {
    let path = format!("/runs/{}/replay", id.as_str().unwrap());
    let told = answer(site.api("POST", &path).json(&body), StatusCode::CREATED).await;
    told["run"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_failed_run_is_done_again_with_an_edited_input() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    let first = site.run_until("picky", &json!({}), "failed").await;
    let again = replayed(&site, &first["id"], json!({ "input": { "order": 7 } })).await;
    let run = site.run_is(&again, "succeeded").await;
    assert_eq!(run["replay_of"], first["id"]);
    assert_eq!(run["steps"][0]["output"], 7);
    assert_eq!(first.get("replay_of"), None);

    let later = replayed(&site, &run["id"], json!({ "from": "respond" })).await;
    let run = site.run_is(&later, "succeeded").await;
    assert_eq!(run["steps"][0]["copied"], true);
    assert_eq!(run["steps"][1].get("copied"), None);

    let path = format!("/runs/{}/replay", first["id"].as_str().unwrap());
    refused(site.api("POST", &path).json(&json!({ "from": "nowhere" })), 409, "not_reached").await;
    refused(site.api("POST", &path).json(&json!({ "from": "order", "from_failure": true })), 400, "bad_request").await;
    refused(site.api("POST", "/runs/nothing/replay").json(&json!({})), 404, "not_found").await;
}

#[tokio::test]
async fn many_runs_are_done_again_a_page_at_a_time() {
    let site = Site::start().await;
    site.shelf.drop_in("picky", PICKY);
    for _ in 0..3 {
        site.run_until("picky", &json!({}), "failed").await;
    }
    site.shelf.drop_in("picky", &PICKY.replace("trigger.body.order }}", "trigger.body?.order ?? 1 }}"));
    let body = |before: Value| {
        let filter = json!({ "scenario": "picky", "status": "failed", "limit": 2, "before": before });
        json!({ "filter": filter, "version": "current", "from_failure": true })
    };
    let mut misspelt = body(Value::Null);
    misspelt["from_failur"] = json!(true);
    refused(site.api("POST", "/runs/replay").json(&misspelt), 400, "bad_request").await;
    let first = ok(site.api("POST", "/runs/replay").json(&body(Value::Null))).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    for item in first["items"].as_array().unwrap() {
        assert_eq!(site.run_is(item["run"].as_str().unwrap(), "succeeded").await["replay_of"], item["of"]);
    }
    let last = ok(site.api("POST", "/runs/replay").json(&body(first["next"].clone()))).await;
    assert_eq!((last["items"].as_array().unwrap().len(), &last["next"]), (1, &Value::Null));
}

#[tokio::test]
async fn a_held_run_is_moved_where_it_fits() {
    let site = Site::start().await;
    site.shelf.drop_in("holds", HOLDS);
    let run = site.run_until("holds", &json!({}), "held").await;
    let path = format!("/runs/{}/move", run["id"].as_str().unwrap());
    site.shelf.drop_in("holds", &HOLDS.replace("id: order", "id: other").replace("{{ order }}", "{{ other }}"));
    let told = ok(site.api("POST", &path).json(&json!({}))).await;
    assert_eq!(told["moved"], false);
    assert_eq!(told["misfits"], json!([{ "step": "order", "why": "missing", "message": "there is no step `order`" }]));

    site.shelf.drop_in("holds", &HOLDS.replace("return: \"{{ order }}\"", "return: \"{{ order }} moved\""));
    let told = ok(site.api("POST", &path).json(&json!({ "check": true }))).await;
    assert_eq!(told, json!({ "moved": false, "misfits": [] }));
    assert_eq!(ok(site.api("POST", &path).json(&json!({}))).await, json!({ "moved": true, "misfits": [] }));
    let id = run["id"].as_str().unwrap();
    ok(site.api("POST", &format!("/runs/{id}/resume")).json(&json!({ "action": "use", "output": 1 }))).await;
    let run = site.run_is(id, "succeeded").await;
    assert_eq!(run["steps"][1]["output"], "1 moved");
    refused(site.api("POST", &path).json(&json!({})), 409, "over").await;
}

#[tokio::test]
async fn a_text_is_compared_with_what_was() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    site.run_until("hello", &json!({}), "succeeded").await;
    let what_if = |body: Value| site.api("POST", "/scenarios/hello/whatif").json(&body);
    let told = ok(what_if(json!({}))).await;
    assert_eq!((&told["same"], &told["different"]), (&json!(1), &json!(0)));
    let told = ok(what_if(json!({ "text": HELLO.replace("response: Hello", "response: Goodbye"), "last": 1 }))).await;
    assert_eq!((&told["same"], &told["different"]), (&json!(0), &json!(1)));
    let expected = json!([
        { "at": "greeting", "path": "output.response", "was": "Hello", "would_be": "Goodbye" },
        { "at": "answer", "path": "body.response", "was": "Hello", "would_be": "Goodbye" },
    ]);
    assert_eq!(told["items"][0]["differences"], expected);
    refused(what_if(json!({ "text": "steps: 1" })), 422, "invalid_scenario").await;
}
