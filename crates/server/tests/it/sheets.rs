//! `/api/v1/sheets`

use crate::site::{Site, ok, refused};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

fn sent(site: &Site, query: &str, file: impl Into<reqwest::Body>) -> RequestBuilder {
    site.api("POST", &format!("/sheets/t{query}")).header("content-type", "text/csv; charset=utf-8").body(file)
}

async fn file(site: &Site, query: &str) -> String {
    let answer = site.api("GET", &format!("/sheets/t{query}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_table_comes_in_and_goes_out_again() {
    let site = Site::start().await;
    // More than are read and written at a time.
    let rows: String = (0..2_500).map(|n| format!("k{n:04},王 {n},{n}\r\n")).collect();
    let table = format!("key,name,n\r\n{rows}");
    let report = ok(sent(&site, "?types=guess", table.clone())).await;
    let expected = json!({ "read": 2500, "written": 2500, "skipped": 0, "refused": 0, "lines": [], "dry_run": false });
    assert_eq!(report, expected);
    assert_eq!(site.get("/stores/t/k0042").await["value"], json!({ "name": "王 42", "n": 42 }));
    assert_eq!(file(&site, "").await, table);
    let few = file(&site, "?where=%7B%22n%22%3A%7B%22lt%22%3A2%7D%7D&format=jsonl").await;
    let lines: Vec<Value> = few.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], json!({ "key": "k0001", "value": { "name": "王 1", "n": 1 } }));
    let answer = site.api("GET", "/sheets/t?charset=big5&prefix=k0000").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=big5");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"t.csv\"");
    assert_eq!(answer.bytes().await.unwrap(), b"key,name,n\r\nk0000,\xa4\xfd 0,0\r\n".as_slice());
}

#[tokio::test]
async fn refused_lines_are_told_of_and_keep_no_other_out() {
    let site = Site::start().await;
    let columns = json!({ "columns": [{ "name": "n", "type": "number", "required": true }] });
    ok(site.api("PUT", "/columns/t").json(&columns)).await;
    let table = "key,n\na,1\nb,\nc,three\nd,4\n";
    let rehearsed = ok(sent(&site, "?dry_run=true", table)).await;
    assert_eq!((&rehearsed["written"], &rehearsed["dry_run"]), (&json!(2), &json!(true)));
    assert_eq!(site.get("/stores/t").await["items"], json!([]));
    let report = ok(sent(&site, "", table)).await;
    assert_eq!((&report["read"], &report["written"], &report["refused"]), (&json!(4), &json!(2), &json!(2)));
    let expected = json!([
        { "line": 3, "key": "b", "message": "the record `b`: the column `n` is required, and it has no value" },
        { "line": 4, "key": "c", "message": "the column `n` takes a number; here it is \"three\"" },
    ]);
    assert_eq!(report["lines"], expected);
    assert_eq!(site.get("/stores/t/d").await["value"], json!({ "n": 4 }));
}

#[tokio::test]
async fn records_that_are_there_are_replaced_skipped_or_kept() {
    let site = Site::start().await;
    let value = |site: &Site| {
        let asked = site.api("GET", "/stores/t/a");
        async { ok(asked).await["value"]["n"].clone() }
    };
    ok(sent(&site, "", "key,n\na,1\n")).await;
    assert_eq!(ok(sent(&site, "?existing=skip", "key,n\na,2\nb,2\n")).await["skipped"], 1);
    let report = ok(sent(&site, "?existing=refuse", "key,n\na,3\n")).await;
    assert_eq!(report["lines"], json!([{ "line": 2, "key": "a", "message": "the record `a` exists already" }]));
    assert_eq!(value(&site).await, "1");
    assert_eq!(ok(sent(&site, "?existing=replace", "key,n\na,4\na,5\n")).await["written"], 2);
    assert_eq!(value(&site).await, "5", "the last line of a key stays");
    assert_eq!(ok(sent(&site, "?new_keys=true", "n\n1\n2\n")).await["written"], 2);
    assert_eq!(site.get("/stores/t").await["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn files_that_cannot_be_read_are_refused() {
    let site = Site::start().await;
    refused(sent(&site, "", "n\n1\n"), 422, "invalid_file").await;
    refused(sent(&site, "", b"key,n\na,\xa4\xfd\n".to_vec()), 422, "invalid_file").await;
    ok(sent(&site, "?charset=big5", b"key,n\na,\xa4\xfd\n".to_vec())).await;
    assert_eq!(site.get("/stores/t/a").await["value"], json!({ "n": "王" }));
    refused(site.api("POST", "/sheets/t").json(&json!({})), 415, "unsupported_media_type").await;
    refused(sent(&site, "?existing=perhaps", "key\n"), 400, "bad_request").await;
    refused(site.api("GET", "/sheets/t.t"), 400, "invalid_parameters").await;
    refused(site.api("GET", "/sheets/t.t?format=jsonl"), 400, "invalid_parameters").await;
    refused(site.api("GET", "/sheets/t?charset=klingon"), 400, "bad_request").await;
    refused(site.api("GET", "/sheets/t?where=%7B"), 400, "invalid_parameters").await;
}
