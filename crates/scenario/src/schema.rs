//! The JSON Schema of scenarios, for editors: the language, and the modules of a catalogue.
//!
//! The language's own part is data, `schema/language.yaml`; a test keeps it in step with what the check accepts.

mod parts;
mod providers;

use crate::catalog::{Catalog, Described, Effect, ModuleSpec};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

pub use parts::{Part, flow_steps, triggers};

/// Schema of the built-in part of the language.
static LANGUAGE: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("schema/language.yaml");
    crate::text::read(text).map(|node| node.to_json()).expect("the file is part of the program, and tests read it")
});

/// Modules that belong to the language, in the order of the reference, with samples of their outputs.
static BUILT_IN: LazyLock<Vec<ModuleSpec>> = LazyLock::new(|| {
    [
        ("set", json!({ "number": "A1", "total": 6 })),
        ("filter", json!(true)),
        ("route", Value::Null),
        ("for_each", json!([6, 8])),
        ("repeat", json!(3)),
        ("parallel", Value::Null),
        ("assign", json!({ "total": 6 })),
        ("wait", Value::Null),
        ("wait_for", json!({ "choice": "approve", "note": "fine", "by": "admin", "at": "2026-01-01T09:00:00.000Z" })),
        ("call", json!({ "price": 12.5 })),
        ("return", Value::Null),
        ("stop", Value::Null),
        ("fail", Value::Null),
        ("rhai", json!(6)),
        ("respond", Value::Null),
        ("todo", Value::Null),
    ]
    .into_iter()
    .map(|(name, sample)| built_in(name, sample))
    .collect()
});

/// The modules that are part of the language itself.
pub(crate) fn built_ins() -> &'static [ModuleSpec] {
    &BUILT_IN
}

/// The JSON Schema (2020-12) of scenarios with the modules, connections and providers of this catalogue.
pub fn schema(catalog: &Catalog) -> Value {
    let mut schema = LANGUAGE.clone();
    providers::add(&mut schema, catalog);
    let mut keys: Vec<String> = built_ins().iter().map(|spec| spec.name.clone()).collect();
    let mut definitions = Map::new();
    for spec in built_ins() {
        schema["$defs"]["step"]["properties"][&spec.name] = json!({ "$ref": format!("#/$defs/{}", spec.name) });
    }
    for Described { spec, .. } in catalog.modules() {
        schema["$defs"]["step"]["properties"][&spec.name] = parameters(&spec, catalog, &mut definitions);
        keys.push(spec.name.clone());
        if spec.effect == Effect::Outside {
            schema["$defs"]["poll"]["properties"][&spec.name] = as_in_steps(&spec.name);
        }
    }
    for watch in catalog.watch_names().iter().filter_map(|name| catalog.watch(name)) {
        let mut asked = as_in_steps(&watch.module);
        asked["description"] = watch.about.into();
        schema["$defs"]["poll"]["properties"][&watch.name] = asked;
    }
    schema["$defs"]["step"]["oneOf"] = keys.iter().map(|key| json!({ "required": [key] })).collect();
    if let Some(own) = schema["$defs"].as_object_mut() {
        own.append(&mut definitions);
    }
    schema
}

/// What a step of this module has below its key.
fn as_in_steps(module: &str) -> Value {
    json!({ "$ref": format!("#/$defs/step/properties/{module}") })
}

fn built_in(name: &str, sample: Value) -> ModuleSpec {
    let mut parameters = LANGUAGE["$defs"][name].clone();
    let example = parameters["examples"][0].clone();
    let description = parameters["description"].as_str().unwrap_or_default().to_owned();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.shift_remove("examples");
        parameters.shift_remove("description");
    }
    let end = description.find(". ").map_or(description.len(), |dot| dot + 1);
    ModuleSpec {
        name: name.to_owned(),
        summary: description[..end].replace('\n', " "),
        description,
        parameters,
        example,
        sample,
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Pure,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

/// A module's parameters as part of the whole: with its connection, with expressions wherever values may stand, and
/// with its own definitions moved to the common ones.
fn parameters(spec: &ModuleSpec, catalog: &Catalog, definitions: &mut Map<String, Value>) -> Value {
    let mut schema = with_expressions(&spec.parameters, &spec.name);
    if let Some(own) = spec.parameters.get("$defs").and_then(Value::as_object) {
        for (name, definition) in own {
            definitions.insert(format!("{}:{name}", spec.name), with_expressions(definition, &spec.name));
        }
    }
    let Some(object) = schema.as_object_mut() else { return schema };
    for key in ["$defs", "$schema", "title"] {
        object.shift_remove(key);
    }
    object.insert("description".into(), spec.description.clone().into());
    object.insert("examples".into(), json!([spec.example]));
    if !spec.connections.is_empty() {
        schema["properties"]["connection"] = connection(spec, catalog);
        if spec.needs_connection {
            match schema.get_mut("required").and_then(Value::as_array_mut) {
                Some(required) => required.push("connection".into()),
                None => schema["required"] = json!(["connection"]),
            }
        }
    }
    schema
}

fn connection(spec: &ModuleSpec, catalog: &Catalog) -> Value {
    let description = format!("Name of a connection of type {}.", spec.connections.join(" or "));
    let fits = |of: &String| spec.connections.contains(of);
    let known = catalog.connections().into_iter().flatten();
    let names: Vec<&str> = known.filter(|(_, of)| fits(of)).map(|(name, _)| name.as_str()).collect();
    json!({ "description": description, "type": "string", "examples": names })
}

/// The same schema, accepting an expression wherever it names something else than plain text. References to
/// definitions go to where [`parameters`] puts them. The outermost map stays one: parameters are no expression.
fn with_expressions(schema: &Value, module: &str) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let rewritten = object.iter().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                let each = properties.iter().map(|(name, of)| (name.clone(), or_expression(of, module)));
                Value::Object(each.collect())
            }
            ("items" | "additionalProperties", of) => or_expression(of, module),
            ("anyOf" | "oneOf" | "allOf", Value::Array(parts)) => {
                parts.iter().map(|part| with_expressions(part, module)).collect()
            }
            ("$ref", Value::String(path)) => path.replacen("#/$defs/", &format!("#/$defs/{module}:"), 1).into(),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Value::Object(rewritten.collect())
}

fn or_expression(schema: &Value, module: &str) -> Value {
    let inner = with_expressions(schema, module);
    let Some(object) = inner.as_object().filter(|object| !accepts_any_text(object)) else { return inner };
    let mut outer = Map::new();
    for key in ["description", "default"] {
        outer.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    outer.insert("anyOf".into(), json!([inner, { "$ref": "#/$defs/expression" }]));
    Value::Object(outer)
}

/// Whether every text is sound already, or every value.
fn accepts_any_text(schema: &Map<String, Value>) -> bool {
    let asserts = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    if asserts(&["enum", "const", "anyOf", "oneOf", "allOf", "not", "$ref", "pattern", "format", "maxLength"]) {
        return false;
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        Some(kind) => kind == "string",
        None => true,
    }
}

#[cfg(test)]
mod tests;
