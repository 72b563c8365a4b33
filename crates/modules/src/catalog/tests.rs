//! Every module documents itself: parameters, example, sample.

use super::*;
use serde_json::Value;

#[test]
fn every_module_is_described_in_full() {
    for spec in specs() {
        let name = &spec.name;
        assert!(!spec.summary.is_empty() && spec.summary.ends_with('.'), "{name}: {}", spec.summary);
        assert!(!spec.sample.is_null(), "{name} has a sample");
        assert_eq!(spec.parameters["additionalProperties"], Value::Bool(false), "{name} refuses unknown parameters");
        assert!(spec.parameters.get("$defs").is_none(), "{name}: its schema stands on its own");
        let properties = spec.parameters["properties"].as_object().unwrap();
        for (parameter, schema) in properties {
            assert!(
                schema["description"].is_string() || schema["title"].is_string(),
                "{name}: `{parameter}` has a description"
            );
        }
        assert!(!properties.contains_key("connection"), "{name}: the connection comes with the call");
        assert!(spec.url_parameter.as_ref().is_none_or(|url| properties.contains_key(url)), "{name}");
        let apps = Apps::shipped();
        let known =
            |kind: &String| crate::connections::KINDS.contains(&kind.as_str()) || apps.connection_type(kind).is_some();
        assert!(spec.connections.iter().all(known), "{name}");
        assert!(!spec.needs_connection || !spec.connections.is_empty(), "{name}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    for spec in specs() {
        let mut example = spec.example.clone();
        let connection = example.as_object_mut().unwrap().remove("connection");
        assert_eq!(connection.is_some(), spec.needs_connection, "{}", spec.name);
        let errors: Vec<_> = jsonschema::validator_for(&spec.parameters)
            .unwrap()
            .iter_errors(&example)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", spec.name);
    }
}

#[test]
fn module_names_are_sorted_and_differ() {
    let names: Vec<String> = specs().into_iter().map(|spec| spec.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
}
