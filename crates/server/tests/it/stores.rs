//! `/api/v1/stores`

use crate::site::{Site, ok, refused};
use reqwest::StatusCode;
use run::data_store::{Act, Put};
use serde_json::{Value, json};

fn fill(site: &Site, store: &str, records: impl IntoIterator<Item = (String, Value)>) {
    for (key, value) in records {
        let act = Act { now: site.engine().clock().now(), idempotency_key: None };
        site.stores.put(store, &key, &Put { value, ttl: None, condition: None }, act).unwrap();
    }
}

fn keys(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn stores_are_listed_with_their_sizes() {
    let site = Site::start().await;
    assert_eq!(site.get("/stores").await, json!({ "items": [] }));
    fill(&site, "orders", (0..3).map(|n| (n.to_string(), json!(n))));
    fill(&site, "calls", [("1".to_owned(), json!(1))]);
    let expected = json!({ "items": [
        { "name": "calls", "records": 1, "more": false, "columns": [] },
        { "name": "orders", "records": 3, "more": false, "columns": [] },
    ] });
    assert_eq!(site.get("/stores").await, expected);
}

#[tokio::test]
async fn records_are_listed_page_by_page() {
    let site = Site::start().await;
    fill(&site, "t", (0..5).map(|n| (format!("a{n}"), json!({ "n": n }))));
    fill(&site, "t", [("b".to_owned(), json!(null))]);
    let page = site.get("/stores/t?prefix=a&limit=3").await;
    assert_eq!((keys(&page), &page["next"]), (vec!["a0", "a1", "a2"], &json!("a2")));
    assert_eq!(page["items"][0]["value"], json!({ "n": 0 }));
    assert!(page["items"][0]["changed"].is_i64() && page["items"][0]["expires"].is_null());
    let page = site.get("/stores/t?prefix=a&limit=3&after=a2").await;
    assert_eq!((keys(&page), &page["next"]), (vec!["a3", "a4"], &Value::Null));
    assert_eq!(keys(&site.get("/stores/t").await).len(), 6);
    assert_eq!(site.get("/stores/nobody").await, json!({ "items": [], "next": null }));
    refused(site.api("GET", "/stores/no%20name"), 400, "invalid_parameters").await;
}

#[tokio::test]
async fn records_are_found_by_what_they_hold_and_sorted() {
    let site = Site::start().await;
    fill(&site, "t", (0..10).map(|n| (format!("k{n}"), json!({ "n": n, "odd": n % 2 == 1 }))));
    let page = site.get("/stores/t?where=%7B%22odd%22:true%7D&order=-n&limit=2").await;
    assert_eq!((keys(&page), &page["next"]), (vec!["k9", "k7"], &json!("k7")));
    let page = site.get("/stores/t?where=%7B%22odd%22:true%7D&order=-n&limit=9&after=k7").await;
    assert_eq!((keys(&page), &page["next"]), (vec!["k5", "k3", "k1"], &Value::Null));
    assert_eq!(keys(&site.get("/stores/t?where=[%7B%22n%22:1%7D,%7B%22n%22:%7B%22gt%22:8%7D%7D]").await), ["k1", "k9"]);
    for wrong in ["where=%7B", "where=1", "where=%7B%22n%22:%7B%22x%22:1%7D%7D", "order=-", "order=n&after=gone"] {
        refused(site.api("GET", &format!("/stores/t?{wrong}")), 400, "invalid_parameters").await;
    }
}

#[tokio::test]
async fn a_record_is_written_shown_and_removed() {
    let site = Site::start().await;
    for key in ["k", "a/b", "a%2Fb%20c", "%E7%8E%8B", "%2525"] {
        let path = format!("/stores/t/{key}");
        let made = ok(site.api("PUT", &path).json(&json!({ "value": [1], "revision": 0 }))).await;
        assert_eq!(site.get(&path).await, made, "{key}");
        assert_eq!((&made["value"], &made["expires"]), (&json!([1]), &Value::Null));
        refused(site.api("PUT", &path).json(&json!({ "value": 2, "revision": 0 })), 409, "conflict").await;
        let change = json!({ "value": null, "revision": made["revision"], "ttl": 60 });
        let changed = ok(site.api("PUT", &path).json(&change)).await;
        assert_eq!(changed["expires"].as_i64().unwrap() - changed["changed"].as_i64().unwrap(), 60_000);
        assert_eq!(site.get(&path).await, changed);
    }
    assert_eq!(keys(&site.get("/stores/t").await), ["%25", "a/b", "a/b c", "k", "王"]);
    let gone = site.api("DELETE", "/stores/t/a/b").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    refused(site.api("DELETE", "/stores/t/a/b"), 404, "not_found").await;
    refused(site.api("GET", "/stores/t/a/b"), 404, "not_found").await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    let site = Site::start().await;
    let put = |path: &str, body: Value| site.api("PUT", path).json(&body);
    refused(put("/stores/t/k", json!({})), 400, "bad_request").await;
    refused(put("/stores/t/k", json!({ "value": 1, "more": 2 })), 400, "bad_request").await;
    refused(put("/stores/t/k", json!({ "value": 1, "ttl": 0 })), 400, "bad_request").await;
    refused(put("/stores/..t/k", json!({ "value": 1 })), 400, "invalid_parameters").await;
    refused(put(&format!("/stores/t/{}", "k".repeat(513)), json!({ "value": 1 })), 400, "invalid_parameters").await;
    refused(put("/stores/t/k", json!({ "value": "x".repeat(1 << 20) })), 413, "too_large").await;
    let text = site.api("PUT", "/stores/t/k").header("content-type", "text/plain").body(r#"{"value":1}"#);
    refused(text, 415, "unsupported_media_type").await;
    refused(site.request("GET", "/api/v1/stores"), 401, "unauthorized").await;
}
