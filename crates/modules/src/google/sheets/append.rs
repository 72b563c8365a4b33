//! `google_sheets.append`: rows at the end of a table (`spreadsheets.values.append`).

mod flight;
mod lanes;

use super::columns::{Columns, Row};
use super::{Cell, Via, range, shown};
use crate::catalog::Shared;
use crate::spec::{About, describe, invalid, parameters};
use flight::{Entry, Flight, Landed, Manner, Target};
use lanes::Lanes;
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
/// A row is a list of cells, or a map by the names of the columns, which stand in the first row of the sheet.
///
/// Values are stored as they are: a text that begins with `=` stays a text, so that data from outside cannot
/// become a formula. `formulas: true` has them read as if a person had typed them.
///
/// An answer that is lost on its way leaves open whether the row was written. With a `key_column`, a retry looks there
/// and writes it only if it is missing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// The cells of one row, from left to right, or by the names of their columns. Null leaves a cell empty.
    row: Option<Row>,
    /// Several rows at once.
    rows: Option<Vec<Row>>,
    /// Whether texts such as `=A1+1` or `1.5.2026` become formulas, dates and numbers, as when typed by hand.
    #[serde(default)]
    formulas: bool,
    /// Whether texts such as `2026-11-22` or `2026-11-22T10:30:00Z` become dates, which Sheets keeps as numbers.
    #[serde(default)]
    dates: bool,
    /// Whether names that no column has become new columns at the right, and are no mistake.
    #[serde(default)]
    add_columns: bool,
    /// The column in which each row gets the key of its run, by its name or its letters: no row is written twice.
    key_column: Option<String>,
    /// Whether rows that wait at the same time, those of other runs as well, go in one call.
    #[serde(default)]
    batch: bool,
}

/// The module.
pub(crate) struct Append {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
    lanes: Lanes,
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
        Self { spec, shared: Arc::clone(shared), lanes: Lanes::default() }
    }

    async fn append(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let via = Via::of(&call)?;
        let rows = match (parameters.row, parameters.rows) {
            (Some(row), None) => vec![row],
            (None, Some(rows)) => rows,
            _ => return Err(invalid("one of `row` and `rows` must be given, and not both")),
        };
        let rows: Vec<Row> = match parameters.dates {
            true => rows.into_iter().map(Row::with_dates).collect(),
            false => rows,
        };
        let target = Target {
            connection: via.connection.to_owned(),
            spreadsheet: parameters.spreadsheet,
            sheet: range::sheet(&parameters.sheet)?,
        };
        let manner = Manner {
            formulas: parameters.formulas,
            add_columns: parameters.add_columns,
            key_column: parameters.key_column,
        };
        let entry = Entry { rows, key: call.idempotency_key.to_owned() };
        if self.shared.connections.google(via.connection)?.delivery == Delivery::Sandbox {
            let (output, sent) = (self.spec.sample.clone(), rehearsed(&self.shared, &target, &manner, &entry)?);
            return Ok(Outcome { output, sent, delivery: Delivery::Sandbox });
        }
        let flight = Flight { target, manner, entries: vec![entry], timeout: via.timeout, now: via.now };
        let landed = if parameters.batch || parameters.add_columns {
            self.lanes.land(&self.shared, flight, parameters.batch).await
        } else {
            flight.fly(&self.shared).await.pop().unwrap_or_else(|| Err(lanes::lost()))
        };
        landed.map(|Landed { output, sent }| Outcome { output, sent, delivery: Delivery::Real })
    }
}

/// What a sandbox would send. It has no sheet: its columns are those that the rows name.
fn rehearsed(shared: &Shared, target: &Target, manner: &Manner, entry: &Entry) -> Result<Value, StepError> {
    let cells = |row: &Row| Columns::as_in(row).cells(row);
    let rows: Vec<Vec<Cell>> = entry.rows.iter().map(cells).collect::<Result<_, _>>()?;
    shown(shared, &target.connection, flight::write(target, manner, 0, &rows))
}

impl Module for Append {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.append(call))
    }
}
