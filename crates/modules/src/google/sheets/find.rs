//! `google_sheets.find`: rows by what a column holds. The API cannot search, so that the sheet's values are read.

use super::get::Values;
use super::{Answered, Asked, Cell, exchange, range, read};
use crate::catalog::Shared;
use crate::spec::{About, describe, invalid, parameters};
use reqwest::Method;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Finds the rows of a sheet in Google Sheets of which a column holds a value. The first row of the sheet names the
/// columns. The output has `row`, the first that was found or null, `rows`, all of them, and `count`. Each has its
/// `number` in the sheet, `cells`, and `fields`: the cells by the names of their columns.
///
/// A number fits a number of the same value and its text: `7` finds `7` and `"7"`. Texts fit exactly.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// The column: its name in the first row, else its letters (`B`).
    column: String,
    /// What it holds.
    value: Cell,
    /// How many rows are given at most. `count` tells of all.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 10_000))]
    limit: usize,
}

fn default_limit() -> usize {
    100
}

/// The module.
pub(crate) struct Find {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Find {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let row =
            json!({ "number": 2, "cells": ["T1", "Tea", 12], "fields": { "sku": "T1", "name": "Tea", "left": 12 } });
        let spec = describe::<Parameters>(About {
            name: "google_sheets.find",
            example: json!({
                "connection": "office",
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "sheet": "Stock",
                "column": "sku",
                "value": "T1",
            }),
            sample: json!({ "row": row.clone(), "rows": [row], "count": 1 }),
            connections: &["google"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn find(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let asked = Asked {
            method: Method::GET,
            spreadsheet: &parameters.spreadsheet,
            range: range::sheet(&parameters.sheet)?,
            query: &[("majorDimension", "ROWS"), ("valueRenderOption", "UNFORMATTED_VALUE")],
            body: None,
        };
        match exchange(&self.shared, &self.spec, &call, asked).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) => {
                let output = found(&read(&answer)?, &parameters)?;
                Ok(Outcome { output, sent, delivery: Delivery::Real })
            }
        }
    }
}

impl Module for Find {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.find(call))
    }
}

fn found(values: &Values, parameters: &Parameters) -> Result<Value, StepError> {
    let Some((names, rows)) = values.values.split_first() else {
        return Ok(json!({ "row": null, "rows": [], "count": 0 }));
    };
    let column = column(names, &parameters.column)?;
    let first = range::first_row(&values.range) + 1;
    let fitting = (first..).zip(rows).filter(|(_, cells)| fits(cells.get(column), &parameters.value));
    let (mut shown, mut count) = (Vec::new(), 0_u64);
    for (number, cells) in fitting {
        count += 1;
        if shown.len() < parameters.limit {
            shown.push(json!({ "number": number, "cells": cells, "fields": fields(names, cells) }));
        }
    }
    Ok(json!({ "row": shown.first(), "rows": shown, "count": count }))
}

fn column(names: &[Value], wanted: &str) -> Result<usize, StepError> {
    let by_name = names.iter().position(|name| name.as_str() == Some(wanted));
    by_name.or_else(|| range::column_of(wanted)).ok_or_else(|| {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        invalid(format!("the sheet has no column `{wanted}`")).hint(format!("its first row has {}", names.join(", ")))
    })
}

/// Whether a cell, which may be missing at the end of its row, holds the value.
fn fits(cell: Option<&Value>, value: &Cell) -> bool {
    match (cell, value) {
        (None, Cell::Empty(())) => true,
        (Some(Value::String(cell)), Cell::Empty(())) => cell.is_empty(),
        (Some(Value::String(cell)), Cell::Text(text)) => cell == text,
        (Some(Value::Number(cell)), Cell::Text(text)) => cell.to_string() == *text,
        (Some(Value::String(cell)), Cell::Number(number)) => *cell == number.to_string(),
        (Some(Value::Number(cell)), Cell::Number(number)) => cell == number || cell.as_f64() == number.as_f64(),
        (Some(Value::Bool(cell)), Cell::Bool(value)) => cell == value,
        _ => false,
    }
}

/// The cells by the names of their columns. Columns without a name are left out, and what is missing is null.
fn fields(names: &[Value], cells: &[Value]) -> Map<String, Value> {
    let named = names.iter().enumerate().filter_map(|(place, name)| Some((place, name.as_str()?)));
    let named = named.filter(|(_, name)| !name.is_empty());
    named.map(|(place, name)| (name.to_owned(), cells.get(place).cloned().unwrap_or(Value::Null))).collect()
}
