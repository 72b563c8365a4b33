//! `google_sheets.update`: cells, rows or a range written anew (`spreadsheets.values.update`).

use super::{Answered, Asked, Cell, exchange, range, read};
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
    range: String,
    /// The value of one cell. An empty text clears it.
    value: Option<Cell>,
    /// The cells of one row, from left to right. Null leaves a cell as it is.
    row: Option<Vec<Cell>>,
    /// Several rows at once.
    rows: Option<Vec<Vec<Cell>>>,
    /// Whether texts such as `=A1+1` or `1.5.2026` become formulas, dates and numbers, as when typed by hand.
    #[serde(default)]
    formulas: bool,
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
            (Some(value), None, None) => vec![vec![value.clone()]],
            (None, Some(row), None) => vec![row.clone()],
            (None, None, Some(rows)) => rows.clone(),
            _ => return Err(invalid("one of `value`, `row` and `rows` must be given, and no other")),
        };
        let range = format!("{}!{}", range::sheet(&parameters.sheet)?, range::cells(&parameters.range)?);
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

impl Module for Update {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.update(call))
    }
}
