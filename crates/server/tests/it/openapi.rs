//! `GET /api/v1/openapi.json`, and its copy in the documentation.

use crate::site::Site;
use serde_json::Value;
use std::env;
use std::fs;
use std::path::Path;

#[tokio::test]
async fn the_document_is_served() {
    let site = Site::start().await;
    let served = site.get("/openapi.json").await;
    assert_eq!(served, serde_json::from_str::<Value>(server::openapi()).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3."));
}

/// `UPDATE_EXPECT=1` writes the file anew.
#[test]
fn the_documentation_has_the_document_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, server::openapi()).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == server::openapi(), "docs/reference/openapi.json is stale: run the tests with UPDATE_EXPECT=1");
}

#[test]
fn every_operation_has_a_name_and_words_and_says_how_it_refuses() {
    let document: Value = serde_json::from_str(server::openapi()).unwrap();
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{place}");
            assert!(operation["responses"]["4XX"].is_object(), "{place}");
            names.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "two operations have one name");
    assert!(count > 50, "only {count} operations are left");
}

#[test]
fn every_schema_that_is_referred_to_exists() {
    let document: Value = serde_json::from_str(server::openapi()).unwrap();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
