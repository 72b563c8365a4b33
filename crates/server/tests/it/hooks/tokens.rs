//! Tokens that senders give before anything else: they are shown to the author, and let nobody in.

use super::requests;
use crate::gateway::site_of;
use crate::site::Site;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};

/// A webhook whose secret has no value yet.
const UNSET: &str = "\
name: Pages
trigger:
  webhook:
    path: hello
    methods: [POST]
    verify: { notion: \"{{ secrets.notion }}\" }
steps:
  - respond: { json: {} }
";

async fn give(site: &Site, token: &str) -> u16 {
    let request = site.request("POST", "/hook/hello").json(&json!({ "verification_token": token }));
    request.send().await.unwrap().status().as_u16()
}

/// An event, signed with this.
async fn event(site: &Site, key: &str) -> u16 {
    let body = r#"{"id":"e1","type":"page.created"}"#;
    let code = sign(&Key::new(HMAC_SHA256, key.as_bytes()), body.as_bytes());
    let code: String = code.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = site.request("POST", "/hook/hello").header("x-notion-signature", format!("sha256={code}"));
    request.header("content-type", "application/json").body(body).send().await.unwrap().status().as_u16()
}

async fn shown(site: &Site) -> Value {
    let hooks = site.get("/hooks").await;
    let hook = hooks["hooks"].as_array().unwrap().iter().find(|hook| hook["scenario"] == "hello").unwrap();
    hook["token"].clone()
}

#[tokio::test]
async fn w3_a_token_that_anyone_gave_is_shown_to_the_author_and_verifies_nothing() {
    let site = site_of(UNSET).await;
    assert_eq!((shown(&site).await, event(&site, "first").await), (Value::Null, 401));
    assert_eq!(give(&site, "first").await, 200);
    assert_eq!(shown(&site).await, "first");
    assert_eq!(event(&site, "first").await, 401, "whoever came first is not let in by that");
    assert_eq!((give(&site, "second").await, shown(&site).await), (401, json!("first")));
    let kept = requests(&site, "hello", 4).await;
    assert_eq!((&kept[1]["verdict"], &kept[1]["code"]), (&json!("refused"), &json!("no_secret")));
    assert_eq!(site.get("/runs").await["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_token_is_forgotten_so_that_the_next_one_is_kept() {
    let site = site_of(UNSET).await;
    give(&site, "of a stranger").await;
    for _ in 0..2 {
        let answer = site.api("DELETE", "/hooks/hello/token").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), shown(&site).await), (204, Value::Null));
    }
    assert_eq!((give(&site, "of the sender").await, shown(&site).await), (200, json!("of the sender")));
    let answer = site.request("DELETE", "/api/v1/hooks/hello/token").send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn where_the_author_has_set_a_secret_no_token_is_kept() {
    let site = site_of(&UNSET.replace("{{ secrets.notion }}", "of-the-author")).await;
    assert_eq!((give(&site, "first").await, shown(&site).await), (401, Value::Null));
    assert_eq!(event(&site, "of-the-author").await, 200);
}
