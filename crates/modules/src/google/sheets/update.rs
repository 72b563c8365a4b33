//! `google_sheets.update`: cells, rows or a range written anew (`spreadsheets.values.update`).

use super::columns::{Columns, Row};
use super::{Answered, Asked, Cell, Via, exchange, range, read};
use crate::catalog::Shared;
use crate::spec::{About, describe, invalid, parameters};
use reqwest::Method;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Writes cells of a sheet in Google Sheets that are there already: one cell, a row, or several. The output has
/// `updated_range`, `updated_rows` and `updated_cells`.
///
/// `range` says where, or `number` which row. A row is a list of cells, or, with `number`, a map by the names of the
/// columns, which stand in the first row of the sheet: cells that it does not name stay as they are.
///
/// Values are stored as they are: a text that begins with `=` stays a text, so that data from outside cannot become a
/// formula. `formulas: true` has them read as if a person had typed them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// Which cells: `C5` for one, or for the first of those that are written; a range, as `A5:C5`, must hold them all.
    range: Option<String>,
    /// The number of the row, or of the first of several, as `google_sheets.find` tells it.
    #[schemars(range(min = 1))]
    number: Option<u64>,
    /// The value of one cell. An empty text clears it.
    value: Option<Cell>,
    /// The cells of one row, from left to right, or by the names of their columns. Null leaves a cell as it is.
    row: Option<Row>,
    /// Several rows at once.
    rows: Option<Vec<Row>>,
    /// Whether texts such as `=A1+1` or `1.5.2026` become formulas, dates and numbers, as when typed by hand.
    #[serde(default)]
    formulas: bool,
    /// Whether texts such as `2026-11-22` or `2026-11-22T10:30:00Z` become dates, which Sheets keeps as numbers.
    #[serde(default)]
    dates: bool,
}

/// The module.
pub(crate) struct Update {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    updated_range: String,
    #[serde(default)]
    updated_rows: u64,
    #[serde(default)]
    updated_cells: u64,
}

impl Update {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "google_sheets.update",
            example: json!({
                "connection": "office",
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "sheet": "Stock",
                "range": "C2",
                "value": 11,
            }),
            sample: json!({ "updated_range": "Stock!C2", "updated_rows": 1, "updated_cells": 1 }),
            connections: &["google"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn update(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let rows = match (&parameters.value, &parameters.row, &parameters.rows) {
            (Some(value), None, None) => vec![Row::Cells(vec![value.clone()])],
            (None, Some(row), None) => vec![row.clone()],
            (None, None, Some(rows)) => rows.clone(),
            _ => return Err(invalid("one of `value`, `row` and `rows` must be given, and no other")),
        };
        let rows: Vec<Row> = match parameters.dates {
            true => rows.into_iter().map(Row::with_dates).collect(),
            false => rows,
        };
        let sheet = range::sheet(&parameters.sheet)?;
        let columns = self.columns(&call, &parameters, &sheet, &rows).await?;
        let cells = match (&parameters.range, parameters.number) {
            (Some(range), None) => range::cells(range)?.to_owned(),
            (None, Some(number)) => format!("{}{number}", range::letters(columns.start())),
            _ => return Err(invalid("one of `range` and `number` must be given, and not both")),
        };
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| columns.cells(row)).collect::<Result<_, _>>()?;
        let range = format!("{sheet}!{cells}");
        let input = if parameters.formulas { "USER_ENTERED" } else { "RAW" };
        let asked = Asked {
            method: Method::PUT,
            spreadsheet: &parameters.spreadsheet,
            body: Some(json!({ "range": range, "majorDimension": "ROWS", "values": rows })),
            range,
            query: &[("valueInputOption", input)],
        };
        match exchange(&self.shared, &self.spec, &call, asked).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) => {
                let Updated { updated_range, updated_rows, updated_cells } = read(&answer)?;
                let output = json!({
                    "updated_range": updated_range,
                    "updated_rows": updated_rows,
                    "updated_cells": updated_cells,
                });
                Ok(Outcome { output, sent, delivery: Delivery::Real })
            }
        }
    }
}

impl Update {
    /// The columns of the sheet, where rows go by their names.
    async fn columns(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        sheet: &str,
        rows: &[Row],
    ) -> Result<Columns, StepError> {
        let Some(named) = rows.iter().find(|row| row.is_named()) else { return Ok(Columns::of(None)) };
        if parameters.number.is_none() {
            return Err(invalid("a row by the names of its columns needs the row's `number`"));
        }
        let via = Via::of(call)?;
        if self.shared.connections.google(via.connection)?.delivery == Delivery::Sandbox {
            return Ok(Columns::as_in(named));
        }
        Columns::read(&self.shared, via, &parameters.spreadsheet, sheet).await
    }
}

impl Module for Update {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.update(call))
    }
}
