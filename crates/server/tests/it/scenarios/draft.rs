//! `GET|PUT|DELETE /api/v1/scenarios/{id}/draft`

use crate::site::{HELLO, Site, answer, ok, refused};
use reqwest::StatusCode;
use serde_json::json;

const BROKEN: &str = "steps:\n  - htp.request: {";

#[tokio::test]
async fn a_draft_is_kept_apart_from_what_takes_runs() {
    let site = Site::start().await;
    let entry = site.shelf.drop_in("hello", HELLO);
    refused(site.api("GET", "/scenarios/hello/draft"), 404, "not_found").await;
    let draft = json!({ "text": BROKEN, "basis": *entry.version.0, "revision": 0 });
    let saved = ok(site.api("PUT", "/scenarios/hello/draft").json(&draft)).await;
    assert_eq!((&saved["text"], &saved["basis"]), (&json!(BROKEN), &draft["basis"]));
    assert!(saved["revision"].as_u64() > Some(0) && saved["saved"].as_i64() > Some(0), "{saved}");
    assert_eq!(site.get("/scenarios/hello/draft").await, saved);
    assert_eq!(site.get("/scenarios/hello").await["text"], HELLO);
    let gone = site.api("DELETE", "/scenarios/hello/draft").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    refused(site.api("DELETE", "/scenarios/hello/draft"), 404, "not_found").await;
}

#[tokio::test]
async fn a_draft_that_someone_else_saved_is_not_overwritten() {
    let site = Site::start().await;
    let put = |text: &str, revision: u64| {
        site.api("PUT", "/scenarios/new/draft").json(&json!({ "text": text, "revision": revision }))
    };
    let mine = ok(put("mine", 0)).await;
    let theirs = ok(put("theirs", mine["revision"].as_u64().unwrap())).await;
    for revision in [0, mine["revision"].as_u64().unwrap()] {
        let refused = answer(put("mine again", revision), StatusCode::CONFLICT).await;
        assert_eq!((&refused["code"], &refused["draft"]), (&json!("draft_changed"), &theirs));
    }
    site.api("DELETE", "/scenarios/new/draft").send().await.unwrap();
    let refused = answer(put("mine again", theirs["revision"].as_u64().unwrap()), StatusCode::CONFLICT).await;
    assert_eq!(refused["draft"], json!(null), "it was discarded, and nobody writes it again unawares");
}

#[tokio::test]
async fn what_cannot_be_a_draft_is_refused() {
    let site = Site::start().await;
    let large = json!({ "text": "#".repeat(scenario::MAX_TEXT + 1) });
    refused(site.api("PUT", "/scenarios/new/draft").json(&large), 413, "too_large").await;
    refused(site.api("PUT", "/scenarios/.new/draft").json(&json!({ "text": "" })), 422, "invalid_id").await;
}

#[tokio::test]
async fn what_is_published_is_no_draft_any_more() {
    let site = Site::start().await;
    let draft = json!({ "text": HELLO });
    ok(site.api("PUT", "/scenarios/hello/draft").json(&draft)).await;
    ok(site.api("PUT", "/scenarios/hello").json(&draft)).await;
    refused(site.api("GET", "/scenarios/hello/draft"), 404, "not_found").await;
    // Someone goes on writing while it is published.
    let later = ok(site.api("PUT", "/scenarios/hello/draft").json(&json!({ "text": BROKEN }))).await;
    ok(site.api("PUT", "/scenarios/hello").json(&draft)).await;
    assert_eq!(site.get("/scenarios/hello/draft").await, later);
    let named = json!({ "text": HELLO, "draft": later["revision"] });
    ok(site.api("PUT", "/scenarios/hello").json(&named)).await;
    refused(site.api("GET", "/scenarios/hello/draft"), 404, "not_found").await;
}
