//! What the API answers, held to its document: an answer has what the document says of it, and nothing that it leaves out.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The document, with every object closed: a field that it does not name is a mistake.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document: Value = serde_json::from_str(server::openapi()).unwrap();
    let mut parts = BTreeSet::new();
    parts_of_others(&document, &mut parts);
    for (name, schema) in document["components"]["schemas"].as_object_mut().unwrap() {
        if !parts.contains(&format!("#/components/schemas/{name}")) {
            close(schema);
        }
    }
    document
});

/// Fails unless the document has such an answer. What is not the API's is not looked at.
pub(crate) fn assert_documented(method: &Method, path: &str, status: StatusCode, body: &Value) {
    let Some(path) = path.strip_prefix("/api/v1") else { return };
    let place = format!("{method} {path}, {status}");
    let operation = &operation(path).unwrap_or_else(|| panic!("{place}: there is no such path"))
        [method.as_str().to_lowercase().as_str()];
    let class = format!("{}XX", status.as_u16() / 100);
    let responses = &operation["responses"];
    let response = responses.get(status.as_str()).or(responses.get(&class));
    let response = response.unwrap_or_else(|| panic!("{place}: the document has no such answer"));
    let contents = response["content"].as_object().into_iter().flatten();
    let mut schema = contents.map(|(_, content)| content["schema"].clone()).next().unwrap_or(json!({}));
    close(&mut schema);
    schema["components"] = DOCUMENT["components"].clone();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{place} is not as the document says:\n{}\n{body:#}", wrong.join("\n"));
}

/// The operations of the path that fits, rather one with words than one with parameters.
fn operation(path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (mut given, mut words) = (path.split('/'), 0);
        let template = template.strip_prefix("/api/v1").unwrap_or(template);
        let parts: Vec<&str> = template.split('/').collect();
        for (position, part) in parts.iter().enumerate() {
            let found = given.next()?;
            // A parameter at the end takes all there is: keys and paths have slashes.
            match part.starts_with('{') {
                true if position + 1 == parts.len() => return Some(words),
                true => {}
                false if *part == found => words += 1,
                false => return None,
            }
        }
        given.next().is_none().then_some(words)
    };
    let paths = DOCUMENT["paths"].as_object()?.iter();
    paths
        .filter_map(|(template, item)| Some((fits(template)?, item)))
        .max_by_key(|(words, _)| *words)
        .map(|(_, item)| item)
}

/// The schemas that others are made of (`allOf`): what they do not name stands beside them.
fn parts_of_others(value: &Value, parts: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            let all_of = map.get("allOf").and_then(Value::as_array).into_iter().flatten();
            parts.extend(all_of.filter_map(|part| part["$ref"].as_str().map(str::to_owned)));
            map.values().for_each(|value| parts_of_others(value, parts));
        }
        Value::Array(list) => list.iter().for_each(|value| parts_of_others(value, parts)),
        _ => {}
    }
}

/// Refuses properties that no part of the schema names.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("allOf") {
                map.insert("unevaluatedProperties".to_owned(), json!(false));
                return;
            }
            if map.get("properties").is_some_and(Value::is_object) && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
#[should_panic(expected = "Additional properties are not allowed ('size' was unexpected)")]
fn a_field_that_the_document_leaves_out_is_told() {
    let stores = json!({ "items": [{ "name": "orders", "records": 3, "more": false, "size": 9 }] });
    assert_documented(&Method::GET, "/api/v1/stores", StatusCode::OK, &stores);
}

#[test]
#[should_panic(expected = "\"three\" is not of type \"integer\"")]
fn a_value_of_another_type_is_told() {
    let stores = json!({ "items": [{ "name": "orders", "records": "three", "more": false }] });
    assert_documented(&Method::GET, "/api/v1/stores", StatusCode::OK, &stores);
}
