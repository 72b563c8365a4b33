//! The description as a tree whose references are followed, however they are tangled.

use super::Refusal;
use crate::connections::text;
use serde_json::{Map, Value};
use std::cell::Cell;
use std::collections::BTreeSet;

/// The largest description that is read, in bytes.
pub(super) const MOST: usize = 20 * 1024 * 1024;

/// How often anything is looked at within one import: references that multiply come to an end.
const STEPS: u32 = 2_000_000;

/// How many references lead on to another one.
const CHAIN: usize = 16;

/// How deep `allOf` goes.
const DEPTH: usize = 8;

/// A description of an API.
pub(super) struct Document {
    root: Value,
    steps: Cell<u32>,
}

/// A schema with what `allOf` adds to it.
pub(super) struct Merged<'d> {
    parts: Vec<&'d Map<String, Value>>,
    pub(super) properties: Vec<(&'d str, &'d Value)>,
    pub(super) required: BTreeSet<&'d str>,
}

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        if text.len() > MOST {
            return Err(Refusal::TooLarge);
        }
        let root = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(_) => text::parse_long(text).map_err(|(place, message)| Refusal::NotRead { place, message })?.to_json(),
        };
        let is_known = |version: &str| version.starts_with("3.0") || version.starts_with("3.1");
        match (root["openapi"].as_str(), root.get("swagger")) {
            (Some(version), _) if is_known(version) => Ok(Self { root, steps: Cell::new(STEPS) }),
            (Some(version), _) => Err(Refusal::Version(super::words::line(version, 20))),
            (None, Some(_)) => Err(Refusal::Version("2.0".to_owned())),
            (None, None) => Err(Refusal::NotOpenApi),
        }
    }

    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// The value, or what it refers to within the description; nothing where that leads nowhere.
    pub(super) fn resolve<'d>(&'d self, value: &'d Value) -> &'d Value {
        let mut found = value;
        for _ in 0..CHAIN {
            let Some(reference) = found.get("$ref").and_then(Value::as_str) else { return found };
            if !self.step() {
                return &Value::Null;
            }
            let pointer = reference
                .strip_prefix('#')
                .map(|pointer| percent_encoding::percent_decode_str(pointer).decode_utf8_lossy().into_owned());
            match pointer.and_then(|pointer| self.root.pointer(&pointer)) {
                Some(next) => found = next,
                None => return &Value::Null,
            }
        }
        &Value::Null
    }

    /// The schema with all that it is made of.
    pub(super) fn merged<'d>(&'d self, schema: &'d Value) -> Merged<'d> {
        let mut merged = Merged { parts: Vec::new(), properties: Vec::new(), required: BTreeSet::new() };
        self.merge(schema, &mut merged, 0);
        merged
    }

    fn merge<'d>(&'d self, schema: &'d Value, merged: &mut Merged<'d>, depth: usize) {
        let Some(own) = self.resolve(schema).as_object() else { return };
        if depth > DEPTH || !self.step() {
            return;
        }
        merged.parts.push(own);
        for (name, property) in own.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if self.step() && !merged.properties.iter().any(|(known, _)| known == name) {
                merged.properties.push((name, property));
            }
        }
        let required = own.get("required").and_then(Value::as_array).into_iter().flatten();
        merged.required.extend(required.filter_map(Value::as_str));
        for part in own.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.merge(part, merged, depth + 1);
        }
        let branches = ["oneOf", "anyOf"].iter().filter_map(|key| own.get(*key)?.as_array()).flatten();
        let branches: Vec<&Value> = branches.filter(|it| self.resolve(it)["type"] != "null").take(2).collect();
        if let [only] = branches.as_slice() {
            self.merge(only, merged, depth + 1);
        }
    }

    /// Whether one more thing may be looked at.
    pub(super) fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }
}

impl<'d> Merged<'d> {
    /// What the schema says by this key.
    pub(super) fn get(&self, key: &str) -> Option<&'d Value> {
        self.parts.iter().find_map(|part| part.get(key))
    }

    pub(super) fn is(&self, key: &str) -> bool {
        self.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.get(key)?.as_str()
    }

    /// The one type that it has, null apart.
    pub(super) fn kind(&self) -> Option<&'d str> {
        match self.get("type") {
            Some(Value::String(kind)) => Some(kind),
            Some(Value::Array(kinds)) => {
                let mut kinds = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
                kinds.next().filter(|_| kinds.next().is_none())
            }
            _ if !self.properties.is_empty() => Some("object"),
            _ => None,
        }
    }

    /// An example, wherever the schema has it.
    pub(super) fn example(&self) -> Option<&'d Value> {
        let first = || self.get("examples")?.as_array()?.first();
        self.get("example").or_else(first).or_else(|| self.get("const"))
    }
}
