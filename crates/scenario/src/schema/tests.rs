//! The schema of the language against the check.

use super::*;
use crate::shape;
use std::collections::BTreeSet;

#[test]
fn the_schema_knows_the_keys_that_the_check_knows() {
    for (pointer, keys) in shape::KEYS {
        let properties = LANGUAGE.pointer(pointer).and_then(|of| of.get("properties")).and_then(Value::as_object);
        let properties = properties.unwrap_or_else(|| panic!("{pointer} has no properties"));
        let schema: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let check: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(schema, check, "{pointer}");
    }
}

#[test]
fn everything_is_described() {
    fn walk(schema: &Value, path: &str) {
        for (name, of) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let described = of.get("description").is_some() || of.get("$ref").is_some();
            assert!(described, "{path}.{name} has no description");
            walk(of, &format!("{path}.{name}"));
        }
    }
    walk(&LANGUAGE, "");
    for (name, of) in LANGUAGE["$defs"].as_object().unwrap() {
        assert!(of.get("description").is_some(), "{name} has no description");
        walk(of, name);
    }
}

#[test]
fn built_in_modules_are_complete() {
    let names: BTreeSet<&str> = built_ins().iter().map(|spec| spec.name.as_str()).collect();
    assert_eq!(names, shape::BUILT_IN.iter().copied().collect());
    for spec in built_ins() {
        assert!(spec.summary.ends_with('.') && !spec.example.is_null(), "{spec:?}");
        let step = serde_json::json!({ "steps": [{ spec.name.as_str(): spec.example }] });
        let text = step.to_string();
        let (plan, findings) = crate::check(&text, &Catalog::default());
        let is_refused = findings.iter().any(|finding| finding.is_todo());
        assert_eq!(plan.is_none(), spec.name == "todo", "the example of {}: {findings:#?}", spec.name);
        assert_eq!(is_refused, spec.name == "todo");
    }
}
