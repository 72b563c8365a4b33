//! `google_sheets.get`: the values of a range (`spreadsheets.values.get`).

use super::columns::Columns;
use super::{Answered, Asked, exchange, range, read};
use crate::catalog::Shared;
use crate::spec::{About, describe, parameters};
use reqwest::Method;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Reads the values of a range of a sheet in Google Sheets. The output has `range` and `rows`, a list of lists of cells.
/// Empty cells at the end of a row, and empty rows at the end, are left out.
///
/// With `header: true`, the first row of the range names the columns: the output has `records` as well, the rows below it
/// as maps by these names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// Which cells, as `B5`, `A1:C10`, `A:C` or `2:5`. Without it, all of the sheet.
    range: Option<String>,
    /// Whether numbers and dates come as the sheet shows them (`$1,234.56`), and not as what they are.
    #[serde(default)]
    formatted: bool,
    /// Whether dates come as texts, as the sheet shows them, and not as the numbers that Sheets keeps of them.
    #[serde(default)]
    dates: bool,
    /// Whether the first row names the columns.
    #[serde(default)]
    header: bool,
}

/// The module.
pub(crate) struct Get {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

/// Values as the API has them.
#[derive(Deserialize)]
pub(super) struct Values {
    pub(super) range: String,
    #[serde(default)]
    pub(super) values: Vec<Vec<Value>>,
}

impl Get {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "google_sheets.get",
            example: json!({
                "connection": "office",
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "sheet": "Stock",
                "range": "A1:C10",
            }),
            sample: json!({ "range": "Stock!A1:C2", "rows": [["sku", "name", "left"], ["T1", "Tea", 12]] }),
            connections: &["google"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn get(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let sheet = range::sheet(&parameters.sheet)?;
        let range = match &parameters.range {
            Some(cells) => format!("{sheet}!{}", range::cells(cells)?),
            None => sheet,
        };
        let render = if parameters.formatted { "FORMATTED_VALUE" } else { "UNFORMATTED_VALUE" };
        let mut query = vec![("majorDimension", "ROWS"), ("valueRenderOption", render)];
        query.extend(parameters.dates.then_some(("dateTimeRenderOption", "FORMATTED_STRING")));
        let asked =
            Asked { method: Method::GET, spreadsheet: &parameters.spreadsheet, range, query: &query, body: None };
        match exchange(&self.shared, &self.spec, &call, asked).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) => {
                let found: Values = read(&answer)?;
                let mut output = json!({ "range": found.range, "rows": found.values });
                if parameters.header {
                    let columns = Columns::of(found.values.first());
                    let records = found.values.iter().skip(1).map(|cells| Value::Object(columns.fields(cells)));
                    output["records"] = records.collect();
                }
                Ok(Outcome { output, sent, delivery: Delivery::Real })
            }
        }
    }
}

impl Module for Get {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.get(call))
    }
}
