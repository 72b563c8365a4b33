//! Schemas that cannot be used, and what is said about input that does not satisfy one.

use super::*;
use serde_json::json;

fn order() -> Schema {
    let schema = json!({
        "type": "object",
        "required": ["order"],
        "properties": {
            "order": {"type": "string", "pattern": "^[A-Z][0-9]+$"},
            "lines": {"type": "array", "items": {"type": "object", "required": ["qty"],
                      "properties": {"qty": {"type": "integer", "minimum": 1}}}},
        },
    });
    Schema::compile(&schema).unwrap()
}

#[test]
fn reasons() {
    let schema = order();
    let check = |value: Value, expected: &[(&str, &str)]| {
        let reasons = schema.reasons(&value);
        let reasons: Vec<_> = reasons.iter().map(|reason| (&*reason.path, &*reason.message)).collect();
        assert_eq!(reasons, expected, "{value}");
    };
    check(json!({"order": "A1", "lines": [{"qty": 2}]}), &[]);
    check(json!({}), &[("", "\"order\" is a required property")]);
    check(json!(null), &[("", "value is not of type \"object\"")]);
    check(
        json!({"order": "secret", "lines": [{"qty": 1}, {"qty": 0}]}),
        &[
            ("/order", "value does not match \"^[A-Z][0-9]+$\""),
            ("/lines/1/qty", "value is less than the minimum of 1"),
        ],
    );
}

#[test]
fn reasons_are_bounded() {
    let schema = Schema::compile(&json!({"items": {"type": "string"}})).unwrap();
    assert_eq!(schema.reasons(&json!(vec![1; 10_000])).len(), MOST_REASONS);
    let schema = Schema::compile(&json!({"additionalProperties": false})).unwrap();
    let reasons = schema.reasons(&json!({"x".repeat(100_000): 1}));
    assert!(reasons[0].message.chars().count() <= MOST_CHARACTERS + 1);
}

#[test]
fn schemas_that_cannot_be_used() {
    for (schema, path) in [
        (json!({"type": "strin"}), "/type"),
        (json!({"pattern": "("}), "/pattern"),
        (json!({"pattern": "(?=x)"}), "/pattern"),
        (json!({"$ref": "https://example.com/schema.json"}), ""),
        (json!({"$ref": "file:///etc/passwd"}), ""),
        (json!({"$ref": "#/nowhere"}), ""),
        (json!(3), ""),
    ] {
        let error = Schema::compile(&schema).map(|_| ()).expect_err(&schema.to_string());
        assert_eq!(error.path, path, "{schema}: {error}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn i6_patterns_take_linear_time() {
    // One that goes back and forth would not come to an end.
    let schema = Schema::compile(&json!({"pattern": "^(a+)+$"})).unwrap();
    assert_eq!(schema.reasons(&json!("a".repeat(100_000) + "!")).len(), 1);
}
