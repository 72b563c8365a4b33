//! What a step gets that waited: the answer, and how it came.

use jiff::Timestamp;
use run::input::{Input, Request};
use run::payload::Payload;
use serde_json::{Map, Value};

/// The output of the step: the values that were asked for, and beside them who answered, when and how. No field can have
/// one of these names.
pub(super) fn payload(accepted: Map<String, Value>, input: &Input, by: Option<&str>) -> Payload {
    let Request { method, query, ip, .. } = input.request.as_deref().cloned().unwrap_or_default();
    let mut output = accepted;
    let at = Timestamp::from_millisecond(input.at).map(|time| format!("{time:.3}")).unwrap_or_default();
    let body: Value = serde_json::from_slice(input.body.text()).unwrap_or_default();
    output.extend([
        ("by".to_owned(), by.into()),
        ("at".to_owned(), at.into()),
        ("ip".to_owned(), ip.into()),
        ("method".to_owned(), method.into()),
        ("query".to_owned(), pairs(&query).into()),
        ("body".to_owned(), body),
    ]);
    Payload::of_value(&output.into())
}

/// Pairs as a map; a repeated name gives a list of its values, as in `trigger.query`.
pub(super) fn pairs(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in pairs {
        match map.get_mut(name) {
            None => drop(map.insert(name.clone(), value.as_str().into())),
            Some(Value::Array(list)) => list.push(value.as_str().into()),
            Some(first) => *first = vec![first.take(), value.as_str().into()].into(),
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_repeated_name_is_a_list() {
        let given = [("a", "1"), ("b", ""), ("a", "2"), ("a", "3")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(Value::from(pairs(&given)), json!({ "a": ["1", "2", "3"], "b": "" }));
    }
}
