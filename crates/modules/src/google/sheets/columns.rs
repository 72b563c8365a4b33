//! Rows by the names of their columns: the first row of a sheet says what its columns are called.

use super::get::Values;
use super::{Asked, Cell, Via, ask, range, read, serial};
use crate::catalog::Shared;
use crate::spec::invalid;
use reqwest::Method;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// A row to be written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Row {
    /// From left to right.
    Cells(Vec<Cell>),
    /// By the names of the columns.
    Named(#[schemars(with = "BTreeMap<String, Cell>")] Map<String, Value>),
}

impl Row {
    pub(super) fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    /// The same where texts that are dates are kept as dates.
    pub(super) fn with_dates(self) -> Self {
        match self {
            Self::Cells(cells) => Self::Cells(cells.into_iter().map(dated).collect()),
            Self::Named(fields) => {
                let fields = fields.into_iter().map(|(name, value)| {
                    let serial = value.as_str().and_then(serial::of_text).and_then(Number::from_f64);
                    (name, serial.map_or(value, Value::Number))
                });
                Self::Named(fields.collect())
            }
        }
    }
}

/// A text that is a date as the number that Sheets keeps of it.
pub(super) fn dated(cell: Cell) -> Cell {
    match &cell {
        Cell::Text(text) => serial::of_text(text).and_then(Number::from_f64).map_or(cell, Cell::Number),
        _ => cell,
    }
}

/// The columns of a sheet, by its first row.
pub(super) struct Columns {
    names: Vec<String>,
}

impl Columns {
    pub(super) fn of(first_row: Option<&Vec<Value>>) -> Self {
        Self { names: first_row.into_iter().flatten().map(text).collect() }
    }

    /// Those that the row has, for a sandbox, where there is no sheet.
    pub(super) fn as_in(row: &Row) -> Self {
        let mut columns = Self { names: Vec::new() };
        columns.names.extend(columns.missing(row).into_iter().map(str::to_owned));
        columns
    }

    /// Those of this sheet, which are read for it.
    pub(super) async fn read(shared: &Shared, via: Via<'_>, spreadsheet: &str, sheet: &str) -> Result<Self, StepError> {
        let asked = Asked {
            method: Method::GET,
            spreadsheet,
            range: format!("{sheet}!1:1"),
            query: &[("majorDimension", "ROWS"), ("valueRenderOption", "UNFORMATTED_VALUE")],
            body: None,
        };
        let (answer, _) = ask(shared, via, asked).await?;
        Ok(Self::of(read::<Values>(&answer)?.values.first()))
    }

    /// The place of the first column that has a name: there the table begins.
    pub(super) fn start(&self) -> usize {
        self.names.iter().position(|name| !name.is_empty()).unwrap_or(0)
    }

    /// The place of a column by its name, else by its letters.
    pub(super) fn place(&self, wanted: &str) -> Result<usize, StepError> {
        match self.named(wanted)? {
            Some(place) => Ok(place),
            None => range::column_of(wanted).ok_or_else(|| self.lacks(wanted)),
        }
    }

    fn named(&self, wanted: &str) -> Result<Option<usize>, StepError> {
        let mut places = self.names.iter().enumerate().filter(|(_, name)| *name == wanted && !name.is_empty());
        let place = places.next().map(|(place, _)| place);
        match places.next() {
            Some(_) => Err(invalid(format!("the sheet has several columns `{wanted}`"))),
            None => Ok(place),
        }
    }

    fn lacks(&self, wanted: &str) -> StepError {
        let names: Vec<&str> = self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let hint = if names.is_empty() {
            "its first row is empty: it has to name the columns".to_owned()
        } else {
            format!("its first row has {}", names.join(", "))
        };
        invalid(format!("the sheet has no column `{wanted}`")).hint(hint)
    }

    /// The names in the row that no column has, in their order.
    pub(super) fn missing<'r>(&self, row: &'r Row) -> Vec<&'r str> {
        match row {
            Row::Cells(_) => Vec::new(),
            Row::Named(fields) => fields.keys().map(String::as_str).filter(|name| !self.has(name)).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Adds a column at the right end; gives its place.
    pub(super) fn add(&mut self, name: &str) -> usize {
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    /// The cells of the row from the table's first column on. What a named row leaves out is null.
    pub(super) fn cells(&self, row: &Row) -> Result<Vec<Cell>, StepError> {
        let fields = match row {
            Row::Cells(cells) => return Ok(cells.clone()),
            Row::Named(fields) => fields,
        };
        let start = self.start();
        let mut cells = Vec::new();
        for (name, value) in fields {
            let place = self.named(name)?.ok_or_else(|| self.lacks(name))? - start;
            let cell = Cell::deserialize(value)
                .map_err(|_| invalid(format!("`{name}` must be a text, a number, true, false or null")))?;
            put(&mut cells, place, cell);
        }
        Ok(cells)
    }

    /// The cells by the names of their columns. Columns without a name are left out, and what is missing is null.
    pub(super) fn fields(&self, cells: &[Value]) -> Map<String, Value> {
        let named = self.names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        named.map(|(place, name)| (name.clone(), cells.get(place).cloned().unwrap_or(Value::Null))).collect()
    }
}

/// Sets a cell of a row that may be shorter.
pub(super) fn put(cells: &mut Vec<Cell>, place: usize, cell: Cell) {
    if cells.len() <= place {
        cells.resize(place + 1, Cell::Empty(()));
    }
    cells[place] = cell;
}

/// What a cell says.
pub(super) fn text(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn columns(names: Value) -> Columns {
        Columns::of(names.as_array())
    }

    fn cells(columns: &Columns, row: Value) -> Result<Value, StepError> {
        columns.cells(&serde_json::from_value(row).unwrap()).map(|cells| json!(cells))
    }

    #[test]
    fn named_cells_come_to_their_columns() {
        let of = columns(json!(["", "Name", "", "Total", 2026]));
        assert_eq!(of.start(), 1);
        assert_eq!(cells(&of, json!({"Total": 6, "Name": "Ada"})), Ok(json!(["Ada", null, 6])));
        assert_eq!(cells(&of, json!({"2026": true})), Ok(json!([null, null, null, true])));
        assert_eq!(cells(&of, json!([1, null])), Ok(json!([1, null])));
        let error = cells(&of, json!({"total": 6})).unwrap_err();
        assert_eq!(error.message, "the sheet has no column `total`");
        assert_eq!(error.hint.as_deref(), Some("its first row has Name, Total, 2026"));
        assert!(cells(&of, json!({"Name": [1]})).is_err());
        assert!(cells(&columns(json!(["A", "A"])), json!({"A": 1})).unwrap_err().message.contains("several"));
    }

    #[test]
    fn dates_are_kept_as_numbers_where_that_is_wanted() {
        let row: Row = serde_json::from_value(json!({"Due": "2026-11-22", "Note": "2026"})).unwrap();
        let of = columns(json!(["Due", "Note"]));
        assert_eq!(of.cells(&row.with_dates()).map(|cells| json!(cells)), Ok(json!([46348.0, "2026"])));
    }
}
