//! `google_sheets.append` under all that goes wrong: none lost, none written twice.

use crate::google_api::{Api, Trouble};
use crate::step::step;
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn parameters(extra: &Value) -> Value {
    let mut parameters = json!({ "spreadsheet": "id-1", "sheet": "Log" });
    parameters.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    parameters
}

async fn append(api: &Api, key: &str, extra: Value) -> Result<Value, StepError> {
    let step = step(&api.modules, "google_sheets.append").connection("office").idempotency_key(key);
    step.timeout(Duration::from_secs(240)).call(parameters(&extra)).await.map(|outcome| outcome.output)
}

/// The same, tried again as the engine does, for as long as that can help.
async fn append_at_last(api: &Api, key: &str, extra: Value) -> Value {
    for _ in 0..100 {
        match append(api, key, extra.clone()).await {
            Ok(output) => return output,
            Err(error) => assert_eq!(error.recovery, Recovery::Retry, "{error:?}"),
        }
    }
    panic!("{key} never came through")
}

/// Appends so many rows at once. Every row must be there once, and where its step was told.
async fn check_parallel(count: usize, batch: bool, trouble: Trouble) -> Api {
    let api = Api::start(json!(["Number", "Key"]), trouble).await;
    let rows = (0..count).map(|number| {
        let api = &api;
        async move {
            let extra = json!({ "row": { "Number": number }, "key_column": "Key", "batch": batch });
            append_at_last(api, &format!("run-{number}.1"), extra).await
        }
    });
    let outputs = futures_util::future::join_all(rows).await;
    let written = api.rows();
    assert_eq!(written.len(), count + 1, "one row each, below the names of the columns");
    let numbers: BTreeSet<u64> = written[1..].iter().map(|row| row[0].as_u64().unwrap()).collect();
    assert_eq!(numbers.len(), count, "each once");
    for (number, output) in outputs.iter().enumerate() {
        let range = output["updated_range"].as_str().unwrap();
        let row: usize = range.strip_prefix("Log!A").unwrap().split(':').next().unwrap().parse().unwrap();
        assert_eq!(written[row - 1], [json!(number), json!(format!("run-{number}.1"))], "{range}");
        assert_eq!((&output["updated_rows"], &output["spreadsheet"]), (&json!(1), &json!("id-1")));
    }
    api
}

const ALL: Trouble = Trouble { token_lasts: 200, quota: 17, failures: 23, cuts: 10, refuses: None };

#[tokio::test]
async fn appends_come_once_though_answers_are_cut() {
    let api = check_parallel(150, false, ALL).await;
    assert!(api.sheet.lock().unwrap().appends >= 150);
}

/// There are few calls, so that every other answer is cut.
const FOR_FEW_CALLS: Trouble = Trouble { token_lasts: 9, quota: 7, failures: 5, cuts: 2, refuses: None };

#[tokio::test]
async fn parallel_appends_come_once_in_few_calls() {
    let api = check_parallel(2_000, true, FOR_FEW_CALLS).await;
    let calls = api.sheet.lock().unwrap().appends;
    assert!((2..50).contains(&calls), "{calls} calls");
}

#[tokio::test]
#[ignore = "takes its time: `cargo nextest run -p modules --run-ignored only ten_thousand`"]
async fn ten_thousand_parallel_appends_come_once_in_few_calls() {
    let api = check_parallel(10_000, true, FOR_FEW_CALLS).await;
    let calls = api.sheet.lock().unwrap().appends;
    assert!((10..100).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn a_cut_answer_is_looked_for_and_found() {
    let api = Api::start(json!(["Number", "Key"]), Trouble { cuts: 1, ..Trouble::default() }).await;
    let extra = json!({ "rows": [["a"], { "Number": "b" }], "key_column": "Key" });
    for _ in 0..2 {
        let output = append(&api, "k", extra.clone()).await.unwrap();
        let expected =
            json!({ "updated_range": "Log!A2:B3", "updated_rows": 2, "spreadsheet": "id-1", "table_range": null });
        assert_eq!(output, expected);
    }
    assert_eq!(json!(api.rows()), json!([["Number", "Key"], ["a", "k"], ["b", "k/2"]]));
    assert_eq!(api.sheet.lock().unwrap().appends, 1);
}

#[tokio::test]
async fn without_a_key_column_a_cut_answer_is_an_error() {
    let api = Api::start(json!([]), Trouble { cuts: 1, ..Trouble::default() }).await;
    let error = append(&api, "k", json!({ "row": [1] })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_lost", Recovery::Retry));
    assert_eq!(api.server.seen().len(), 2, "a token and the row: nothing is read");
}

#[tokio::test]
async fn a_row_that_is_refused_fails_alone() {
    let api = Api::start(json!(["Number"]), Trouble { refuses: Some("too long"), ..Trouble::default() }).await;
    let calls = ["1", "2", "too long", "4"].map(|text| append(&api, text, json!({ "row": [text], "batch": true })));
    let results = futures_util::future::join_all(calls).await;
    let failed: Vec<bool> = results.iter().map(Result::is_err).collect();
    assert_eq!(failed, [false, false, true, false]);
    assert_eq!(results[2].as_ref().unwrap_err().status, Some(400));
    let mut rows = api.rows();
    rows.sort_by_key(|row| row[0].to_string());
    assert_eq!(json!(rows), json!([["1"], ["2"], ["4"], ["Number"]]));
}

#[tokio::test]
async fn columns_are_added_where_that_is_wanted() {
    let api = Api::start(json!(["Name"]), Trouble::default()).await;
    let row = json!({ "row": { "Name": "Ada", "Total": 6 } });
    let error = append(&api, "k", row.clone()).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.hint.as_deref()), ("invalid_parameters", Some("its first row has Name")));
    let calls = ["1", "2", "3"].map(|key| {
        let extra = json!({ "row": { "Total": 6, "Name": key }, "add_columns": true });
        append(&api, key, extra)
    });
    for result in futures_util::future::join_all(calls).await {
        result.unwrap();
    }
    assert_eq!(json!(api.rows()[0]), json!(["Name", "Total"]));
    assert_eq!(api.rows().len(), 4);
    let empty = Api::start(json!([]), Trouble::default()).await;
    let extra = json!({ "row": { "Due": "2026-11-22", "Name": "Ada" }, "add_columns": true, "dates": true, "key_column": "Key" });
    append(&empty, "k", extra).await.unwrap();
    assert_eq!(json!(empty.rows()), json!([["Due", "Name", "Key"], [46348.0, "Ada", "k"]]));
}

#[tokio::test]
async fn a_revoked_key_ends_it() {
    let api = Api::start(json!([]), Trouble { token_lasts: 2, ..Trouble::default() }).await;
    for key in ["1", "2"] {
        append(&api, key, json!({ "row": [key] })).await.unwrap();
    }
    api.sheet.lock().unwrap().revoked = true;
    let error = append(&api, "3", json!({ "row": ["3"] })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("token_refused", Recovery::Permanent));
    assert_eq!(api.rows().len(), 2);
}
