//! `google_sheets.*` against a stand-in that checks what Google documents: the assertion's signature and claims,
//! the token, and the request's shape.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{NOW, modules, step};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use modules::Options;
use run::call::{Delivery, Module};
use run::error::Recovery;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

pub(crate) const PRIVATE: &str = include_str!("../../testdata/test-only-service-account-key.pem");
const PUBLIC: &str = include_str!("../../testdata/test-only-service-account-key.pub.pem");

/// What the stand-in holds.
#[derive(Default)]
struct Google {
    /// Tokens granted so far; the newest alone is good.
    granted: AtomicU32,
    /// Rows by the order they came.
    rows: Mutex<Vec<Value>>,
    /// Answers given instead of appending, the last first.
    troubles: Mutex<Vec<(u16, &'static str)>>,
}

impl Google {
    fn answer(&self, seen: &Seen) -> Reply {
        let json = [("content-type", "application/json")];
        match seen.target.as_str() {
            "/token" => match claims(seen) {
                Ok(_) => {
                    let token = format!("token-{}", self.granted.fetch_add(1, SeqCst) + 1);
                    let body = json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"});
                    reply(200, &json, body.to_string())
                }
                Err(reason) => {
                    reply(400, &json, json!({"error": "invalid_grant", "error_description": reason}).to_string())
                }
            },
            _ if seen.header("authorization") != format!("Bearer token-{}", self.granted.load(SeqCst)) => {
                reply(401, &json, r#"{"error":{"code":401,"message":"Invalid Credentials"}}"#)
            }
            _ => match seen.method.as_str() {
                "GET" => self.get(seen),
                "PUT" => self.update(seen),
                _ => self.append(seen),
            },
        }
    }

    /// All rows from the first, whatever the range; empty ends are left out, as Google does.
    fn get(&self, seen: &Seen) -> Reply {
        assert!(seen.target.contains("valueRenderOption=") && seen.body.is_empty(), "{seen:?}");
        let rows = self.rows.lock().unwrap().clone();
        let body = json!({"range": "Stock!A1:Z1000", "majorDimension": "ROWS", "values": rows});
        reply(200, &[("content-type", "application/json")], body.to_string())
    }

    /// One row from a cell on; null leaves what is there.
    fn update(&self, seen: &Seen) -> Reply {
        let body = seen.json();
        let range = body["range"].as_str().unwrap().strip_prefix("'Stock'!").unwrap();
        assert!(
            seen.target.starts_with(&format!("/v4/spreadsheets/id-1/values/'Stock'!{range}?valueInputOption=RAW")),
            "{seen:?}"
        );
        let column = usize::from(range.as_bytes()[0] - b'A');
        let row: usize = range[1..].parse().unwrap();
        let new = body["values"][0].as_array().unwrap();
        let mut rows = self.rows.lock().unwrap();
        let cells = rows[row - 1].as_array_mut().unwrap();
        cells.resize(cells.len().max(column + new.len()), Value::Null);
        for (place, value) in new.iter().enumerate().filter(|(_, value)| !value.is_null()) {
            cells[column + place] = value.clone();
        }
        let updated = json!({"spreadsheetId": "id-1", "updatedRange": format!("Stock!{range}"), "updatedRows": 1, "updatedCells": new.len()});
        reply(200, &[("content-type", "application/json")], updated.to_string())
    }

    fn append(&self, seen: &Seen) -> Reply {
        if let Some((status, body)) = self.troubles.lock().unwrap().pop() {
            return reply(status, &[("retry-after", "3")], body);
        }
        let new = seen.json()["values"].as_array().unwrap().clone();
        let mut rows = self.rows.lock().unwrap();
        let range = format!("Shipments!A{}:B{}", rows.len() + 1, rows.len() + new.len());
        let updates =
            json!({"spreadsheetId": "id-1", "updatedRange": range, "updatedRows": new.len(), "updatedCells": 2});
        rows.extend(new);
        let body = json!({"spreadsheetId": "id-1", "tableRange": "Shipments!A1:B1", "updates": updates});
        reply(200, &[("content-type", "application/json")], body.to_string())
    }
}

/// The claims of the assertion, checked as Google checks them.
pub(crate) fn claims(seen: &Seen) -> Result<Value, String> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&seen.body).into_owned().collect();
    let [(grant, kind), (name, assertion)] = form.as_slice() else { return Err(format!("{form:?}")) };
    if (grant.as_str(), kind.as_str(), name.as_str())
        != ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion")
    {
        return Err(format!("{form:?}"));
    }
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false; // the test has a clock of its own
    validation.set_audience(&[format!("http://{}/token", seen.header("host"))]);
    validation.set_issuer(&["robot@project.iam.gserviceaccount.com"]);
    let key = DecodingKey::from_rsa_pem(PUBLIC.as_bytes()).unwrap();
    let data = jsonwebtoken::decode::<Value>(assertion, &key, &validation).map_err(|error| error.to_string())?;
    if data.header.kid.as_deref() != Some("key-1") {
        return Err("kid".to_owned());
    }
    let claims = data.claims;
    let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    if names != ["aud", "exp", "iat", "iss", "scope"] {
        return Err(format!("{names:?}"));
    }
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    if !(1..=3600).contains(&lasts) || claims["scope"] != "https://www.googleapis.com/auth/spreadsheets" {
        return Err(claims.to_string());
    }
    Ok(claims)
}

async fn start() -> (Arc<Google>, Server, Vec<Arc<dyn Module>>) {
    let google = Arc::<Google>::default();
    let answering = Arc::clone(&google);
    let server = Server::start(move |seen| answering.answer(seen)).await;
    let modules = connect(&server, PRIVATE);
    (google, server, modules)
}

pub(crate) fn connect(server: &Server, key: &str) -> Vec<Arc<dyn Module>> {
    let account = json!({
        "type": "service_account",
        "client_email": "robot@project.iam.gserviceaccount.com",
        "private_key_id": "key-1",
        "private_key": key,
        "token_uri": server.url("/token"),
    });
    let text =
        format!("office: {{ type: google, service_account: {{ file: key.json }}, endpoint: '{}' }}", server.url(""));
    modules(&text, &[("key.json", &account.to_string())], Options::default())
}

fn row(cells: Value) -> Value {
    json!({"spreadsheet": "id-1", "sheet": "Shipments", "row": cells})
}

fn tokens_fetched(server: &Server) -> usize {
    server.seen().iter().filter(|seen| seen.target == "/token").count()
}

#[tokio::test]
async fn i2_a_row_arrives_as_it_is() {
    let (google, server, modules) = start().await;
    let step = || step(&modules, "google_sheets.append").connection("office");
    let outcome = step().call(row(json!(["=HYPERLINK(1)", 2.5, true, null]))).await.unwrap();
    let expected = json!({
        "updated_range": "Shipments!A1:B1", "updated_rows": 1, "spreadsheet": "id-1", "table_range": "Shipments!A1:B1",
    });
    assert_eq!((outcome.output, outcome.delivery), (expected, Delivery::Real));
    assert_eq!(*google.rows.lock().unwrap(), [json!(["=HYPERLINK(1)", 2.5, true, null])]);
    let [token, append] = server.seen().try_into().unwrap();
    assert_eq!(claims(&token).unwrap()["iat"], NOW / 1000);
    assert_eq!(append.method, "POST");
    let target = "/v4/spreadsheets/id-1/values/'Shipments'!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS";
    assert_eq!(append.target, target);
    assert_eq!(append.json()["majorDimension"], "ROWS");
    assert!(!outcome.sent.to_string().contains("token-1"), "{}", outcome.sent);
}

#[tokio::test]
async fn names_are_quoted_and_addresses_taken_apart() {
    let (_, server, modules) = start().await;
    let parameters = json!({
        "spreadsheet": "https://docs.google.com/spreadsheets/d/1Ab_C-d/edit?gid=0#gid=0",
        "sheet": "Ann's été/2026?",
        "rows": [["a"], ["b"]],
        "formulas": true,
    });
    step(&modules, "google_sheets.append").connection("office").call(parameters).await.unwrap();
    let target = server.seen().pop().unwrap().target;
    let path = "/v4/spreadsheets/1Ab_C-d/values/'Ann''s%20%C3%A9t%C3%A9%2F2026%3F'!A1:append";
    assert_eq!(target, format!("{path}?valueInputOption=USER_ENTERED&insertDataOption=INSERT_ROWS"));
}

#[tokio::test]
async fn parallel_rows_all_arrive_with_one_token() {
    let (google, server, modules) = start().await;
    let calls = (0..40).map(|n| step(&modules, "google_sheets.append").connection("office").call(row(json!([n]))));
    let calls: Vec<_> = calls.collect();
    let mut ranges = Vec::new();
    for outcome in futures_util::future::join_all(calls).await {
        ranges.push(outcome.unwrap().output["updated_range"].as_str().unwrap().to_owned());
    }
    ranges.sort_unstable();
    ranges.dedup();
    assert_eq!(ranges.len(), 40);
    let mut rows: Vec<u64> = google.rows.lock().unwrap().iter().map(|row| row[0].as_u64().unwrap()).collect();
    rows.sort_unstable();
    assert_eq!(rows, (0..40).collect::<Vec<_>>());
    assert_eq!(tokens_fetched(&server), 1);
}

#[tokio::test]
async fn a_token_is_used_until_a_minute_before_its_end() {
    let (_, server, modules) = start().await;
    let at = |seconds: i64| {
        let step = step(&modules, "google_sheets.append").connection("office").now(NOW + seconds * 1000);
        step.call(row(json!([seconds])))
    };
    for (seconds, fetched) in [(0, 1), (3538, 1), (3539, 2), (3600, 2)] {
        at(seconds).await.unwrap();
        assert_eq!(tokens_fetched(&server), fetched, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_token_refused_before_its_end_is_replaced_once() {
    let (google, server, modules) = start().await;
    let step = || step(&modules, "google_sheets.append").connection("office");
    step().call(row(json!([1]))).await.unwrap();
    google.granted.fetch_add(1, SeqCst); // what was granted so far is no longer good
    step().call(row(json!([2]))).await.unwrap();
    assert_eq!((google.rows.lock().unwrap().len(), tokens_fetched(&server)), (2, 2));
    google.troubles.lock().unwrap().extend([(401, "no"), (401, "no")]);
    let error = step().call(row(json!([3]))).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status, error.recovery), ("http_status", Some(401), Recovery::Permanent));
    assert_eq!(tokens_fetched(&server), 3);
}

#[tokio::test]
async fn what_google_refuses_says_so() {
    let (google, server, modules) = start().await;
    let check = async |trouble: (u16, &'static str), recovery: Recovery, message: &str| {
        google.troubles.lock().unwrap().push(trouble);
        let step = step(&modules, "google_sheets.append").connection("office");
        let error = step.call(row(json!([1]))).await.unwrap_err();
        assert_eq!((error.status, error.recovery, error.retry_after), (Some(trouble.0), recovery, Some(3000)));
        assert!(error.message.contains(message), "{}", error.message);
    };
    check((429, r#"{"error":{"message":"Quota exceeded"}}"#), Recovery::Retry, "Quota exceeded").await;
    check((503, "later"), Recovery::Retry, "later").await;
    check((403, r#"{"error":{"message":"no permission"}}"#), Recovery::Permanent, "no permission").await;
    let other =
        String::from_utf8(std::process::Command::new("openssl").args(["genrsa", "2048"]).output().unwrap().stdout);
    let forged = connect(&server, &other.unwrap());
    let error = step(&forged, "google_sheets.append").connection("office").call(row(json!([1]))).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("token_refused", Recovery::Permanent));
}

fn stock() -> Vec<Value> {
    vec![
        json!(["sku", "name", "left", ""]),
        json!(["T1", "Tea", 12, "x"]),
        json!(["7", "Pot"]),
        json!(["T1", "Tea, new", 3]),
    ]
}

/// The stock is looked up and written anew: what an order does.
#[tokio::test]
async fn row_06_a_row_is_found_by_a_column_and_its_cells_are_written() {
    let (google, _server, modules) = start().await;
    *google.rows.lock().unwrap() = stock();
    let call = async |module: &str, mut parameters: Value| {
        parameters["spreadsheet"] = json!("id-1");
        parameters["sheet"] = json!("Stock");
        step(&modules, module).connection("office").call(parameters).await.unwrap().output
    };
    let found = call("google_sheets.find", json!({"column": "sku", "value": "T1"})).await;
    let tea = json!({"number": 2, "cells": ["T1", "Tea", 12, "x"], "fields": {"sku": "T1", "name": "Tea", "left": 12}});
    assert_eq!((&found["row"], &found["count"], found["rows"].as_array().map(Vec::len)), (&tea, &json!(2), Some(2)));
    let updated = call("google_sheets.update", json!({"range": "C2", "value": 11})).await;
    assert_eq!(updated, json!({"updated_range": "Stock!C2", "updated_rows": 1, "updated_cells": 1}));
    call("google_sheets.update", json!({"range": "A3", "row": ["P7", null, 5]})).await;
    let got = call("google_sheets.get", json!({"range": "A1:D4"})).await;
    assert_eq!((&got["rows"][1][2], &got["rows"][2]), (&json!(11), &json!(["P7", "Pot", 5])));
}

#[tokio::test]
async fn row_06_what_is_looked_for_is_found_by_value_and_by_letter() {
    let (google, _server, modules) = start().await;
    *google.rows.lock().unwrap() = stock();
    let check = async |column: &str, value: Value, expected: Result<&[u64], &str>| {
        let parameters = json!({"spreadsheet": "id-1", "sheet": "Stock", "column": column, "value": value});
        let found = step(&modules, "google_sheets.find").connection("office").call(parameters).await;
        let rows = found.map(|outcome| {
            let rows = outcome.output["rows"].as_array().unwrap().clone();
            rows.iter().map(|row| row["number"].as_u64().unwrap()).collect::<Vec<_>>()
        });
        let rows = rows.map_err(|error| error.code);
        assert_eq!(rows.as_deref().map_err(String::as_str), expected, "{column} {value}");
    };
    check("sku", json!(7), Ok(&[3])).await;
    check("left", json!(12.0), Ok(&[2])).await;
    check("left", json!("12"), Ok(&[2])).await;
    check("left", json!(null), Ok(&[3])).await;
    check("B", json!("Pot"), Ok(&[3])).await;
    check("ZZ", json!("Pot"), Ok(&[])).await;
    check("name", json!("tea"), Ok(&[])).await;
    check("price", json!("Pot"), Err("invalid_parameters")).await;
    google.rows.lock().unwrap().clear();
    check("name", json!("Tea"), Ok(&[])).await;
}

#[tokio::test]
async fn row_06_ranges_stay_on_their_sheet() {
    let modules = modules("office: { type: google, sandbox: true }", &[], Options::default());
    for range in ["Other!A1", "A1:B2:C3", "", "A1?x", "../A1"] {
        for (module, extra) in [("google_sheets.get", json!({})), ("google_sheets.update", json!({"value": 1}))] {
            let mut parameters = json!({"spreadsheet": "id-1", "sheet": "Stock", "range": range});
            parameters.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let error = step(&modules, module).connection("office").call(parameters).await.unwrap_err();
            assert_eq!(error.code, "invalid_parameters", "{module} {range}");
        }
    }
}

#[tokio::test]
async fn a_sandbox_needs_no_key() {
    let modules = modules("office: { type: google, sandbox: true }", &[], Options::default());
    let step = || step(&modules, "google_sheets.append").connection("office");
    let outcome = step().call(row(json!(["a"]))).await.unwrap();
    assert_eq!((outcome.delivery, &outcome.output["updated_rows"]), (Delivery::Sandbox, &json!(1)));
    assert!(outcome.sent["url"].as_str().unwrap().starts_with("https://sheets.googleapis.com/v4/spreadsheets/id-1/"));
    for wrong in [
        json!({"spreadsheet": "a/../b", "sheet": "S", "row": []}),
        json!({"spreadsheet": "id", "sheet": "", "row": []}),
        json!({"spreadsheet": "id", "sheet": "S"}),
        json!({"spreadsheet": "id", "sheet": "S", "row": [], "rows": []}),
        json!({"spreadsheet": "id", "sheet": "S", "row": [{"a": 1}]}),
    ] {
        assert_eq!(step().call(wrong.clone()).await.unwrap_err().code, "invalid_parameters", "{wrong}");
    }
}
