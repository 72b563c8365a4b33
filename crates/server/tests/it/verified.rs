//! Webhooks that know their senders: from the wire to the run, and what is kept of it.

use crate::site::Site;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scenario::plan::Trigger;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use triggers::webhook::hooks::{Hook, Hooks};

const SECRET: &[u8] = b"It's a secret";

/// A site with one webhook, at `/hook/events`, with these keys; its scenario answers what it knows of the delivery.
async fn site(keys: &str, steps: &str) -> Site {
    let site = Site::start().await;
    let text =
        format!("name: Events\ntrigger:\n  webhook:\n    path: events\n    methods: [POST]\n{keys}\nsteps:\n{steps}");
    let entry = site.shelf.drop_in("events", &text);
    let deployment = site.engine().deployment(&"events".parse().unwrap());
    let deployment = deployment.unwrap_or_else(|| panic!("{:?}", entry.diagnostics));
    let Trigger::Webhook(webhook) = &deployment.plan.triggers[0] else { panic!("a webhook") };
    let hook = Hook::new("events", Arc::clone(&deployment), webhook).unwrap();
    site.hooks.replace(Hooks::build(vec![("events".parse().unwrap(), hook)]).0);
    site
}

const TOLD: &str = "  - respond: { json: { event: \"{{ trigger.event }}\", id: \"{{ trigger.id }}\", body: \"{{ trigger.body }}\" } }\n";

const GITHUB: &str = "    verify: { github: \"It's a secret\" }";

fn code(text: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, SECRET), text).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The status and the body of the answer to a delivery of GitHub's.
async fn push(site: &Site, id: &str, content_type: &str, body: &str, signed: &str) -> (u16, Value) {
    let request = site.request("POST", "/hook/events").header("content-type", content_type);
    let request = request.header("x-github-event", "push").header("x-github-delivery", id);
    let signature = format!("sha256={}", hex(&code(signed.as_bytes())));
    let answer = request.header("x-hub-signature-256", signature).body(body.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// A delivery of LINE's with these events.
async fn line(site: &Site, events: Value) -> (u16, Value) {
    let body = json!({ "destination": "U1", "events": events }).to_string();
    let request = site.request("POST", "/hook/events").header("content-type", "application/json");
    let signature = STANDARD.encode(code(body.as_bytes()));
    let answer = request.header("x-line-signature", signature).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn runs(site: &Site) -> usize {
    site.get("/runs?limit=200").await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn w4_a_delivery_is_verified_told_and_taken_once() {
    let site = site(GITHUB, TOLD).await;
    let body = r#"{"ref":"refs/heads/main"}"#;
    let told = json!({ "event": "push", "id": "d1", "body": { "ref": "refs/heads/main" } });
    assert_eq!(push(&site, "d1", "application/json", body, body).await, (200, told.clone()));
    assert_eq!(push(&site, "d1", "application/json", body, body).await, (200, told));
    assert_eq!(runs(&site).await, 1);
    assert_eq!(push(&site, "d2", "application/json", body, body).await.0, 200);
    assert_eq!(runs(&site).await, 2);
}

#[tokio::test]
async fn w1_what_is_signed_are_the_bytes_as_they_come() {
    let site = site(GITHUB, TOLD).await;
    let (sent, meant) = (r#"{"a": 1}"#, r#"{"a":1}"#);
    let (status, told) = push(&site, "d1", "application/json", sent, meant).await;
    assert_eq!((status, &told["code"]), (401, &json!("unverified")));
    // The answer says nothing about what would have been right.
    assert!(!told.to_string().contains(&hex(&code(sent.as_bytes()))[..8]), "{told}");
    assert_eq!(runs(&site).await, 0);
    let kept = site.get("/hooks/events/requests?verdict=refused").await;
    let id = kept["requests"][0]["id"].as_str().unwrap().to_owned();
    let kept = site.get(&format!("/hooks/events/requests/{id}")).await;
    assert_eq!(kept["code"], "bad_signature", "{kept}");
    assert_eq!(kept["diagnosis"]["findings"][0]["code"], "body_reformatted", "{kept}");
    assert!(!kept.to_string().contains(&hex(&code(meant.as_bytes()))), "{kept}");
}

#[tokio::test]
async fn json_in_a_form_is_the_body() {
    let site = site(GITHUB, TOLD).await;
    let form = "payload=%7B%22ref%22%3A%22x%22%7D";
    let (status, told) = push(&site, "d1", "application/x-www-form-urlencoded", form, form).await;
    assert_eq!((status, &told["body"]), (200, &json!({ "ref": "x" })));
}

#[tokio::test]
async fn each_item_is_a_run_and_taken_once() {
    let keys = "    verify: { line: \"It's a secret\" }\n    each: body.events";
    let site =
        site(keys, "  - set: \"{{ trigger.item.type }} {{ trigger.index }} {{ trigger.body.events.len() }}\"\n").await;
    let event = |id: &str| json!({ "type": "message", "webhookEventId": id });
    let (status, first) = line(&site, json!([event("e1"), event("e2")])).await;
    assert_eq!((status, &first["count"]), (200, &json!(2)));
    let (_, second) = line(&site, json!([event("e2"), event("e3")])).await;
    assert_eq!(second["runs"][0], first["runs"][1]);
    assert_eq!(runs(&site).await, 3);
    let run = site.get(&format!("/runs/{}", first["runs"][1].as_str().unwrap())).await;
    assert_eq!(run["steps"][0]["output"], "message 1 1", "{run}");
    // The console's button, which starts nothing.
    assert_eq!(line(&site, json!([])).await.0, 200);
    assert_eq!(runs(&site).await, 3);
}

#[tokio::test]
async fn w16_a_sender_in_a_hurry_is_answered_before_its_run() {
    let site = site("    verify: { line: \"It's a secret\" }", "  - wait: 1h\n  - respond: { text: late }\n").await;
    let start = Instant::now();
    let (status, told) = line(&site, json!([{ "type": "message", "webhookEventId": "e1" }])).await;
    assert_eq!((status, &told["accepted"]), (200, &json!(true)));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(runs(&site).await, 1);
}

#[tokio::test]
async fn w14_strangers_do_not_use_up_the_rate_of_a_sender() {
    let site = site(&format!("{GITHUB}\n    rate: 2/1h"), TOLD).await;
    for _ in 0..10 {
        assert_eq!(push(&site, "d0", "application/json", "{}", "other").await.0, 401);
    }
    let statuses = [
        push(&site, "d1", "application/json", "{}", "{}").await.0,
        push(&site, "d2", "application/json", "{}", "{}").await.0,
        push(&site, "d3", "application/json", "{}", "{}").await.0,
    ];
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a2_a_token_in_the_query_is_nowhere_to_be_seen() {
    let keys = "    verify: { query: { name: t, value: canary-7f3a } }";
    let site = site(keys, "  - respond: { json: \"{{ trigger.query }}\" }\n").await;
    let answer = site.request("POST", "/hook/events?t=canary-7f3a&x=%26").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "t": "•••", "x": "&" }));
    assert_eq!(site.request("POST", "/hook/events?t=wrong").send().await.unwrap().status(), 401);
    let kept = site.get("/hooks/events/requests").await.to_string();
    let run = site.get("/runs?limit=10").await;
    let run = site.get(&format!("/runs/{}", run["items"][0]["id"].as_str().unwrap())).await.to_string();
    assert!(!kept.contains("canary-7f3a") && !run.contains("canary-7f3a"), "{kept} {run}");
}

#[tokio::test]
async fn a_login_is_asked_for_before_the_body_is_read() {
    let keys = "    verify: { basic: { user: hook, password: pass-word-1 } }";
    let site = site(keys, TOLD).await;
    let request = || site.request("POST", "/hook/events").body("x".repeat(2 * 1024 * 1024));
    let refused = request().send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    // Who is known may not send more than the others, either.
    assert_eq!(request().basic_auth("hook", Some("pass-word-1")).send().await.unwrap().status(), 413);
    let known = site.request("POST", "/hook/events").basic_auth("hook", Some("pass-word-1")).json(&json!({}));
    assert_eq!(known.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn w19_a_handshake_starts_nothing() {
    let site = site("    verify: { slack: \"It's a secret\" }", TOLD).await;
    let body = r#"{"type":"url_verification","challenge":"c4"}"#;
    let now = jiff::Timestamp::now().as_second().to_string();
    let signature = format!("v0={}", hex(&code(format!("v0:{now}:{body}").as_bytes())));
    let ask = |signature: String| {
        let request = site.request("POST", "/hook/events").header("x-slack-request-timestamp", &now);
        request.header("x-slack-signature", signature).body(body).send()
    };
    let answer = ask(signature).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, "c4".to_owned()));
    assert_eq!(ask(format!("v0={}", "0".repeat(64))).await.unwrap().status(), 401);
    assert_eq!(runs(&site).await, 0);
}

/// The id of a delivery in its header is that of the request, and not of each item in it.
#[tokio::test]
async fn items_of_one_delivery_are_told_apart() {
    let site = site(&format!("{GITHUB}\n    each: body.commits"), "  - set: \"{{ trigger.item }}\"\n").await;
    let body = r#"{"commits":["a","b","c"]}"#;
    for _ in 0..2 {
        let (status, told) = push(&site, "d1", "application/json", body, body).await;
        assert_eq!((status, &told["count"]), (200, &json!(3)));
    }
    assert_eq!(runs(&site).await, 3);
    push(&site, "d2", "application/json", body, body).await;
    assert_eq!(runs(&site).await, 6);
}

#[tokio::test]
async fn items_without_an_id_are_known_by_their_request() {
    let site = site("    verify: none\n    each: body", "  - set: \"{{ trigger.item }}\"\n").await;
    let post = |body: Value| site.request("POST", "/hook/events").json(&body).send();
    for body in [json!([1, 1, 2]), json!([1, 1, 2]), json!([1, 1])] {
        assert_eq!(post(body).await.unwrap().status(), 200);
    }
    assert_eq!(runs(&site).await, 5);
}

#[tokio::test]
async fn dropbox_says_the_same_whenever_something_has_happened() {
    let site = site("    verify: { dropbox: \"It's a secret\" }\n    each: body.accounts", "  - set: 1\n").await;
    for _ in 0..2 {
        let request = site.request("POST", "/hook/events").header("content-type", "application/json");
        let body = r#"{"accounts":["dbid:1"]}"#;
        let answer = request.header("x-dropbox-signature", hex(&code(body.as_bytes()))).body(body).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(runs(&site).await, 2);
}

#[tokio::test]
async fn w4_a_repeat_of_what_failed_is_not_sent_yet_again() {
    let site = site(GITHUB, "  - fail: no\n  - respond: { text: yes }\n").await;
    let statuses = [
        push(&site, "d1", "application/json", "{}", "{}").await.0,
        push(&site, "d1", "application/json", "{}", "{}").await.0,
    ];
    assert_eq!((statuses, runs(&site).await), ([500, 200], 1));
}

#[tokio::test]
async fn w10_json_in_a_form_is_no_deeper_than_other_json() {
    let site = site(GITHUB, TOLD).await;
    let form = ["payload=", &"%5B".repeat(100_000), &"%5D".repeat(100_000)].concat();
    let (status, _) = push(&site, "d1", "application/x-www-form-urlencoded", &form, &form).await;
    assert_eq!(status, 200);
    let site = self::site(&format!("{GITHUB}\n    each: body.payload"), "  - set: 1\n").await;
    assert_eq!(push(&site, "d1", "application/x-www-form-urlencoded", &form, &form).await.0, 422);
}

#[tokio::test]
async fn a2_the_header_that_the_author_names_for_a_secret_is_masked_for_runs_and_people() {
    for (keys, header) in [
        ("    verify: { header: { name: X-Door, value: \"It's a secret\" } }", "x-door"),
        ("    verify: { hmac: { header: X-Seal, secret: \"It's a secret\" } }", "x-seal"),
    ] {
        let site = site(keys, "  - respond: { json: \"{{ trigger.headers }}\" }\n").await;
        let value = if header == "x-door" { "It's a secret".to_owned() } else { hex(&code(b"{}")) };
        let request = site.request("POST", "/hook/events").header(header, &value).body("{}");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{header}");
        assert_eq!(answer.json::<Value>().await.unwrap()[header], "•••");
        let kept = crate::hooks::requests(&site, "events", 1).await;
        let whole = site.get(&format!("/hooks/events/requests/{}", kept[0]["id"].as_str().unwrap())).await;
        let headers = whole["headers"].as_array().unwrap();
        assert!(headers.contains(&json!([header, "•••"])), "{headers:?}");
    }
}

#[tokio::test]
async fn a2_where_it_cannot_be_known_which_header_has_the_secret_nothing_is_served() {
    let site = Site::start().await;
    for (number, check) in [
        "header: { name: \"{{ env.NAME }}\", value: x }",
        "query: { name: \"{{ env.NAME }}\", value: x }",
        "hmac: { header: \"X-{{ env.NAME }}\", secret: x }",
        "jwt: { header: \"{{ env.NAME }}\", secret: x }",
    ]
    .iter()
    .enumerate()
    {
        let (id, path) = (format!("s{number}"), format!("h{number}"));
        let text = format!(
            "name: S\ntrigger: {{ webhook: {{ path: {path}, verify: {{ {check} }} }} }}\nsteps: [{{ stop: }}]\n"
        );
        site.shelf.drop_in(&id, &text);
        let deployment = site.engine().deployment(&id.parse().unwrap()).unwrap();
        let Trigger::Webhook(webhook) = &deployment.plan.triggers[0] else { panic!("a webhook") };
        let error = Hook::new(&path, Arc::clone(&deployment), webhook).unwrap_err().to_string();
        assert!(error.contains("must be a text with nothing to be put in"), "{error}");
    }
}

#[tokio::test]
async fn i4_what_came_is_a_value_in_the_answer_and_not_its_text() {
    let site = site(
        "    verify: none",
        "  - respond: { json: { hello: \"{{ trigger.body.name }}\", to: \"Dear {{ trigger.body.name }}\" } }\n",
    )
    .await;
    let name = "\", \"admin\": true, \\ {{ 1 + 1 }}";
    let answer = site.request("POST", "/hook/events").json(&json!({ "name": name })).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer, json!({ "hello": name, "to": format!("Dear {name}") }));
}

/// A preset may know a sender that signs nothing: nobody is to think that it keeps strangers out.
#[tokio::test]
async fn w3_a_preset_that_verifies_nothing_is_not_told_as_one_that_does() {
    for (checks, verify, recognised) in [
        ("{ branch: {} }", json!(null), json!(["branch"])),
        ("{ github: \"It's a secret\" }", json!(["github"]), json!([])),
        ("{ branch: {}, bearer: \"It's a secret\" }", json!(["bearer"]), json!(["branch"])),
    ] {
        let site = site(&format!("    verify: {checks}"), TOLD).await;
        let hooks = site.get("/hooks").await;
        let hook = hooks["hooks"].as_array().unwrap().iter().find(|hook| hook["path"] == "events").unwrap();
        assert_eq!((&hook["verify"], &hook["recognised"], &hook["open"]), (&verify, &recognised, &json!(false)));
    }
}
