//! Where a JSON value is not what a test expects, in words. Maps with one `$` key match values of a kind.

use regex::Regex;
use serde_json::Value;

/// Longer values are cut off where they are shown.
const LONGEST: usize = 200;

/// One line for each place in which the actual value is not the expected one.
pub(in crate::test) fn differences(path: &str, expected: &Value, actual: &Value) -> Vec<String> {
    compared(path, expected, actual, Extent::Whole)
}

/// The same, when a map may have more keys than are expected of it.
pub(in crate::test) fn part_differences_at(path: &str, expected: &Value, actual: &Value) -> Vec<String> {
    compared(path, expected, actual, Extent::Part)
}

/// The same, of a value that has no name.
pub(in crate::test) fn part_differences(expected: &Value, actual: &Value) -> Vec<String> {
    part_differences_at("", expected, actual)
}

/// The value as a line of JSON.
pub(in crate::test) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// How much of a value is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it; matchers match.
    Whole,
    /// Of maps, only some keys; matchers match.
    Part,
    /// All of it, literally.
    Literal,
}

fn compared(path: &str, expected: &Value, actual: &Value, extent: Extent) -> Vec<String> {
    let mut lines = Vec::new();
    compare(path, expected, actual, extent, &mut lines);
    lines
}

fn compare(path: &str, expected: &Value, actual: &Value, extent: Extent, lines: &mut Vec<String>) {
    if let Some((name, setting)) = matcher(expected).filter(|_| extent != Extent::Literal) {
        return matched(path, name, setting, actual, lines);
    }
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected {
                match actual.get(key) {
                    Some(other) => compare(&format!("{path}.{key}"), value, other, extent, lines),
                    None => lines.push(format!("{path}.{key}: expected {}, but it is missing", shown(value))),
                }
            }
            if extent != Extent::Part {
                let unexpected = actual.iter().filter(|(key, _)| !expected.contains_key(*key));
                lines
                    .extend(unexpected.map(|(key, value)| format!("{path}.{key}: not expected, was {}", shown(value))));
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for (index, (value, other)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), value, other, extent, lines);
            }
            if expected.len() != actual.len() {
                lines.push(format!("{path}: expected {} items, was {}", expected.len(), actual.len()));
            }
        }
        _ if same(expected, actual) => {}
        _ => lines.push(format!("{path}: expected {}, was {}", shown(expected), shown(actual))),
    }
}

/// The name and setting of a matcher: the check has found that it is one.
fn matcher(expected: &Value) -> Option<(&str, &Value)> {
    let mut entries = expected.as_object()?.iter();
    let (name, setting) = entries.next().filter(|(name, _)| name.starts_with('$'))?;
    entries.next().is_none().then_some((name.as_str(), setting))
}

fn matched(path: &str, name: &str, setting: &Value, actual: &Value, lines: &mut Vec<String>) {
    let wanted = match name {
        "$any" => return,
        "$exactly" => return compare(path, setting, actual, Extent::Literal, lines),
        "$contains" => return contained(path, setting, actual, lines),
        "$type" if setting == kind(actual) => return,
        "$type" => format!("a {}", plain(setting)),
        "$matches" if matches_pattern(setting, actual) => return,
        _ => format!("what matches /{}/", plain(setting)),
    };
    lines.push(format!("{path}: expected {wanted}, was {}", shown(actual)));
}

/// A text has a text in it, a list each of some items, a map some keys.
fn contained(path: &str, part: &Value, actual: &Value, lines: &mut Vec<String>) {
    let missing = match (part, actual) {
        (Value::Object(_), Value::Object(_)) => return compare(path, part, actual, Extent::Part, lines),
        (_, Value::Array(actual)) => {
            let parts = part.as_array().map_or(std::slice::from_ref(part), Vec::as_slice);
            let absent = |part: &&Value| !actual.iter().any(|item| part_differences(part, item).is_empty());
            parts.iter().find(absent)
        }
        (_, Value::String(text)) => Some(part).filter(|part| !text.contains(&plain(part))),
        _ => Some(part),
    };
    if let Some(missing) = missing {
        lines.push(format!("{path}: expected {} in it, was {}", shown(missing), shown(actual)));
    }
}

fn matches_pattern(pattern: &Value, actual: &Value) -> bool {
    let Ok(regex) = Regex::new(pattern.as_str().unwrap_or_default()) else { return false };
    !(actual.is_object() || actual.is_array()) && regex.is_match(&plain(actual))
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
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

    #[test]
    fn matchers_stand_for_values_of_a_kind() {
        let check = |expected: Value, actual: Value, line: Option<&str>| {
            let lines = differences("json", &expected, &actual);
            assert_eq!(lines.first().map(String::as_str), line, "{expected} {actual}");
        };
        check(json!({"$any": true}), json!(null), None);
        check(json!({"a": {"$any": true}}), json!({}), Some(r#"json.a: expected {"$any":true}, but it is missing"#));
        check(json!({"$type": "text"}), json!("x"), None);
        check(json!({"$type": "number"}), json!("1"), Some(r#"json: expected a number, was "1""#));
        check(json!({"$type": "map"}), json!({}), None);
        check(json!({"$matches": "^a+$"}), json!("aaa"), None);
        check(json!({"$matches": "^4"}), json!(404), None);
        check(json!({"$matches": "^a+$"}), json!("ab"), Some(r#"json: expected what matches /^a+$/, was "ab""#));
        check(json!({"$matches": "."}), json!([]), Some("json: expected what matches /./, was []"));
        check(json!({"$contains": "b"}), json!("abc"), None);
        check(json!({"$contains": 404}), json!("the answer is 404"), None);
        check(json!({"$contains": "x"}), json!("abc"), Some(r#"json: expected "x" in it, was "abc""#));
        check(json!({"$contains": [2, {"a": 1}]}), json!([1, 2, {"a": 1, "b": 2}]), None);
        check(json!({"$contains": 3}), json!([1, 2]), Some("json: expected 3 in it, was [1,2]"));
        check(json!({"$contains": {"a": {"b": 1}}}), json!({"a": {"b": 1, "c": 2}, "d": 3}), None);
        check(json!({"$contains": {"a": {"$type": "text"}}}), json!({"a": 1}), Some("json.a: expected a text, was 1"));
        check(
            json!({"$contains": {"a": {"$exactly": {"b": 1}}}}),
            json!({"a": {"b": 1, "c": 2}}),
            Some("json.a.c: not expected, was 2"),
        );
        check(json!({"$contains": {"a": 1}}), json!(5), Some(r#"json: expected {"a":1} in it, was 5"#));
        check(json!({"$exactly": {"$any": true}}), json!({"$any": true}), None);
        check(json!({"$exactly": {"$any": true}}), json!(1), Some(r#"json: expected {"$any":true}, was 1"#));
    }
}
