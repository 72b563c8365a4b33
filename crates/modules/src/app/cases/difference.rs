//! Where two values differ.

use serde_json::Value;

/// How many differences are told of one value.
const MOST: usize = 8;

/// How much of a value is told, in bytes.
const LONGEST: usize = 160;

/// What differs, each with its path. Numbers are compared by value.
pub(super) fn differences(path: &str, expected: &Value, found: &Value) -> Vec<String> {
    let mut all = Vec::new();
    walk(path, expected, found, &mut all);
    all.truncate(MOST);
    all
}

/// A value, cut where it is long.
pub(super) fn short(value: &Value) -> String {
    crate::mask::preview(&value.to_string(), LONGEST)
}

fn walk(path: &str, expected: &Value, found: &Value, all: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                match found.get(key) {
                    Some(other) => walk(&format!("{path}.{key}"), value, other, all),
                    None => all.push(format!("{path}.{key}: expected {}, found nothing", short(value))),
                }
            }
            for (key, value) in found.iter().filter(|(key, _)| !expected.contains_key(*key)) {
                all.push(format!("{path}.{key}: expected nothing, found {}", short(value)));
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
                walk(&format!("{path}[{at}]"), expected, found, all);
            }
        }
        (Value::Number(expected), Value::Number(found)) if expected.as_f64() == found.as_f64() => {}
        _ if expected == found => {}
        _ => all.push(format!("{path}: expected {}, found {}", short(expected), short(found))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_told_with_their_paths() {
        let check =
            |expected: Value, found: Value, told: &[&str]| assert_eq!(differences("x", &expected, &found), told);
        check(json!({ "a": [1, { "b": 2 }] }), json!({ "a": [1.0, { "b": 2 }] }), &[]);
        check(json!({ "a": [{ "b": 2 }] }), json!({ "a": [{ "b": "2" }] }), &[r#"x.a[0].b: expected 2, found "2""#]);
        check(
            json!({ "a": 1 }),
            json!({ "b": 2 }),
            &["x.a: expected 1, found nothing", "x.b: expected nothing, found 2"],
        );
        check(json!([1]), json!([1, 2]), &["x: expected [1], found [1,2]"]);
    }
}
