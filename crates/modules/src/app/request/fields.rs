//! Values as queries, forms and JSON write them.

use serde_json::{Map, Value};

/// Puts a value where the name says: `fields.summary` is within `fields`.
pub(super) fn nest(map: &mut Map<String, Value>, wire: &str, value: Value) {
    match wire.split_once('.') {
        None => drop(map.insert(wire.to_owned(), value)),
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// The pairs of a query: a list is a pair for each item, a map is JSON, null none.
pub(super) fn pairs(fields: &Map<String, Value>) -> Vec<(&str, String)> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        pairs.extend(items.iter().filter(|item| !item.is_null()).map(|item| (name.as_str(), text(item))));
    }
    pairs
}

/// The pairs of a form: a list of scalars repeats its name, what is nested is written with brackets, null is none.
pub(super) fn flattened(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let items = items.iter().filter(|item| !item.is_null());
                pairs.extend(items.map(|item| (name.clone(), text(item))));
            }
            value => flatten(name, value, &mut pairs),
        }
    }
    pairs
}

fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| flatten(&format!("{name}[{key}]"), value, pairs));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| flatten(&format!("{name}[{at}]"), item, pairs));
        }
        scalar => pairs.push((name.to_owned(), text(scalar))),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn names_with_dots_are_nested() {
        let mut found = map(json!({ "a": { "b": 1 }, "x": 1 }));
        nest(&mut found, "a.c", json!(2));
        nest(&mut found, "d.e.f", json!(3));
        nest(&mut found, "x.y", json!(4));
        assert_eq!(Value::Object(found), json!({ "a": { "b": 1, "c": 2 }, "x": { "y": 4 }, "d": { "e": { "f": 3 } } }));
    }

    #[test]
    fn lists_and_maps_are_written_as_services_read_them() {
        let fields = map(json!({ "a": [1, null, "x"], "m": { "k": "v", "l": [1] }, "r": [{ "p": true }], "n": null }));
        let form: Vec<String> = flattened(&fields).iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(form, ["a=1", "a=x", "m[k]=v", "m[l][0]=1", "r[0][p]=true"]);
        let query: Vec<String> = pairs(&fields).iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(query, ["a=1", "a=x", r#"m={"k":"v","l":[1]}"#, r#"r={"p":true}"#]);
    }
}
