//! Samples and what is learnt from them.

use super::*;
use crate::webhook::schema::Schema;
use proptest::prelude::*;

/// What is learnt, without the dialect.
fn learnt(samples: &[Value]) -> Value {
    let mut schema = schema(samples);
    schema.as_object_mut().unwrap().shift_remove("$schema");
    schema
}

#[test]
fn types() {
    for (samples, expected) in [
        (vec![], json!({})),
        (vec![json!(1), json!(-7)], json!({ "type": "integer" })),
        (vec![json!(1), json!(1.5)], json!({ "type": "number" })),
        (vec![json!(true), json!(null)], json!({ "type": ["boolean", "null"] })),
        (vec![json!("a"), json!(1)], json!({ "type": ["integer", "string"] })),
        (vec![json!([])], json!({ "type": "array" })),
        (vec![json!([1, 2]), json!([null])], json!({ "type": "array", "items": { "type": ["integer", "null"] } })),
        (vec![json!({})], json!({ "type": "object" })),
    ] {
        assert_eq!(learnt(&samples), expected);
    }
}

#[test]
fn what_is_always_there_is_required() {
    let samples = [json!({ "id": 1, "note": "x" }), json!({ "id": 2, "more": { "a": 1 } }), json!({ "id": 3 })];
    assert_eq!(
        learnt(&samples),
        json!({
            "type": "object",
            "properties": {
                "id": { "type": "integer" },
                "note": { "type": "string" },
                "more": { "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"] },
            },
            "required": ["id"],
        })
    );
}

#[test]
fn items_of_all_lists_are_one_kind() {
    let samples = [json!([{ "sku": "a" }]), json!([{ "sku": "b", "qty": 1 }, { "sku": "c" }])];
    let items = json!({
        "type": "object",
        "properties": { "sku": { "type": "string" }, "qty": { "type": "integer" } },
        "required": ["sku"],
    });
    assert_eq!(learnt(&samples), json!({ "type": "array", "items": items }));
}

#[test]
fn formats_that_all_texts_have() {
    for (texts, format) in [
        (vec!["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+08:00"], Some("date-time")),
        (vec!["2026-01-02"], Some("date")),
        (vec!["0190b6f0-0000-7000-8000-000000000001"], Some("uuid")),
        (vec!["ada@example.com", "b.c+d@mail.example.org"], Some("email")),
        (vec!["https://example.com/a?b", "ftp://example.com"], Some("uri")),
        (vec!["203.0.113.9"], Some("ipv4")),
        (vec!["2001:db8::1"], Some("ipv6")),
        (vec!["https://example.com", "ada@example.com"], None),
        (vec!["a@b", "@", "a b@c.de", "a@b@c.de"], None),
        (vec!["2026-13-01"], None),
        (vec![""], None),
    ] {
        let samples: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
        assert_eq!(learnt(&samples).get("format"), format.map(|format| json!(format)).as_ref(), "{texts:?}");
    }
}

#[test]
fn texts_that_come_again_and_again_are_a_list() {
    let many = |texts: &[&str], times: usize| -> Vec<Value> {
        texts.iter().cycle().take(texts.len() * times).map(|text| json!(text)).collect()
    };
    assert_eq!(learnt(&many(&["open", "closed"], 6)), json!({ "type": "string", "enum": ["closed", "open"] }));
    assert_eq!(learnt(&many(&["open", "closed"], 3)), json!({ "type": "string" }));
    let ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    assert_eq!(learnt(&many(&ten, 50)), json!({ "type": "string" }));
    // One that came once may be the first of many.
    assert_eq!(learnt(&[many(&["open"], 20), many(&["new"], 1)].concat()), json!({ "type": "string" }));
    // A list would keep other values out.
    assert_eq!(learnt(&[many(&["open"], 20), vec![json!(1)]].concat()), json!({ "type": ["integer", "string"] }));
}

#[test]
fn there_is_an_end_to_what_is_told_apart() {
    let wide: Map<String, Value> = (0..2_000).map(|number| (number.to_string(), json!(1))).collect();
    let wide = Value::Object(wide);
    assert_eq!(learnt(std::slice::from_ref(&wide))["properties"].as_object().unwrap().len(), MOST_PROPERTIES);
    let deep = (0..120).fold(json!(1), |inner, _| json!([inner]));
    for sample in [&wide, &deep] {
        assert!(Schema::compile(&schema([sample])).unwrap().reasons(sample).is_empty());
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-c]", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_sample_satisfies_what_is_learnt(samples in prop::collection::vec(values(), 1..20)) {
        let schema = Schema::compile(&schema(&samples)).unwrap();
        for sample in &samples {
            prop_assert!(schema.reasons(sample).is_empty(), "{sample}");
        }
    }
}
