//! `GET /api/v1/scenarios/{id}`

use crate::site::{HELLO, Site, refused};

#[tokio::test]
async fn a_scenario_is_shown_with_its_text_and_version() {
    let site = Site::start().await;
    let entry = site.shelf.drop_in("hello", HELLO);
    let answer = site.api("GET", "/scenarios/hello").send().await.unwrap();
    assert_eq!(answer.headers()["etag"], format!("\"{}\"", entry.version.0));
    let scenario: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&scenario["id"], &scenario["text"]), (&"hello".into(), &HELLO.into()));
}

#[tokio::test]
async fn a_broken_scenario_is_shown_with_what_is_wrong_and_the_triggers_of_the_last_good_version() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    site.shelf.drop_in("hello", "name: [");
    let scenario = site.get("/scenarios/hello").await;
    assert_eq!(scenario["text"], "name: [");
    assert_eq!(scenario["diagnostics"][0]["severity"], "error");
    assert_eq!(scenario["triggers"][0]["path"], "hello");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let site = Site::start().await;
    for id in ["other", ".hidden", "..%2Fsecret", "a%00b", "%20"] {
        refused(site.api("GET", &format!("/scenarios/{id}")), 404, "not_found").await;
    }
}
