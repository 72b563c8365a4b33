//! Parts of the schema that stand on their own: what forms for flow steps and triggers are made from.

use super::{built_ins, schema};
use crate::catalog::Catalog;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Definitions that are not taken along: lists of steps are no part of a form.
const STEPS: &str = "steps";

/// What stands below the key of a trigger or a flow step, with the definitions that it refers to.
#[derive(Clone, Debug)]
pub struct Part {
    /// The key.
    pub name: String,
    /// What it is, Markdown.
    pub description: String,
    /// Its JSON Schema, with its `$defs`.
    pub parameters: Value,
}

/// The triggers, as this catalogue lets them be.
pub fn triggers(catalog: &Catalog) -> Vec<Part> {
    let whole = schema(catalog);
    let triggers = whole["$defs"]["trigger"]["properties"].as_object();
    triggers.into_iter().flatten().map(|(name, of)| part(&whole, name, of)).collect()
}

/// The flow steps, as this catalogue lets them be; in the order of the reference.
pub fn flow_steps(catalog: &Catalog) -> Vec<Part> {
    let whole = schema(catalog);
    let steps = &whole["$defs"]["step"]["properties"];
    built_ins().iter().map(|spec| part(&whole, &spec.name, &steps[&spec.name])).collect()
}

fn part(whole: &Value, name: &str, of: &Value) -> Part {
    let definitions = &whole["$defs"];
    let referred = definition(of).map_or(of, |to| &definitions[to]);
    let mut parameters = referred.clone();
    let mut description = String::new();
    if let Some(object) = parameters.as_object_mut() {
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|_, of| !is_of_step(of));
        }
        object.shift_remove("examples");
        if let Some(Value::String(text)) = object.shift_remove("description") {
            description = text;
        }
    }
    let mut taken = BTreeMap::new();
    take_along(&parameters, definitions, &mut taken);
    if let Some(object) = parameters.as_object_mut().filter(|_| !taken.is_empty()) {
        object.insert("$defs".to_owned(), Value::Object(taken.into_iter().collect::<Map<_, _>>()));
    }
    Part { name: name.to_owned(), description, parameters }
}

fn take_along(schema: &Value, definitions: &Value, taken: &mut BTreeMap<String, Value>) {
    if let Some(name) = definition(schema).filter(|name| *name != STEPS && !taken.contains_key(*name)) {
        taken.insert(name.to_owned(), definitions[name].clone());
        take_along(&definitions[name], definitions, taken);
    }
    match schema {
        Value::Array(items) => items.iter().for_each(|item| take_along(item, definitions, taken)),
        Value::Object(fields) => fields.values().for_each(|field| take_along(field, definitions, taken)),
        _ => {}
    }
}

/// Whether a module's parameters are meant, as steps have them: forms know them otherwise.
fn is_of_step(schema: &Value) -> bool {
    definition(schema).is_some_and(|name| name.starts_with("step/"))
}

fn definition(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_a_part_is_in_it() {
        let catalog = Catalog::default();
        let parts: Vec<Part> = triggers(&catalog).into_iter().chain(flow_steps(&catalog)).collect();
        assert_eq!(parts.len(), built_ins().len() + 8);
        for Part { name, description, parameters } in parts {
            assert!(!description.is_empty() && parameters.is_object(), "{name}");
            for reference in references(&parameters) {
                let known = reference == STEPS || parameters["$defs"][&reference].is_object();
                assert!(known, "{name} refers to {reference}");
            }
        }
    }

    fn references(schema: &Value) -> Vec<String> {
        let inner: Vec<&Value> = match schema {
            Value::Array(items) => items.iter().collect(),
            Value::Object(fields) => fields.values().collect(),
            _ => Vec::new(),
        };
        let own = definition(schema).map(str::to_owned);
        own.into_iter().chain(inner.into_iter().flat_map(references)).collect()
    }
}
