//! The literal parts of a module's parameters against its JSON Schema, place by place.
//!
//! Knows what schemars makes of a struct of parameters: objects with properties, enumerations, alternatives, lists,
//! bounds, references. Where a value is an expression, any value may come of it, and nothing is said.

use super::Checker;
use super::templates::{has_expression, is_expression};
use crate::catalog::ModuleSpec;
use crate::diagnostic::{Diagnostic, Place};
use crate::duration;
use crate::text::{Entry, Node, Value};
use serde_json::Value as Schema;

/// No schema refers on through more references than this.
const MAX_REFERENCES: usize = 16;

impl Checker<'_> {
    /// Finds what is wrong with the parameters of a module, given as one map.
    pub(crate) fn parameters(&mut self, spec: &ModuleSpec, parameters: &Node) {
        let mut walk = Walk { root: &spec.parameters, module: &spec.name, findings: Vec::new() };
        walk.value(&spec.parameters, parameters, &Path::root());
        self.report_all(walk.findings);
    }
}

/// One pass over a value and its schema.
struct Walk<'s> {
    root: &'s Schema,
    module: &'s str,
    findings: Vec<Diagnostic>,
}

/// How a value is called: `auth.user`; empty for the parameters as a whole.
struct Path(String);

impl Path {
    fn root() -> Self {
        Self(String::new())
    }

    fn join(&self, key: &str) -> Self {
        if self.0.is_empty() { Self(key.into()) } else { Self(format!("{}.{key}", self.0)) }
    }

    fn at(&self, number: usize) -> Self {
        Self(format!("{}[{number}]", self.0))
    }
}

impl<'s> Walk<'s> {
    fn value(&mut self, schema: &'s Schema, node: &Node, path: &Path) {
        let schema = self.resolve(schema);
        if let Some(text) = node.text().filter(|text| has_expression(text)) {
            return self.computed(schema, node, text, path);
        }
        if let Some(words) = self.words(schema) {
            return self.word(&words, node, path);
        }
        for part in list_of(schema, "allOf") {
            self.value(part, node, path);
        }
        let alternatives = alternatives_of(schema);
        if !alternatives.is_empty() {
            self.choose(alternatives, node, path);
        }
        if !self.fits(schema, node) {
            return self.wrong_kind(&[schema], node, path);
        }
        match &node.value {
            Value::Number(number) => self.bounds(schema, number.as_f64().unwrap_or_default(), node, path),
            Value::Text(text) => {
                self.length(schema, "Length", text.chars().count(), "characters", node.place, path);
                self.duration(schema, text, node.place, path);
            }
            Value::List(items) => {
                self.length(schema, "Items", items.len(), "entries", node.place, path);
                if let Some(of) = schema.get("items") {
                    for (number, item) in items.iter().enumerate() {
                        self.value(of, item, &path.at(number));
                    }
                }
            }
            Value::Map(entries) => self.object(schema, entries, node.place, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A text with expressions: as one expression it may become anything, otherwise it is a text, of which a number
    /// may be read later, but no list or map.
    fn computed(&mut self, schema: &'s Schema, node: &Node, text: &str, path: &Path) {
        let scalar = |schema: &&Schema| {
            let kinds = self.kinds(schema);
            kinds.is_empty() || kinds.iter().any(|kind| !matches!(*kind, "array" | "object" | "null"))
        };
        let alternatives = alternatives_of(schema);
        if is_expression(text)
            || scalar(&schema) && alternatives.is_empty()
            || alternatives.iter().any(|of| scalar(&of))
        {
            return;
        }
        self.wrong_kind(&[schema], node, path);
    }

    fn object(&mut self, schema: &'s Schema, entries: &[Entry], place: Place, path: &Path) {
        let known = self.properties(schema);
        let rest = schema.get("additionalProperties");
        let closed =
            rest == Some(&Schema::Bool(false)) || schema.get("unevaluatedProperties") == Some(&Schema::Bool(false));
        for Entry { key, node } in entries {
            let own = schema.get("properties").and_then(|properties| properties.get(&key.text));
            match own {
                Some(of) => self.value(of, node, &path.join(&key.text)),
                None if known.contains(&key.text.as_str()) => {}
                None if closed => {
                    let of = if path.0.is_empty() { self.module } else { &path.0 };
                    self.findings.push(Diagnostic::unknown_parameter(key.place, &key.text, of, &known));
                }
                None => rest.into_iter().for_each(|of| self.value(of, node, &path.join(&key.text))),
            }
        }
        for name in list_of(schema, "required").iter().filter_map(Schema::as_str) {
            if !entries.iter().any(|entry| entry.key.text == name) {
                let of = if path.0.is_empty() { self.module } else { &path.0 };
                self.findings.push(Diagnostic::missing_parameter(place, name, of, self.module));
            }
        }
    }

    /// Alternatives: one must fit. If none does, the one that was most probably meant speaks.
    fn choose(&mut self, alternatives: &'s [Schema], node: &Node, path: &Path) {
        let fitting: Vec<&Schema> =
            alternatives.iter().map(|of| self.resolve(of)).filter(|of| self.fits(of, node)).collect();
        if fitting.is_empty() {
            let all: Vec<&Schema> = alternatives.iter().collect();
            return self.wrong_kind(&all, node, path);
        }
        let findings = fitting.into_iter().map(|of| {
            let mut walk = Walk { root: self.root, module: self.module, findings: Vec::new() };
            walk.value(of, node, path);
            walk.findings
        });
        self.findings.extend(findings.min_by_key(Vec::len).unwrap_or_default());
    }

    fn word(&mut self, words: &[&'s Schema], node: &Node, path: &Path) {
        let found = node.to_json();
        if words.contains(&&found) {
            return;
        }
        let names: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        self.findings.push(match &node.value {
            Value::List(_) | Value::Map(_) | Value::Null => {
                Diagnostic::wrong_parameter(node.place, &path.0, "a word", node.kind())
            }
            Value::Text(text) => Diagnostic::parameter_not_in(node.place, &path.0, text, &names),
            Value::Bool(_) | Value::Number(_) => {
                Diagnostic::parameter_not_in(node.place, &path.0, &found.to_string(), &names)
            }
        });
    }

    fn bounds(&mut self, schema: &Schema, number: f64, node: &Node, path: &Path) {
        let bound = |key: &str| schema.get(key).and_then(Schema::as_f64);
        let range = match (bound("minimum"), bound("maximum"), bound("exclusiveMinimum"), bound("exclusiveMaximum")) {
            (Some(low), Some(high), ..) if number < low || number > high => format!("from {low} to {high}"),
            (Some(low), None, ..) if number < low => format!("at least {low}"),
            (None, Some(high), ..) if number > high => format!("at most {high}"),
            (_, _, Some(low), _) if number <= low => format!("more than {low}"),
            (_, _, _, Some(high)) if number >= high => format!("less than {high}"),
            _ => return,
        };
        let found = number.to_string();
        self.findings.push(Diagnostic::parameter_out_of_range(node.place, &path.0, &range, &found));
    }

    fn length(&mut self, schema: &Schema, of: &str, found: usize, unit: &str, place: Place, path: &Path) {
        let bound = |key: &str| schema.get(format!("{key}{of}")).and_then(Schema::as_u64).map(|bound| bound as usize);
        let range = match (bound("min"), bound("max")) {
            (Some(1), _) if found == 0 => return self.findings.push(Diagnostic::empty_parameter(place, &path.0)),
            (Some(low), _) if found < low => format!("at least {low} {unit} long"),
            (_, Some(high)) if found > high => format!("at most {high} {unit} long"),
            _ => return,
        };
        self.findings.push(Diagnostic::parameter_out_of_range(place, &path.0, &range, &found.to_string()));
    }

    /// A text of a schema with `x-longest` is a duration, at most that long.
    fn duration(&mut self, schema: &Schema, text: &str, place: Place, path: &Path) {
        let Some(longest) = schema.get("x-longest").and_then(Schema::as_str) else { return };
        let range = format!("a duration of at most {longest}");
        if duration::parse(text).is_none_or(|given| duration::parse(longest).is_some_and(|longest| given > longest)) {
            self.findings.push(Diagnostic::parameter_out_of_range(place, &path.0, &range, text));
        }
    }

    fn wrong_kind(&mut self, schemas: &[&'s Schema], node: &Node, path: &Path) {
        let mut wanted: Vec<&str> = Vec::new();
        for kind in schemas.iter().flat_map(|schema| self.kinds(schema)).filter(|kind| *kind != "null") {
            let words = words_for(kind);
            if !wanted.contains(&words) {
                wanted.push(words);
            }
        }
        let name = if path.0.is_empty() { self.module } else { &path.0 };
        let fraction = node.number().is_some_and(|number| number.is_f64()) && wanted.contains(&"a whole number");
        let found = if fraction { "a fraction" } else { node.kind() };
        self.findings.push(Diagnostic::wrong_parameter(node.place, name, &wanted.join(" or "), found));
    }

    /// Whether the value is of a kind that the schema names.
    fn fits(&self, schema: &'s Schema, node: &Node) -> bool {
        let kinds = self.kinds(schema);
        let is = |kind: &&str| match &node.value {
            Value::Null => *kind == "null",
            Value::Bool(_) => *kind == "boolean",
            Value::Number(number) => *kind == "number" || *kind == "integer" && !number.is_f64(),
            Value::Text(_) => *kind == "string",
            Value::List(_) => *kind == "array",
            Value::Map(_) => *kind == "object",
        };
        kinds.is_empty() || kinds.iter().any(is)
    }

    /// The types that the schema names; none where any will do.
    fn kinds(&self, schema: &'s Schema) -> Vec<&'s str> {
        let schema = self.resolve(schema);
        match schema.get("type") {
            Some(Schema::String(kind)) => vec![kind],
            Some(Schema::Array(kinds)) => kinds.iter().filter_map(Schema::as_str).collect(),
            _ if self.words(schema).is_some() => vec!["string"],
            _ if schema.get("properties").is_some() => vec!["object"],
            _ => Vec::new(),
        }
    }

    /// The values that are possible, where the schema lists them, as an enumeration or as constants with
    /// descriptions.
    fn words(&self, schema: &'s Schema) -> Option<Vec<&'s Schema>> {
        let schema = self.resolve(schema);
        if let Some(word) = schema.get("const") {
            return Some(vec![word]);
        }
        if let Some(Schema::Array(words)) = schema.get("enum") {
            return Some(words.iter().collect());
        }
        let alternatives = alternatives_of(schema);
        if alternatives.is_empty() {
            return None;
        }
        let words = |of: &'s Schema| match of.get("type").and_then(Schema::as_str) {
            Some("null") => Some(vec![&Schema::Null]),
            _ => self.words(of),
        };
        alternatives.iter().map(words).collect::<Option<Vec<_>>>().map(|words| words.concat())
    }

    /// The names of all properties, those of alternatives included.
    fn properties(&self, schema: &'s Schema) -> Vec<&'s str> {
        let schema = self.resolve(schema);
        let own = schema.get("properties").and_then(Schema::as_object);
        let mut names: Vec<&str> = own.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        for part in alternatives_of(schema).iter().chain(list_of(schema, "allOf")) {
            names.extend(self.properties(part));
        }
        names
    }

    fn resolve(&self, schema: &'s Schema) -> &'s Schema {
        let mut schema = schema;
        for _ in 0..MAX_REFERENCES {
            let reference = schema.get("$ref").and_then(Schema::as_str).and_then(|path| path.strip_prefix('#'));
            match reference.and_then(|path| self.root.pointer(path)) {
                Some(target) => schema = target,
                None => return schema,
            }
        }
        &Schema::Bool(true)
    }
}

fn alternatives_of(schema: &Schema) -> &[Schema] {
    match list_of(schema, "anyOf") {
        [] => list_of(schema, "oneOf"),
        some => some,
    }
}

fn list_of<'s>(schema: &'s Schema, key: &str) -> &'s [Schema] {
    schema.get(key).and_then(Schema::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn words_for(kind: &str) -> &'static str {
    match kind {
        "string" => "text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a map",
        _ => "nothing",
    }
}
