//! `/api/v1/columns`

use crate::site::{Site, ok, refused};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_store_gets_columns_changes_them_and_loses_them() {
    let site = Site::start().await;
    refused(site.api("GET", "/columns/orders"), 404, "not_found").await;
    refused(site.api("DELETE", "/columns/orders"), 404, "not_found").await;
    let columns = json!([
        { "name": "sku", "type": "text", "required": true, "description": "what was ordered" },
        { "name": "total", "type": "number", "default": 0 },
    ]);
    let put = |body| site.api("PUT", "/columns/orders").json(&body);
    let made = ok(put(json!({ "columns": columns, "revision": 0 }))).await;
    assert_eq!((&made["others"], &made["columns"][1]["default"]), (&json!("refuse"), &json!(0)));
    assert_eq!(site.get("/columns/orders").await, made);
    let expected = json!([{ "name": "orders", "records": 0, "more": false, "columns": ["sku", "total"] }]);
    assert_eq!(site.get("/stores").await["items"], expected);
    refused(put(json!({ "columns": columns, "revision": 0 })), 409, "conflict").await;
    let kept = json!({ "columns": columns, "others": "keep", "revision": made["revision"] });
    assert_eq!(ok(put(kept)).await["others"], "keep");
    let gone = site.api("DELETE", "/columns/orders").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    refused(site.api("GET", "/columns/orders"), 404, "not_found").await;
}

#[tokio::test]
async fn what_the_columns_do_not_take_is_refused() {
    let site = Site::start().await;
    let put = |body| site.api("PUT", "/columns/t").json(&body);
    refused(put(json!({ "columns": [] })), 422, "invalid_schema").await;
    refused(put(json!({ "columns": [{ "name": "n", "type": "date" }] })), 400, "bad_request").await;
    refused(site.api("PUT", "/columns/t.t").json(&json!({ "columns": [] })), 400, "invalid_parameters").await;
    ok(put(json!({ "columns": [{ "name": "n", "type": "number" }] }))).await;
    let told =
        refused(site.api("PUT", "/stores/t/k").json(&json!({ "value": { "n": "1" } })), 422, "invalid_record").await;
    assert_eq!(told["detail"], "the record `k`: the column `n` takes a number; here it is the text \"1\"");
    ok(site.api("PUT", "/stores/t/k").json(&json!({ "value": { "n": 1 } }))).await;
}
