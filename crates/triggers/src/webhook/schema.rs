//! The schema of a webhook's input (JSON Schema): compiled once, when the scenario is loaded.

use super::problem::{Reason, Refusal};
use jsonschema::{PatternOptions, Validator};
use run::input::Input;
use serde_json::{Map, Value};

/// How many reasons a refusal gives.
const MOST_REASONS: usize = 50;

/// How long the text of a reason may be, in characters.
const MOST_CHARACTERS: usize = 500;

/// What input must be like.
#[derive(Debug)]
pub struct Schema {
    validator: Validator,
}

/// A schema that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the input schema is not usable: {message}")]
pub struct InvalidSchema {
    /// Where in the schema: a JSON Pointer.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl Schema {
    /// Compiles a schema. References lead nowhere outside of it, and patterns take time in proportion to the text.
    pub fn compile(schema: &Value) -> Result<Self, InvalidSchema> {
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        options.build(schema).map(|validator| Self { validator }).map_err(|error| InvalidSchema {
            path: error.instance_path().to_string(),
            message: shortened(error.to_string()),
        })
    }

    /// Checks what a caller sent: the body, or the query of a caller without a body.
    pub fn check(&self, input: &Input) -> Result<(), Refusal> {
        let body = serde_json::from_slice(input.body.text()).unwrap_or_default();
        let reasons = match (&body, &input.request) {
            (Value::Null, Some(request)) if !request.query.is_empty() => self.reasons(&query_map(&request.query)),
            _ => self.reasons(&body),
        };
        if reasons.is_empty() { Ok(()) } else { Err(Refusal::invalid_input(reasons)) }
    }

    /// What is wrong with this value; nothing where it satisfies the schema. The texts do not repeat the value.
    pub fn reasons(&self, value: &Value) -> Vec<Reason> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let errors = self.validator.iter_errors(value).take(MOST_REASONS);
        errors
            .map(|error| Reason {
                path: error.instance_path().to_string(),
                message: shortened(error.masked().to_string()),
            })
            .collect()
    }
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

fn shortened(text: String) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
