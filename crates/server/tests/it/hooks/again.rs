//! Requests that are sent again, changed, copied and drafted into scenarios, all through the real gateway.

use super::{bin, captured, requests};
use crate::gateway::{site, site_of};
use crate::site::{Site, ok, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Gives back what it got, and answers a repeat with the first one's answer.
const ECHO: &str = "\
name: Echo
trigger:
  webhook:
    path: hello
    dedupe: trigger.body.id
    verify: { github: a-secret-that-only-the-caller-knows }
steps:
  - respond:
      json: { body: \"{{ trigger.body }}\", page: \"{{ trigger.query?.page ?? 0 }}\" }
";

/// A call whose signature is wrong.
async fn post(site: &Site, target: &str, body: &Value) -> reqwest::Response {
    let wrong = format!("sha256={}", "0".repeat(64));
    site.request("POST", target).header("x-hub-signature-256", wrong).json(body).send().await.unwrap()
}

async fn runs(site: &Site) -> usize {
    site.get("/runs").await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_was_refused_is_sent_again_without_verification_and_never_as_a_repeat() {
    let site = site_of(ECHO).await;
    assert_eq!(post(&site, "/hook/hello?page=2", &json!({ "id": 1 })).await.status(), 401);
    let first = requests(&site, "hello", 1).await.remove(0);
    assert_eq!((&first["verdict"], &first["status"]), (&json!("refused"), &json!(401)));
    let id = first["id"].as_str().unwrap();
    for _ in 0..2 {
        let told = ok(site.api("POST", "/hooks/hello/requests/replay").json(&json!({ "ids": [id, "99"] }))).await;
        assert_eq!((&told["requests"][0]["id"], &told["requests"][0]["status"]), (&json!(id), &json!(200)));
        assert!(told["requests"][0]["run"].is_string());
        assert!(told["requests"][1]["error"].is_string());
    }
    assert_eq!(runs(&site).await, 2);
    let newest = requests(&site, "hello", 3).await.remove(0);
    let whole = site.get(&format!("/hooks/hello/requests/{}", newest["id"].as_str().unwrap())).await;
    assert_eq!((&whole["of"], &whole["verdict"]), (&json!(id), &json!("taken")));
    assert_eq!(whole["answer"]["body"], r#"{"body":{"id":1},"page":"2"}"#);
    let told = ok(site.api("POST", "/hooks/hello/requests/replay").json(&json!({ "verdict": "refused" }))).await;
    assert_eq!((told["requests"].as_array().unwrap().len(), &told["next"]), (1, &Value::Null));
}

#[tokio::test]
async fn what_was_refused_unread_cannot_be_sent_as_it_was() {
    let site = site_of(&ECHO.replace("github:", "bearer:")).await;
    assert_eq!(post(&site, "/hook/hello", &json!({ "id": 1 })).await.status(), 401);
    let first = requests(&site, "hello", 1).await.remove(0);
    assert_eq!(first["length"], 8);
    let ids = json!({ "ids": [first["id"]] });
    let told = ok(site.api("POST", "/hooks/hello/requests/replay").json(&ids)).await;
    assert!(told["requests"][0]["error"].as_str().unwrap().contains("not all"), "{told}");
    assert_eq!(runs(&site).await, 0);
}

#[tokio::test]
async fn which_are_sent_again_must_be_said() {
    let site = Site::start().await;
    bin(&site, "x").await;
    for wrong in [
        json!({}),
        json!({ "ids": ["1"], "verdict": "taken" }),
        json!({ "verdict": "odd" }),
        json!({ "since": "yesterday" }),
        json!({ "ids": vec!["1"; 201] }),
    ] {
        refused(site.api("POST", "/hooks/x/requests/replay").json(&wrong), 400, "bad_request").await;
    }
    let later = json!({ "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z" });
    let told = ok(site.api("POST", "/hooks/x/requests/replay").json(&later)).await;
    assert_eq!(told, json!({ "requests": [], "next": null }));
}

#[tokio::test]
async fn a_request_is_changed_and_sent() {
    let site = site_of(ECHO).await;
    post(&site, "/hook/hello?page=2", &json!({ "id": 1 })).await;
    let id = requests(&site, "hello", 1).await[0]["id"].as_str().unwrap().to_owned();
    let send = |given: Value| site.api("POST", "/hooks/hello/requests/send").json(&given);
    let told = ok(send(json!({ "of": id, "body": "{\"id\":2}", "query": "page=3" }))).await;
    assert_eq!((&told["status"], &told["body"]), (&json!(200), &json!(r#"{"body":{"id":2},"page":"3"}"#)));
    let headers = json!([["content-type", "text/plain"]]);
    let told = ok(send(json!({ "headers": headers, "body_base64": "aGk=" }))).await;
    assert_eq!(told["body"], r#"{"body":"hi","page":0}"#);
    for (wrong, status, code) in [
        (json!({ "body": "", "body_base64": "" }), 400, "bad_request"),
        (json!({ "body_base64": "!" }), 400, "bad_request"),
        (json!({ "headers": [["a b", ""]] }), 422, "invalid_header"),
        (json!({ "headers": [["a", "b\r\nc: d"]] }), 422, "invalid_header"),
        (json!({ "method": "A B" }), 422, "invalid_request"),
        (json!({ "path": "a b" }), 422, "invalid_request"),
        (json!({ "path": "orders/{id}" }), 422, "invalid_request"),
        (json!({ "of": "99" }), 404, "not_found"),
    ] {
        refused(send(wrong), status, code).await;
    }
    assert_eq!(ok(send(json!({ "path": "nowhere" }))).await["status"], 404);
}

#[tokio::test]
async fn a_bin_keeps_what_comes_and_makes_a_scenario_of_it() {
    let site = site().await;
    bin(&site, "probe").await;
    let body =
        json!({ "id": 7, "user-name": "Ada", "at": "2026-01-02T03:04:05Z", "tags": ["a"], "yes": true, "n\"": {} });
    let sent = site.request("POST", "/hook/probe").header("x-github-event", "push").json(&body).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    // The answer says that it is kept, so it is there at once.
    let listed = site.get("/hooks/probe/requests").await["requests"].as_array().unwrap().clone();
    assert_eq!((&listed[0]["verdict"], listed.len()), (&json!("kept"), 1));
    let place = format!("/hooks/probe/requests/{}", listed[0]["id"].as_str().unwrap());
    let draft = ok(site.api("POST", &format!("{place}/scenario"))).await;
    assert_eq!(draft["id"], "probe");
    let text = draft["text"].as_str().unwrap();
    assert!(text.contains("    verify: { github: \"{{ secrets.github }}\" }\n"), "{text}");
    assert!(text.contains("          format: \"date-time\"\n"), "{text}");
    let diagnostics = ok(site.api("POST", "/check").json(&json!({ "text": text }))).await;
    assert_eq!(diagnostics["diagnostics"], json!([]), "{text}");
    is_in_order(text);
    let curl = site.api("GET", &format!("{place}/as/curl")).send().await.unwrap();
    assert_eq!(curl.headers()["content-type"], "text/plain; charset=utf-8");
    let curl = curl.text().await.unwrap();
    assert!(curl.starts_with(&format!("curl --globoff -X 'POST' '{}/hook/probe'", site.base)), "{curl}");
    refused(site.api("GET", &format!("{place}/as/cobol")), 404, "not_found").await;
}

/// Neither the linter nor the formatter has anything to say.
fn is_in_order(text: &str) {
    assert_eq!(scenario::format::format(text).unwrap(), text);
    let findings = scenario::lint::lint(text, &scenario::catalog::Catalog::new([]));
    assert!(findings.is_empty(), "{findings:?}\n{text}");
}

#[tokio::test]
async fn a_draft_is_verified_as_the_webhook_it_comes_from() {
    for (webhook, expected) in [
        (
            "{ path: \"a/{id}\", verify: { meta: { secret: [\"{{ secrets.new }}\", \"{{ secrets.old }}\"], verify_token: \"{{ env.T }}\" } } }",
            "    verify: { meta: { secret: [\"{{ secrets.new }}\", \"{{ secrets.old }}\"], verify_token: \"{{ env.T }}\" } }\n",
        ),
        ("{ path: \"a/{id}\", verify: none }", "    verify: none\n"),
        ("{ path: \"a/{id}\", verify: none, each: body.events }", "    each: \"body.events\"\n"),
    ] {
        let site = Site::start().await;
        let steps = "steps: [{ return: \"{{ trigger.body }}\" }]";
        let text = format!("trigger:\n  - webhook: {{ path: other, verify: none }}\n  - webhook: {webhook}\n{steps}\n");
        site.shelf.drop_in("orders", &text);
        site.inspector.record(&captured("a/{id}", "/hook/a/7", br#"{"events":[{"id":1}],"at":"noon"}"#));
        let first = requests(&site, "a%2F%7Bid%7D", 1).await.remove(0);
        let place = format!("/hooks/a%2F%7Bid%7D/requests/{}/scenario", first["id"].as_str().unwrap());
        let draft = ok(site.api("POST", &place)).await;
        let text = draft["text"].as_str().unwrap();
        assert!(text.contains(expected) && text.contains("path: \"a/{id}/new\"\n"), "{text}");
        let diagnostics = ok(site.api("POST", "/check").json(&json!({ "text": text }))).await;
        assert_eq!(diagnostics["diagnostics"], json!([]), "{text}");
        is_in_order(text);
    }
}

#[tokio::test]
async fn what_is_learnt_is_watched_and_drift_raises_an_alarm() {
    let site = site().await;
    bin(&site, "probe").await;
    for id in 0..3 {
        let sent = site.request("POST", "/hook/probe").json(&json!({ "id": id })).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK);
    }
    let learnt = site.get("/hooks/probe/schema").await;
    assert_eq!((&learnt["samples"], &learnt["watched"]), (&json!(3), &Value::Null));
    assert_eq!(learnt["schema"]["properties"], json!({ "id": { "type": "integer" } }));
    for wrong in ["{\"sample\":1}", "{", "7"] {
        let wrong = site.api("POST", "/hooks/probe/schema").header("content-type", "application/json").body(wrong);
        assert_eq!(wrong.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }
    let watched = ok(site.api("POST", "/hooks/probe/schema")).await;
    assert_eq!((&watched["schema"], &watched["samples"]), (&learnt["schema"], &json!(3)));
    site.request("POST", "/hook/probe").json(&json!({ "id": "seven" })).send().await.unwrap();
    let alarm = alarms(&site, 1).await.remove(0);
    assert_eq!((&alarm["kind"], &alarm["subject"]), (&json!("trouble"), &json!("webhook probe")));
    assert!(alarm["message"].as_str().unwrap().contains("/id: "), "{alarm}");
    let watched = site.get("/hooks/probe/schema").await["watched"].clone();
    assert_eq!(watched["misfits"], 1);
    // It is right as it is now: the alarm is over.
    ok(site.api("POST", "/hooks/probe/schema").json(&json!({}))).await;
    alarms(&site, 0).await;
    let gone = site.api("DELETE", "/hooks/probe/schema").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    refused(site.api("DELETE", "/hooks/probe/schema"), 404, "not_found").await;
    let broken = json!({ "schema": { "type": "nothing" } });
    refused(site.api("POST", "/hooks/probe/schema").json(&broken), 422, "invalid_schema").await;
}

/// The alarms that go on, once there are so many.
async fn alarms(site: &Site, count: usize) -> Vec<Value> {
    let looking = async {
        loop {
            let listed = site.get("/alarms").await["items"].as_array().unwrap().clone();
            if listed.len() == count {
                return listed;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(super::PATIENCE, looking).await.unwrap()
}
