//! What a webhook's input must be like: its body, or the query of a caller without a body.

use super::problem::Refusal;
use run::input::Request;
pub use scenario::input::{InvalidSchema, Schema};
use serde_json::{Map, Value};

/// Checks what a caller sent: the body, or the query of a caller without a body.
pub fn check(schema: &Schema, body: &Value, request: Option<&Request>) -> Result<(), Refusal> {
    let reasons = match (body, request) {
        (Value::Null, Some(request)) if !request.query.is_empty() => schema.reasons(&query_map(&request.query)),
        _ => schema.reasons(body),
    };
    if reasons.is_empty() { Ok(()) } else { Err(Refusal::invalid_input(reasons)) }
}

/// Query pairs as a map; repeated names have a list.
fn query_map(query: &[(String, String)]) -> Value {
    let mut map = Map::new();
    for (name, value) in query {
        let value = Value::String(value.clone());
        match map.get_mut(name) {
            None => {
                map.insert(name.clone(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests;
