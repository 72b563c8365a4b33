//! Stores with columns.

use super::{NOW, act, stores, value};
use crate::data_store::{Add, Put, Schema};
use serde_json::{Value, json};

fn schema(columns: Value) -> Schema {
    serde_json::from_value(json!({ "columns": columns })).unwrap()
}

fn customers() -> Schema {
    schema(json!([
        { "name": "email", "type": "text", "required": true },
        { "name": "orders", "type": "number", "default": 0 },
        { "name": "vip", "type": "flag" },
        { "name": "since", "type": "time" },
        { "name": "more", "type": "json" },
    ]))
}

#[test]
fn a_record_is_what_the_columns_take_or_is_not_written() {
    let (_, stores) = stores();
    stores.put("c", "old", &value(json!("anything")), act(NOW, "1")).unwrap();
    assert_eq!(stores.schema("c").unwrap(), None);
    let revision = stores.put_schema("c", &customers(), Some(0)).unwrap();
    assert_eq!(stores.schema("c").unwrap(), Some((revision, customers())));
    let whole = json!({ "email": "a@b.c", "orders": 2, "vip": true, "since": "2026-11-23", "more": [1] });
    assert_eq!(stores.put("c", "whole", &value(whole.clone()), act(NOW, "2")).unwrap().value, whole);
    let written = stores.put("c", "k", &value(json!({ "email": "a@b.c", "vip": null })), act(NOW, "3")).unwrap();
    assert_eq!(written.value, json!({ "email": "a@b.c", "vip": null, "orders": 0 }));
    assert_eq!(stores.get("c", "k", NOW).unwrap().unwrap().value, written.value);
    let refused = [
        (json!({}), "the record `k`: the column `email` is required, and it has no value"),
        (json!({ "email": null }), "the record `k`: the column `email` is required"),
        (json!({ "email": 1 }), "the record `k`: the column `email` takes a text; here it is the number 1"),
        (
            json!({ "email": "", "orders": "2" }),
            "the record `k`: the column `orders` takes a number; here it is the text \"2\"",
        ),
        (json!({ "email": "", "vip": "yes" }), "the record `k`: the column `vip` takes true or false"),
        (
            json!({ "email": "", "since": "today" }),
            "the record `k`: the column `since` takes a time such as `2026-11-23`",
        ),
        (
            json!({ "email": "", "emial": "" }),
            "the record `k`: there is no column `emial`; the columns are `email`, `orders`",
        ),
        (json!([1]), "the record `k`: the data store has columns, so it must be a map; it is a list"),
    ];
    for (number, (given, words)) in refused.into_iter().enumerate() {
        let error = stores.put("c", "k", &value(given), act(NOW, &format!("refused {number}"))).unwrap_err();
        assert!(error.code() == "invalid_record" && error.to_string().starts_with(words), "{error}");
    }
    assert_eq!(stores.get("c", "k", NOW).unwrap().unwrap().value, written.value, "nothing of it was written");
    assert_eq!(stores.get("c", "old", NOW).unwrap().unwrap().value, json!("anything"));
}

#[test]
fn a_sum_is_held_to_the_columns_too() {
    let (_, stores) = stores();
    stores.put_schema("c", &schema(json!([{ "name": "n", "type": "number" }])), None).unwrap();
    let add = |field: &str| Add { by: 1.into(), field: Some(field.to_owned()), ttl: None };
    assert_eq!(stores.add("c", "k", &add("n"), act(NOW, "5")).unwrap().number, 1.into());
    let error = stores.add("c", "k", &add("m"), act(NOW, "6")).unwrap_err();
    assert_eq!(error.code(), "invalid_record");
    let whole = Add { by: 1.into(), field: None, ttl: None };
    assert_eq!(stores.add("c", "new", &whole, act(NOW, "7")).unwrap_err().code(), "invalid_record");
}

#[test]
fn a_repeat_gets_its_first_result_though_the_columns_changed() {
    let (_, stores) = stores();
    let put = Put { value: json!({ "a": 1 }), ttl: None, condition: None };
    let first = stores.put("c", "k", &put, act(NOW, "same")).unwrap();
    stores.put_schema("c", &schema(json!([{ "name": "b", "type": "text" }])), None).unwrap();
    assert_eq!(stores.put("c", "k", &put, act(NOW, "same")).unwrap(), first);
    assert_eq!(stores.put("c", "k", &put, act(NOW, "another")).unwrap_err().code(), "invalid_record");
}

#[test]
fn columns_are_changed_by_one_at_a_time_and_taken_away() {
    let (_, stores) = stores();
    let revision = stores.put_schema("empty", &customers(), Some(0)).unwrap();
    assert_eq!(stores.names().unwrap(), ["empty"]);
    for upon in [0, revision + 1] {
        assert_eq!(stores.put_schema("empty", &customers(), Some(upon)).unwrap_err().code(), "conflict");
    }
    let next = stores.put_schema("empty", &customers(), Some(revision)).unwrap();
    assert!(next > revision);
    assert!(stores.delete_schema("empty").unwrap() && !stores.delete_schema("empty").unwrap());
    stores.put("empty", "k", &value(json!(1)), act(NOW, "8")).unwrap();
    for bad in ["", "a b"] {
        assert_eq!(stores.schema(bad).unwrap_err().code(), "invalid_parameters");
    }
}

#[test]
fn columns_that_make_no_sense_are_refused() {
    let (_, stores) = stores();
    for (columns, words) in [
        (json!([]), "a data store has 1 to 200 columns, not 0"),
        (json!([{ "name": "", "type": "text" }]), "\"\" cannot name a column"),
        (json!([{ "name": " a", "type": "text" }]), "\" a\" cannot name a column"),
        (json!([{ "name": "a", "type": "text" }, { "name": "a", "type": "json" }]), "there are two columns `a`"),
        (json!([{ "name": "a", "type": "number", "default": "0" }]), "the default of the column `a` is not a number"),
    ] {
        let error = stores.put_schema("c", &schema(columns), None).unwrap_err();
        assert!(error.code() == "invalid_schema" && error.to_string().starts_with(words), "{error}");
    }
}
