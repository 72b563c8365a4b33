//! `postgres` and `mySql`: statements with their values apart from the text, and rows by their columns.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::{Desk, locator};
use crate::n8n::reading::Reading;
use crate::ours::{Expr, Part, Text};
use serde_json::Value;

type Entries = Vec<(String, Data)>;

/// `postgres` and `mySql`.
pub(crate) fn sql(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let app = if node.kind == "postgres" { "postgres" } else { "mysql" };
    let connection = desk.connect(app, &[app.to_owned()]);
    let mut with = vec![("connection".to_owned(), connection)];
    let operation = node.text("operation", "insert").to_owned();
    let id = Expr::name(desk.id.clone());
    let rows = Reading::many(id.clone().field("rows"));
    let (action, entries, reading) = match operation.as_str() {
        "executeQuery" => ("query", statement(desk, app)?, rows),
        "select" => {
            let mut entries = vec![table(desk)?];
            entries.extend(conditions(desk)?.map(|tests| ("where".to_owned(), tests)));
            let limit = node.get("limit").as_i64().filter(|_| !node.flag("returnAll"));
            entries.push((
                "limit".to_owned(),
                Data::int(if node.flag("returnAll") { 10_000 } else { limit.unwrap_or(50) }),
            ));
            ("select", entries, rows)
        }
        "insert" | "upsert" | "update" => {
            let mut entries = vec![table(desk)?];
            let (row, keys) = row(desk, &operation)?;
            let written = Reading::one(row.clone().into_expr());
            let action = match operation.as_str() {
                "insert" => {
                    entries.push(("rows".to_owned(), row));
                    "insert"
                }
                "upsert" => {
                    entries.push(("rows".to_owned(), row));
                    entries.push(("key".to_owned(), Data::List(keys.into_iter().map(Data::text).collect())));
                    "upsert"
                }
                _ => {
                    let Data::Map(cells) = row else { return Err("which columns it changes is computed".to_owned()) };
                    let (found, set): (Entries, Entries) = cells.into_iter().partition(|(name, _)| keys.contains(name));
                    if found.is_empty() {
                        return Err("no column is named by which the row is found".to_owned());
                    }
                    entries.push(("set".to_owned(), Data::Map(set)));
                    entries.push(("where".to_owned(), Data::Map(found)));
                    "update"
                }
            };
            (action, entries, written)
        }
        "deleteTable" | "delete" if node.text("deleteCommand", "truncate") == "delete" => {
            let mut entries = vec![table(desk)?];
            let tests = conditions(desk)?.ok_or("no rows are named that it should delete")?;
            entries.push(("where".to_owned(), tests));
            ("delete", entries, Reading::one(id))
        }
        other => return Err(format!("there is no module for {app} {other}")),
    };
    with.extend(entries);
    Ok(Made::step(Step::call(format!("{app}.{action}"), Data::Map(with)), reading))
}

/// The table, with its schema unless that is the usual one.
fn table(desk: &mut Desk<'_>) -> Result<(String, Data), Refused> {
    let plain = |value: &Value| locator(value).as_str().filter(|name| !name.starts_with('=')).map(str::to_owned);
    let table = plain(desk.node.get("table")).filter(|name| !name.is_empty()).ok_or("no table is named")?;
    let schema = plain(desk.node.get("schema")).filter(|schema| !schema.is_empty() && schema != "public");
    let name = schema.map_or(table.clone(), |schema| format!("{schema}.{table}"));
    Ok(("table".to_owned(), Data::text(name)))
}

/// The tests of rows.
fn conditions(desk: &mut Desk<'_>) -> Result<Option<Data>, Refused> {
    let mut tests: Entries = Vec::new();
    if desk.node.text("combineConditions", "AND") == "OR" {
        return Err("one of several tests is enough: a statement of SQL says that here".to_owned());
    }
    for given in desk.node.get("where.values").as_array().cloned().unwrap_or_default() {
        let Some(column) = given["column"].as_str() else { continue };
        let value = desk.say(&given["value"]);
        let sign = given["condition"].as_str().or_else(|| given["operator"].as_str()).unwrap_or("equal");
        let test = match sign {
            "equal" | "=" => value,
            "!=" => Data::map([("not", value)]),
            ">" => Data::map([("gt", value)]),
            ">=" => Data::map([("gte", value)]),
            "<" => Data::map([("lt", value)]),
            "<=" => Data::map([("lte", value)]),
            "IS NULL" => Data::map([("is", Data::Null)]),
            "IS NOT NULL" => Data::map([("not", Data::Null)]),
            other => return Err(format!("rows are found by {other}: a statement of SQL says that here")),
        };
        tests.push((column.to_owned(), test));
    }
    Ok((!tests.is_empty()).then_some(Data::Map(tests)))
}

/// The row that is written, and the columns by which one is found that is there.
fn row(desk: &mut Desk<'_>, operation: &str) -> Result<(Data, Vec<String>), Refused> {
    let node = desk.node;
    let listed = |text: &str| -> Vec<String> {
        text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    if node.version < 2.0 {
        let names = listed(node.text("columns", ""));
        let keys = listed(node.text("updateKey", "id"));
        let Some(input) = desk.input().map(Reading::paired) else { return Err("nothing comes to it".to_owned()) };
        let wanted = keys.iter().filter(|_| operation == "update").chain(&names);
        let cells: Entries = wanted.map(|name| (name.clone(), Data::value(input.field(name)))).collect();
        return if cells.is_empty() { Err("no columns are named".to_owned()) } else { Ok((Data::Map(cells), keys)) };
    }
    let keys = node.get("columns.matchingColumns").as_array().into_iter().flatten();
    let keys: Vec<String> = keys.filter_map(Value::as_str).map(str::to_owned).collect();
    let maps = node.text("columns.mappingMode", "autoMapInputData") == "autoMapInputData"
        && node.text("dataMode", "autoMapInputData") == "autoMapInputData";
    if !maps {
        let mut cells: Entries = Vec::new();
        for (column, value) in node.get("columns.value").as_object().cloned().unwrap_or_default() {
            if !value.is_null() {
                let value = desk.say(&value);
                cells.push((column, value));
            }
        }
        for given in node.get("valuesToSend.values").as_array().cloned().unwrap_or_default() {
            let value = desk.say(&given["value"]);
            cells.push((given["column"].as_str().unwrap_or_default().to_owned(), value));
        }
        return if cells.is_empty() { Err("no columns are named".to_owned()) } else { Ok((Data::Map(cells), keys)) };
    }
    let item = desk.input().map(|input| input.paired().json()).ok_or("nothing comes to it")?;
    Ok((Data::spread(item), keys))
}

/// A statement: what stands in braces becomes a parameter.
fn statement(desk: &mut Desk<'_>, app: &str) -> Result<Entries, Refused> {
    let text = desk.say_always(&desk.node.get("query").clone());
    let mut values: Vec<Data> = Vec::new();
    for given in given_values(desk) {
        values.push(given);
    }
    let (mut sql, mut is_quoted) = (String::new(), false);
    for part in text.parts() {
        match part {
            Part::Literal(literal) => sql.push_str(if is_quoted { &literal[1..] } else { literal }),
            Part::Value(expr) => {
                let before = sql.trim_end();
                let names_something = ["from", "into", "table", "update", "join"]
                    .iter()
                    .any(|word| before.to_ascii_lowercase().ends_with(word) && before.len() < sql.len());
                let next = next_literal(&text, part);
                let opens = sql.ends_with('\'') && next.starts_with('\'');
                let is_inside = sql.matches('\'').count() % 2 == 1 && !opens;
                if names_something || is_inside || sql.ends_with(['"', '.', '_', '`']) {
                    return Err(format!(
                        "its statement is put together with `{expr}`: values stand in `parameters` here"
                    ));
                }
                if opens {
                    sql.pop();
                }
                values.push(Data::value(expr.clone()));
                sql.push_str(&if app == "postgres" { format!("${}", values.len()) } else { "?".to_owned() });
                is_quoted = opens;
                continue;
            }
        }
        is_quoted = false;
    }
    let mut entries = vec![("sql".to_owned(), Data::Text(Text::literal(sql.trim_end())))];
    if !values.is_empty() {
        entries.push(("parameters".to_owned(), Data::List(values)));
    }
    Ok(entries)
}

/// What follows a part, where that is text.
fn next_literal<'a>(text: &'a Text, part: &Part) -> &'a str {
    let at = text.parts().iter().position(|other| std::ptr::eq(other, part)).unwrap_or_default();
    match text.parts().get(at + 1) {
        Some(Part::Literal(next)) => next,
        _ => "",
    }
}

/// The values that stand apart from the statement already.
fn given_values(desk: &mut Desk<'_>) -> Vec<Data> {
    let given = desk.node.get("options.queryReplacement").clone();
    match desk.say(&given) {
        Data::Null => Vec::new(),
        Data::List(values) => values,
        Data::Text(text) if text.as_literal().is_some() => {
            let literal = text.as_literal().unwrap_or_default();
            literal.split(',').map(str::trim).filter(|value| !value.is_empty()).map(Data::text).collect()
        }
        // `{{ a }}, {{ b }}`: one value for each.
        Data::Text(text) => text.values().cloned().map(Data::value).collect(),
        other => vec![other],
    }
}
