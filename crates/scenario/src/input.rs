//! JSON Schemas of inputs: what a webhook, a person or a calling scenario must give. Compiled once, when the scenario
//! is loaded.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// How many reasons are given.
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

/// Why an input does not fit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// Where in the input: a JSON Pointer (RFC 6901).
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

fn shortened(text: String) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
