//! `googleSheets`: rows by the names of their columns.

use super::{Made, Refused, apps};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::{Reading, Shape};
use crate::ours::Expr;
use serde_json::Value;

/// `googleSheets`.
pub(crate) fn sheets(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let resource = node.text("resource", if node.version >= 3.0 { "sheet" } else { "" });
    if resource == "spreadsheet" {
        return apps::app(desk);
    }
    match node.text("operation", "read") {
        "append" => append(desk),
        "update" => update(desk, false),
        "appendOrUpdate" | "upsert" => update(desk, true),
        "read" | "lookup" => read(desk),
        _ => apps::app(desk),
    }
}

/// The connection, the spreadsheet and the sheet.
fn place(desk: &mut Desk<'_>) -> Result<Vec<(String, Data)>, Refused> {
    let node = desk.node;
    let connection = desk.connect("google", &["google".to_owned()]);
    let mut with = vec![("connection".to_owned(), connection)];
    let (spreadsheet, sheet) = if node.version >= 3.0 {
        let sheet = sheet_name(node.get("sheetName"));
        (node.get("documentId").clone(), sheet)
    } else {
        let range = node.text("range", "A:F");
        let sheet = range.split_once('!').map_or("Sheet1", |(sheet, _)| sheet.trim_start_matches('='));
        (node.get("sheetId").clone(), Value::String(sheet.trim_matches('\'').to_owned()))
    };
    let spreadsheet = desk.say(&spreadsheet);
    if spreadsheet.is_empty() {
        return Err("no spreadsheet is chosen".to_owned());
    }
    with.push(("spreadsheet".to_owned(), spreadsheet));
    let sheet = desk.say(&sheet);
    with.push(("sheet".to_owned(), if sheet.is_empty() { Data::text("Sheet1") } else { sheet }));
    Ok(with)
}

/// The tab's name: chosen from a list, only its number is the value, and its name is beside it.
pub(super) fn sheet_name(locator: &Value) -> Value {
    match &locator["cachedResultName"] {
        Value::String(name) if locator["mode"] == "list" && !name.is_empty() => Value::String(name.clone()),
        _ => crate::n8n::desk::locator(locator).clone(),
    }
}

/// The cells by the names of their columns.
fn row(desk: &mut Desk<'_>) -> Result<Data, Refused> {
    let node = desk.node;
    if node.version >= 4.0 && node.text("columns.mappingMode", "defineBelow") == "defineBelow" {
        let mut cells = Vec::new();
        for (column, value) in node.get("columns.value").as_object().cloned().unwrap_or_default() {
            if value.is_null() || column == "row_number" {
                continue;
            }
            let value = desk.say(&value);
            cells.push((column, value));
        }
        if !cells.is_empty() {
            return Ok(Data::Map(cells));
        }
        return Err("no columns are named".to_owned());
    }
    if node.version >= 3.0 && node.text("dataMode", "autoMapInputData") == "defineBelow" {
        let mut cells = Vec::new();
        for field in node.get("fieldsUi.fieldValues").as_array().cloned().unwrap_or_default() {
            let Some(column) = field["fieldId"].as_str().or_else(|| field["column"].as_str()) else { continue };
            let value = desk.say(&field["fieldValue"]);
            cells.push((column.to_owned(), value));
        }
        return Ok(Data::Map(cells));
    }
    desk.input().map(|input| Data::value(input.paired().json())).ok_or_else(|| "nothing comes to it".to_owned())
}

fn append(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let mut with = place(desk)?;
    let row = row(desk)?;
    let typed = desk.node.text("options.cellFormat", "USER_ENTERED") == "USER_ENTERED";
    let inserts = desk.node.text("options.handlingExtraData", "insertInNewColumn") == "insertInNewColumn";
    let maps = desk.node.text("columns.mappingMode", "defineBelow") == "autoMapInputData";
    // A step gives what the service answers; n8n passes on what was written.
    let written = match desk.input() {
        Some(input) if maps => input.paired(),
        _ => Reading::one(row.clone().into_expr()),
    };
    with.push(("row".to_owned(), row));
    if typed {
        with.push(("formulas".to_owned(), Data::Bool(true)));
    }
    if maps && inserts {
        with.push(("add_columns".to_owned(), Data::Bool(true)));
    }
    Ok(Made::step(Step::call("google_sheets.append", Data::Map(with)), written))
}

/// A row is found by a column, and written.
fn update(desk: &mut Desk<'_>, upserts: bool) -> Result<Made, Refused> {
    let node = desk.node;
    let column = match node.get("columns.matchingColumns") {
        Value::Array(columns) if columns.len() == 1 => columns[0].clone(),
        Value::Array(columns) if columns.len() > 1 => return Err("it finds the row by several columns".to_owned()),
        _ if node.version >= 3.0 => node.get("columnToMatchOn").clone(),
        _ => Value::String(node.text("key", "id").to_owned()),
    };
    let Some(column) = column.as_str().filter(|column| !column.is_empty()).map(str::to_owned) else {
        return Err("no column is named by which the row is found".to_owned());
    };
    let with = place(desk)?;
    let row = row(desk)?;
    let written = Reading::one(row.clone().into_expr());
    if upserts {
        let extra = [("column".to_owned(), Data::text(column)), ("row".to_owned(), row)];
        let with = with.into_iter().chain(extra).collect();
        return Ok(Made::step(Step::call("google_sheets.upsert", Data::Map(with)), written));
    }
    if column == "row_number" {
        let number = node.get("columns.value.row_number").clone();
        let number = if number.is_null() {
            desk.input().map(|input| Data::value(input.paired().field("row_number"))).unwrap_or(Data::Null)
        } else {
            desk.say(&number)
        };
        let extra = [("number".to_owned(), number), ("row".to_owned(), row)];
        let with = with.into_iter().chain(extra).collect();
        return Ok(Made::step(Step::call("google_sheets.update", Data::Map(with)), written));
    }
    let Some(value) =
        row.get(&column).cloned().or_else(|| desk.input().map(|input| Data::value(input.paired().field(&column))))
    else {
        return Err(format!("the value of the column {column} is not given"));
    };
    let found = format!("{}_row", desk.id);
    let find = with.iter().cloned().chain([("column".to_owned(), Data::text(column)), ("value".to_owned(), value)]);
    let find = Step::call("google_sheets.find", Data::Map(find.collect())).with_id(found.clone());
    let number = Data::value(Expr::name(found).field("row").field("number"));
    let write = with.into_iter().chain([("number".to_owned(), number), ("row".to_owned(), row)]).collect();
    let write = Step::call("google_sheets.update", Data::Map(write));
    Ok(Made { steps: vec![find, write], reading: Some(written), ..Made::default() })
}

/// All rows, or those that fit.
fn read(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let mut with = place(desk)?;
    let filters = if node.version >= 3.0 {
        node.get("filtersUI.values").as_array().cloned().unwrap_or_default()
    } else if node.text("operation", "read") == "lookup" {
        vec![serde_json::json!({ "lookupColumn": node.get("lookupColumn"), "lookupValue": node.get("lookupValue") })]
    } else {
        Vec::new()
    };
    let mut conditions = Vec::new();
    for filter in &filters {
        let Some(column) = filter["lookupColumn"].as_str() else { continue };
        let value = desk.say(&filter["lookupValue"]);
        conditions.push((Data::text(column), value));
    }
    match conditions.as_slice() {
        [] => with.push(("limit".to_owned(), Data::int(10_000))),
        [(column, value)] => {
            with.push(("column".to_owned(), column.clone()));
            with.push(("value".to_owned(), value.clone()));
        }
        several => {
            let list = several.iter().map(|(column, value)| {
                Data::map([("column", column.clone()), ("is", Data::text("equal")), ("value", value.clone())])
            });
            with.push(("where".to_owned(), Data::List(list.collect())));
            if node.text("combineFilters", if node.version < 4.3 { "OR" } else { "AND" }) == "OR" {
                with.push(("any".to_owned(), Data::Bool(true)));
            }
        }
    }
    let rows = Reading::many(Expr::name(desk.id.clone()).field("rows"));
    let rows = rows.shaped(Shape::Row(desk.workflow.reads("row_number")));
    Ok(Made::step(Step::call("google_sheets.find", Data::Map(with)), rows))
}
