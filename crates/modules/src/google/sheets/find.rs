//! `google_sheets.find`: rows by what a column holds. The API cannot search, so that the sheet's values are read.

use super::columns::Columns;
use super::condition::{Condition, Operator, Placed, ordered};
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
use serde_json::{Value, json};
use std::sync::Arc;

/// Finds the rows of a sheet in Google Sheets by what their columns hold: one column by `column` and `value`, or as many
/// as there are conditions in `where`; all rows without either. The first row of the sheet names the columns. The
/// output has `row`, the first that was found or null, `rows`, all of them, and `count`. Each has its `number` in the
/// sheet, `cells`, and `fields`: the cells by the names of their columns.
///
/// A number fits a number of the same value and its text: `7` finds `7` and `"7"`. Texts fit exactly. A date such as
/// `2026-11-22` is compared with dates, which Sheets keeps as numbers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// The column: its name in the first row, else its letters (`B`).
    column: Option<String>,
    /// What it holds. Null or nothing: the cell is empty.
    value: Option<Cell>,
    /// Conditions that rows must fit, as `{ column: Total, is: greater, value: 5 }`.
    #[serde(default, rename = "where")]
    conditions: Vec<Condition>,
    /// Whether it is enough that one of the conditions fits.
    #[serde(default)]
    any: bool,
    /// The column by which rows are put in order. Without it, they come as in the sheet.
    order_by: Option<String>,
    /// Whether the order is turned: the greatest first.
    #[serde(default)]
    descending: bool,
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
    let columns = Columns::of(Some(names));
    let conditions = conditions(parameters, &columns)?;
    let fits = |cells: &[Value]| match parameters.any && !conditions.is_empty() {
        true => conditions.iter().any(|condition| condition.fits(cells)),
        false => conditions.iter().all(|condition| condition.fits(cells)),
    };
    let first = range::first_row(&values.range) + 1;
    let mut fitting: Vec<(u64, &Vec<Value>)> = (first..).zip(rows).filter(|(_, cells)| fits(cells)).collect();
    if let Some(column) = &parameters.order_by {
        let place = columns.place(column)?;
        fitting.sort_by(|(_, a), (_, b)| ordered(a.get(place), b.get(place), parameters.descending));
    }
    let count = fitting.len();
    let shown = fitting.into_iter().take(parameters.limit);
    let shown: Vec<Value> = shown
        .map(|(number, cells)| json!({ "number": number, "cells": cells, "fields": columns.fields(cells) }))
        .collect();
    Ok(json!({ "row": shown.first(), "rows": shown, "count": count }))
}

fn conditions<'p>(parameters: &'p Parameters, columns: &Columns) -> Result<Vec<Placed<'p>>, StepError> {
    let Parameters { column, value, conditions, .. } = parameters;
    if column.is_none() && value.is_some() {
        return Err(invalid("`value` needs a `column`"));
    }
    let own = column.iter().map(|column| (column, Operator::Equals, value.as_ref(), false));
    let further = conditions.iter().map(|it| (&it.column, it.is, it.value.as_ref(), it.ignore_case));
    let place = |(column, operator, value, ignore_case): (&String, Operator, Option<&'p Cell>, bool)| {
        let value = value.unwrap_or(&Cell::Empty(()));
        Ok(Placed { place: columns.place(column)?, operator, value, ignore_case })
    };
    own.chain(further).map(place).collect()
}
