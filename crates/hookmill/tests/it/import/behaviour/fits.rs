//! Whether a value is what a case says of it: of maps the keys that are named, lists and everything else whole.

use regex::Regex;
use serde_json::Value;

/// Tells every difference, with its place. `{ $any: true }` is anything that is there, `{ $matches: … }` a text in which
/// the pattern is found, `{ $none: true }` nothing.
pub(super) fn differences(place: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
    if let Some(holds) = matcher(expected, found) {
        if !holds {
            wrong.push(format!("{place} is {found}, which does not fit {expected}"));
        }
        return;
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                differences(&format!("{place}.{key}"), expected, found, wrong);
            }
        }
        (Value::Array(expected), Value::Array(all)) if expected.len() == all.len() => {
            for (number, (expected, found)) in expected.iter().zip(all).enumerate() {
                differences(&format!("{place}[{number}]"), expected, found, wrong);
            }
        }
        _ if expected == found || same_number(expected, found) => {}
        _ => wrong.push(format!("{place} is {found}, not {expected}")),
    }
}

fn same_number(expected: &Value, found: &Value) -> bool {
    expected.as_f64().zip(found.as_f64()).is_some_and(|(expected, found)| expected == found)
}

fn matcher(expected: &Value, found: &Value) -> Option<bool> {
    let entries = expected.as_object().filter(|entries| entries.len() == 1)?;
    let (key, value) = entries.iter().next()?;
    match key.as_str() {
        "$any" => Some(!found.is_null()),
        "$none" => Some(found.is_null()),
        "$matches" => {
            let pattern = Regex::new(value.as_str().unwrap()).unwrap();
            Some(found.as_str().is_some_and(|text| pattern.is_match(text)))
        }
        _ => None,
    }
}
