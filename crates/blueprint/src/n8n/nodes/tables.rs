//! Rows of tables in apps: fields as pairs of a name and a value, all that came, and the tests by which rows are found.

use super::Refused;
use crate::draft::Data;
use crate::n8n::desk::Desk;
use crate::ours::{Expr, Part, Text};
use scenario::catalog::ModuleSpec;
use serde_json::Value;

type Entries = Vec<(String, Data)>;

/// Gives a module the row that it writes and the tests of rows, where the node says them in a form of its own.
pub(crate) fn fill(desk: &mut Desk<'_>, spec: &ModuleSpec, with: &mut Entries) -> Result<(), Refused> {
    for parameter in ["fields", "values", "row", "record"] {
        let takes_map = spec.parameters["properties"][parameter]["type"] == "object";
        let is_given =
            with.iter().any(|(known, data)| known == parameter && matches!(data, Data::Map(_) | Data::Text(_)));
        if !takes_map || is_given {
            continue;
        }
        let listed = with.iter().position(|(known, _)| known == parameter).map(|at| with.remove(at).1);
        let row = match listed {
            Some(Data::List(pairs)) => by_name(&pairs),
            _ => pairs(desk),
        };
        if let Some(row) = row.or_else(|| came(desk)) {
            with.push((parameter.to_owned(), row));
        }
    }
    if desk.node.kind == "supabase" && spec.parameters["properties"]["where"].is_object() {
        with.extend(tests(desk)?.map(|tests| ("where".to_owned(), tests)));
    }
    Ok(())
}

/// Fields that are listed, each with its name and its value.
fn pairs(desk: &mut Desk<'_>) -> Option<Data> {
    let paths = ["fieldsUi.fieldValues", "fieldsUi.values", "fieldsUi.fieldsValues"];
    let listed = paths.iter().find_map(|path| desk.node.get(path).as_array()).cloned()?;
    let listed: Vec<Data> = listed.iter().map(|field| desk.say(field)).collect();
    by_name(&listed)
}

/// Pairs of a name and a value as a map.
fn by_name(pairs: &[Data]) -> Option<Data> {
    let fields = pairs.iter().map(|pair| {
        let name =
            ["fieldId", "fieldName", "name", "key", "column"].iter().find_map(|key| pair.get(key)?.as_literal())?;
        let value = ["fieldValue", "value"].iter().find_map(|key| pair.get(key));
        Some((name.to_owned(), value.cloned().unwrap_or(Data::Null)))
    });
    let fields = fields.collect::<Option<Entries>>()?;
    (!fields.is_empty()).then_some(Data::Map(fields))
}

/// All fields of what came, or those that are named.
fn came(desk: &Desk<'_>) -> Option<Data> {
    let node = desk.node;
    let is_old_airtable = node.kind == "airtable" && node.version < 2.0;
    let maps = is_old_airtable
        || node.text("columns.mappingMode", "") == "autoMapInputData"
        || node.text("dataToSend", "") == "autoMapInputData";
    let item = desk.input().filter(|_| maps)?.paired();
    if is_old_airtable && node.get("addAllFields") == &Value::Bool(false) {
        let names = node.get("fields").as_array().into_iter().flatten().filter_map(Value::as_str);
        let names = names.filter(|name| !name.starts_with('='));
        let fields: Entries = names.map(|name| (name.to_owned(), Data::value(item.field(name)))).collect();
        return (!fields.is_empty()).then_some(Data::Map(fields));
    }
    let left_out = node.text("inputsToIgnore", "").split(',').map(str::trim).filter(|name| !name.is_empty());
    let left_out: Vec<Expr> = left_out.map(Expr::text).collect();
    let row = item.json();
    Some(Data::spread(if left_out.is_empty() { row } else { row.method("omit", [Expr::List(left_out)]) }))
}

/// The tests of rows in Supabase: a value that a column has, or an operator of PostgREST before it.
fn tests(desk: &mut Desk<'_>) -> Result<Option<Data>, Refused> {
    let node = desk.node;
    if node.text("filterType", "manual") == "string" {
        return Err("it finds rows by a text of its own: `where` says it by columns here".to_owned());
    }
    let given = node.get("filters.conditions").as_array().cloned().unwrap_or_default();
    if given.len() > 1 && node.text("matchType", "allFilters") == "anyFilter" {
        return Err("one of several tests is enough".to_owned());
    }
    let mut tests: Entries = Vec::new();
    for test in &given {
        let Some(column) = test["keyName"].as_str().filter(|name| !name.is_empty()) else { continue };
        let operator = test["condition"].as_str().unwrap_or("eq");
        let value = match operator {
            "eq" => desk.say(&test["keyValue"]),
            "neq" | "gt" | "gte" | "lt" | "lte" | "like" | "ilike" | "is" => {
                let mut text = Text::literal(format!("{operator}."));
                desk.say_text(&test["keyValue"]).parts().iter().for_each(|part: &Part| text.push(part.clone()));
                Data::Text(text)
            }
            other => return Err(format!("it finds rows by {other}")),
        };
        tests.push((column.to_owned(), value));
    }
    Ok((!tests.is_empty()).then_some(Data::Map(tests)))
}
