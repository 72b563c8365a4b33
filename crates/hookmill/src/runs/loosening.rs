//! Expectations of a captured test that cannot hold again: what is made of chance or of the time of day.

use crate::test::Performance;
use run::entry::Conclusion;
use serde_json::{Value, json};

/// Expects the kind alone of each value that came out differently when the test was run.
pub(super) fn loosened(test: &mut Value, performance: &Performance) {
    let state = &performance.rehearsal.state;
    if let (Some(response), Some(expected)) = (state.response(), test.pointer_mut("/expect/response")) {
        if let (Some(expected), Ok(actual)) = (expected.get_mut("json"), serde_json::from_slice(&response.body)) {
            loosen(expected, &actual);
        }
        if let Some(expected) = expected.get_mut("text") {
            loosen(expected, &String::from_utf8_lossy(&response.body).into());
        }
    }
    if let (Some((Conclusion::Returned, actual)), Some(expected)) =
        (state.concluded(), test.pointer_mut("/expect/returned"))
    {
        loosen(expected, &serde_json::from_slice(actual.text()).unwrap_or_default());
    }
}

fn loosen(expected: &mut Value, actual: &Value) {
    match (&mut *expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected.iter_mut() {
                actual.get(key).into_iter().for_each(|actual| loosen(value, actual));
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            expected.iter_mut().zip(actual).for_each(|(value, actual)| loosen(value, actual));
        }
        (Value::String(one), Value::String(other)) if one != other => *expected = json!({ "$type": "text" }),
        (Value::Number(one), Value::Number(other)) if one.as_f64() != other.as_f64() => {
            *expected = json!({ "$type": "number" });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_expected_by_its_kind() {
        let mut expected = json!({ "a": "x", "b": [1, "y"], "c": true, "d": 1, "e": 2.0 });
        loosen(&mut expected, &json!({ "a": "z", "b": [2, "y"], "c": false, "d": "1", "e": 2 }));
        let loose = json!({ "a": { "$type": "text" }, "b": [{ "$type": "number" }, "y"], "c": true, "d": 1, "e": 2.0 });
        assert_eq!(expected, loose);
    }
}
