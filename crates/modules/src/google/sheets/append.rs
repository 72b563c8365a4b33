//! `google_sheets.append`: rows at the end of a table (`spreadsheets.values.append`).

use super::{Answered, Asked, Cell, exchange, range, read};
use crate::catalog::Shared;
use crate::client::Incoming;
use crate::spec::{About, describe, invalid, parameters};
use reqwest::Method;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Appends a row, or several, after the last one of a table in Google Sheets. Rows appended at the same time all
/// arrive: each gets new cells of its own. The output has `updated_range`, `updated_rows`, `spreadsheet` and
/// `table_range`.
///
/// Values are stored as they are: a text that begins with `=` stays a text, so that data from outside cannot
/// become a formula. `formulas: true` has them read as if a person had typed them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// The cells of one row, from left to right. Null leaves a cell empty.
    row: Option<Vec<Cell>>,
    /// Several rows at once.
    rows: Option<Vec<Vec<Cell>>>,
    /// Whether texts such as `=A1+1` or `1.5.2026` become formulas, dates and numbers, as when typed by hand.
    #[serde(default)]
    formulas: bool,
}

/// The module.
pub(crate) struct Append {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Append {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "google_sheets.append",
            example: json!({
                "connection": "office",
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "sheet": "Shipments",
                "row": ["A1", "2026-11-22", 6],
            }),
            sample: json!({
                "updated_range": "Shipments!A2:C2",
                "updated_rows": 1,
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "table_range": "Shipments!A1:C1",
            }),
            connections: &["google"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn append(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let rows = match (&parameters.row, &parameters.rows) {
            (Some(row), None) => vec![row.clone()],
            (None, Some(rows)) => rows.clone(),
            _ => return Err(invalid("one of `row` and `rows` must be given, and not both")),
        };
        let input = if parameters.formulas { "USER_ENTERED" } else { "RAW" };
        let asked = Asked {
            method: Method::POST,
            spreadsheet: &parameters.spreadsheet,
            range: format!("{}!A1:append", range::sheet(&parameters.sheet)?),
            // New cells for each call: two calls at once never write to the same ones.
            query: &[("valueInputOption", input), ("insertDataOption", "INSERT_ROWS")],
            body: Some(json!({ "majorDimension": "ROWS", "values": rows })),
        };
        match exchange(&self.shared, &self.spec, &call, asked).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) => Ok(Outcome { output: output(&answer)?, sent, delivery: Delivery::Real }),
        }
    }
}

impl Module for Append {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.append(call))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Appended {
    spreadsheet_id: String,
    #[serde(default)]
    table_range: Option<String>,
    updates: Updates,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updates {
    updated_range: String,
    #[serde(default)]
    updated_rows: u64,
}

fn output(answer: &Incoming) -> Result<Value, StepError> {
    let appended: Appended = read(answer)?;
    Ok(json!({
        "updated_range": appended.updates.updated_range,
        "updated_rows": appended.updates.updated_rows,
        "spreadsheet": appended.spreadsheet_id,
        "table_range": appended.table_range,
    }))
}
