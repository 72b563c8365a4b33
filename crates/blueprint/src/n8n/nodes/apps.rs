//! Apps: a node whose resource and operation stand for a module, with its parameters under other names.

use super::{Made, Refused};
use crate::counterparts::{Counterpart, Ours};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::flow::{Gives, gives};
use crate::n8n::reading::{Reading, Shape};
use crate::ours::{Expr, Text};
use scenario::catalog::ModuleSpec;
use serde_json::Value;

/// The node by the catalogue.
pub(crate) fn app(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let kind = node.kind.strip_suffix("Tool").unwrap_or(&node.kind);
    let all: Vec<&Counterpart> =
        desk.known.n8n(kind).iter().filter(|known| matches!(known.ours, Ours::Module(_))).collect();
    if all.is_empty() {
        return Err(format!("there is no module for {}", node.kind));
    }
    let Some(chosen) = choose(&all, node.get("resource").as_str(), node.get("operation").as_str()) else {
        let (resource, operation) = (node.text("resource", ""), node.text("operation", ""));
        return Err(format!("there is no module for {kind} {resource} {operation}").trim_end().to_owned());
    };
    let Ours::Module(name) = &chosen.ours else { return Err("it is a trigger".to_owned()) };
    let Some(spec) = desk.known.catalog.module(name) else {
        return Err(format!("the module {name} is not there"));
    };
    let chosen = chosen.clone();
    let mut with = Vec::new();
    if spec.needs_connection || (!spec.connections.is_empty() && !node.credentials.is_empty()) {
        let app = name.split('.').next().unwrap_or(name).replace('_', "-");
        let connection = desk.connect(&app, &spec.connections);
        with.push(("connection".to_owned(), connection));
    }
    for (ours, theirs) in chosen.parameters() {
        let Some(data) = theirs.iter().find_map(|path| desk.given(path)) else { continue };
        let data = fitted(data, &spec, ours, &chosen.theirs["values"][ours]);
        with.push((ours.to_owned(), data));
    }
    super::tables::fill(desk, &spec, &mut with)?;
    attach(desk, &spec, &mut with)?;
    let id = Expr::name(desk.id.clone());
    let many = gives(desk.workflow, desk.at, 0) == Gives::Many;
    let is_list = spec.sample.is_array();
    let reading = match (many, is_list) {
        (true, true) => Reading::many(id),
        // What n8n splits into items is one answer here.
        (true, false) => match list_in(&spec.sample) {
            Some(key) => Reading::many(id.field(key)),
            None => Reading::many(id.method("to_list", [])),
        },
        (false, true) => Reading::one(id.method("first", [])),
        (false, false) if spec.sample["sha256"].is_string() => Reading::one(id).with_file(carried(desk), &[]),
        (false, false) => Reading::one(id).shaped(Shape::Plain),
    };
    Ok(Made::step(Step::call(name.clone(), Data::Map(with)), reading))
}

/// Parameters of nodes that name the file which they send.
const CARRIERS: [&str; 4] =
    ["inputDataFieldName", "binaryPropertyName", "binaryProperty", "options.binaryPropertyName"];

/// The name that a node gives to the file which it fetches.
fn carried(desk: &Desk<'_>) -> String {
    let given = CARRIERS.iter().find_map(|path| desk.node.get(path).as_str());
    given.unwrap_or("data").trim_start_matches('=').to_owned()
}

/// The file that a node sends, where the module takes one and no other parameter gave it.
fn attach(desk: &Desk<'_>, spec: &ModuleSpec, with: &mut Vec<(String, Data)>) -> Result<(), Refused> {
    let takes_file = |name: &str| {
        let schema = &spec.parameters["properties"][name];
        schema["type"] == "object" && schema["title"] == "File" && !with.iter().any(|(known, _)| known == name)
    };
    if takes_file("file") {
        let file = desk.file(&carried(desk))?;
        with.push(("file".to_owned(), Data::value(file)));
    }
    Ok(())
}

/// The key of the only list in an answer.
fn list_in(sample: &Value) -> Option<&str> {
    let mut lists = sample.as_object()?.iter().filter(|(_, value)| value.is_array());
    match (lists.next(), lists.next()) {
        (Some((key, _)), None) => Some(key),
        _ => None,
    }
}

/// The counterpart of this resource and operation; what is left out is what n8n takes then.
fn choose<'a>(all: &[&'a Counterpart], resource: Option<&str>, operation: Option<&str>) -> Option<&'a Counterpart> {
    let is = |known: &Counterpart, key: &str, given: &str| {
        let theirs = &known.theirs[key];
        theirs.is_null()
            || theirs == given
            || theirs.as_array().is_some_and(|several| several.iter().any(|one| one == given))
    };
    let is_default = |known: &Counterpart| known.theirs["default"] == Value::Bool(true);
    let of_resource: Vec<&&Counterpart> = match resource {
        Some(resource) => all.iter().filter(|known| is(known, "resource", resource)).collect(),
        None => {
            // The resource that is left out is that of the first default.
            let first = all.iter().find(|known| is_default(known)).or(all.first());
            let own = first.map(|known| &known.theirs["resource"]);
            let same: Vec<_> = all.iter().filter(|known| Some(&known.theirs["resource"]) == own).collect();
            let fits = operation.is_none_or(|operation| same.iter().any(|known| is(known, "operation", operation)));
            if fits { same } else { all.iter().collect() }
        }
    };
    let found = match operation {
        Some(operation) => of_resource.iter().find(|known| is(known, "operation", operation)),
        None => of_resource.iter().find(|known| is_default(known)).or(match of_resource.as_slice() {
            [one] => Some(one),
            _ => None,
        }),
    };
    found.map(|known| **known)
}

/// The value as the parameter takes it.
fn fitted(data: Data, spec: &ModuleSpec, parameter: &str, values: &Value) -> Data {
    if let Some(ours) = data.as_literal().and_then(|literal| values.get(literal)) {
        return Data::of(ours);
    }
    let schema = &spec.parameters["properties"][parameter];
    let takes = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    match &data {
        Data::Text(text) => match text.as_literal() {
            Some(literal) if takes("array") && !takes("string") => {
                let parts = literal.split(',').map(str::trim).filter(|part| !part.is_empty());
                Data::List(parts.map(|part| Data::Text(Text::literal(part))).collect())
            }
            Some(literal) if (takes("integer") || takes("number")) && !takes("string") => {
                literal.trim().parse::<i64>().map_or(data.clone(), Data::int)
            }
            _ => data,
        },
        Data::List(items) if takes("string") && !takes("array") => match items.as_slice() {
            [one] => one.clone(),
            _ => data,
        },
        Data::Number(number) if takes("string") && !takes("number") && !takes("integer") => {
            Data::text(number.to_string())
        }
        _ => data,
    }
}
