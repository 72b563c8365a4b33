//! Where two JSON values differ, in words.

use serde_json::Value;

/// Longer values are cut off where they are shown.
const LONGEST: usize = 200;

/// One line for each place in which the actual value is not the expected one.
pub(super) fn differences(path: &str, expected: &Value, actual: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    compare(path, expected, actual, &mut lines);
    lines
}

/// The value as a line of JSON.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn compare(path: &str, expected: &Value, actual: &Value, lines: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected {
                match actual.get(key) {
                    Some(other) => compare(&format!("{path}.{key}"), value, other, lines),
                    None => lines.push(format!("{path}.{key}: expected {}, but it is missing", shown(value))),
                }
            }
            let unexpected = actual.iter().filter(|(key, _)| !expected.contains_key(*key));
            lines.extend(unexpected.map(|(key, value)| format!("{path}.{key}: not expected, was {}", shown(value))));
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for (index, (value, other)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), value, other, lines);
            }
            if expected.len() != actual.len() {
                lines.push(format!("{path}: expected {} items, was {}", expected.len(), actual.len()));
            }
        }
        _ if same(expected, actual) => {}
        _ => lines.push(format!("{path}: expected {}, was {}", shown(expected), shown(actual))),
    }
}

/// JSON has one kind of number: `6` and `6.0` are the same.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64()),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_difference_has_a_line() {
        for (expected, actual, lines) in [
            (json!({"a": 1}), json!({"a": 1.0}), vec![]),
            (json!({"a": 1}), json!({"a": 2}), vec!["json.a: expected 1, was 2"]),
            (
                json!({"a": {"b": "x"}}),
                json!({"a": {"c": null}}),
                vec![r#"json.a.b: expected "x", but it is missing"#, "json.a.c: not expected, was null"],
            ),
            (json!([1, 2]), json!([1, 3, 4]), vec!["json[1]: expected 2, was 3", "json: expected 2 items, was 3"]),
            (json!("1"), json!(1), vec![r#"json: expected "1", was 1"#]),
        ] {
            assert_eq!(differences("json", &expected, &actual), lines, "{expected} {actual}");
        }
    }
}
