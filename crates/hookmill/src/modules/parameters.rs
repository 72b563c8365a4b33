//! A module's parameters, read from their JSON Schema.

use serde_json::Value;

/// One parameter, as the reference shows it.
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    /// What values it takes, in words.
    pub(super) kind: String,
    /// `required`, `optional`, or what it is when left out; and whether secrets may stand in it.
    pub(super) necessity: String,
    pub(super) description: &'a str,
}

impl<'a> Parameter<'a> {
    /// All parameters of an object's schema: in its order, those that must be given first.
    pub(super) fn all(schema: &'a Value) -> Vec<Self> {
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let (first, rest): (Vec<_>, Vec<_>) =
            properties.partition(|(name, _)| required.iter().any(|one| one.as_str() == Some(name)));
        let necessary = first.into_iter().map(|(name, schema)| Self::new(name, schema, "required".to_owned()));
        let others = rest.into_iter().map(|(name, schema)| Self::new(name, schema, when_left_out(schema)));
        necessary.chain(others).collect()
    }

    fn new(name: &'a str, schema: &'a Value, necessity: String) -> Self {
        let necessity = if schema["x-secret"] == true { necessity + ", may hold secrets" } else { necessity };
        Self { name, kind: kind(schema), necessity, description: schema["description"].as_str().unwrap_or_default() }
    }
}

fn when_left_out(schema: &Value) -> String {
    match &schema["default"] {
        Value::Null => "optional".to_owned(),
        Value::Array(list) if list.is_empty() => "optional".to_owned(),
        Value::Object(map) if map.is_empty() => "optional".to_owned(),
        default => format!("{default} unless given"),
    }
}

/// What a schema lets through, in words.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
    }
    if let Some(word) = schema.get("const") {
        return word.to_string();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array() {
            return joined(choices.iter().filter(|choice| choice["type"] != "null").map(kind));
        }
    }
    match &schema["type"] {
        Value::String(name) => named(name, schema),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            joined(names.map(|name| named(name, schema)))
        }
        _ => "any value".to_owned(),
    }
}

fn named(name: &str, schema: &Value) -> String {
    match name {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "object" => "map".to_owned(),
        "array" => match schema.get("items") {
            Some(items) if items.is_object() => format!("list of {}", kind(items)),
            _ => "list".to_owned(),
        },
        other => other.to_owned(),
    }
}

/// The kinds joined by `or`, each once.
fn joined(kinds: impl Iterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for kind in kinds {
        if !once.contains(&kind) {
            once.push(kind);
        }
    }
    once.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_in_words() {
        for (schema, words) in [
            (json!({"type": "string"}), "text"),
            (json!({"type": ["string", "null"]}), "text"),
            (json!({"type": "array", "items": {"type": "integer"}}), "list of whole number"),
            (json!({"enum": ["a", "b"]}), r#""a" or "b""#),
            (json!({"anyOf": [{"type": "boolean"}, {"type": "object"}, {"type": "null"}]}), "boolean or map"),
            (json!(true), "any value"),
        ] {
            assert_eq!(kind(&schema), words, "{schema}");
        }
    }
}
