//! Rows on their way to the end of a table: those of one step, or of several that go together.

use crate::catalog::Shared;
use crate::client::Incoming;
use crate::google::sheets::columns::{Columns, Row, put, text};
use crate::google::sheets::get::Values;
use crate::google::sheets::{Asked, Cell, Via, ask, range, read, shown, spreadsheet_id};
use crate::spec::invalid;
use reqwest::Method;
use run::error::{Recovery, StepError};
use run::id::Millis;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// The sheet that rows go to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) connection: String,
    pub(super) spreadsheet: String,
    /// As A1 notation has it.
    pub(super) sheet: String,
}

/// How rows are written. What goes in one call is written in one manner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) formulas: bool,
    pub(super) add_columns: bool,
    pub(super) key_column: Option<String>,
}

/// The rows of one step.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) rows: Vec<Row>,
    /// What tells this step of this run from all others.
    pub(super) key: String,
}

/// What became of the rows of a step.
pub(super) struct Landed {
    pub(super) output: Value,
    /// What was sent of them, for people to look at.
    pub(super) sent: Value,
}

/// Rows that go together.
pub(super) struct Flight {
    pub(super) target: Target,
    pub(super) manner: Manner,
    pub(super) entries: Vec<Entry>,
    pub(super) timeout: Duration,
    pub(super) now: Millis,
}

/// What a sheet says of itself before rows are added.
struct Known {
    columns: Columns,
    /// Where the keys are.
    key_place: Option<usize>,
    found: Found,
}

/// The rows that have keys, by these, and the sheet's name as the API writes it.
#[derive(Default)]
struct Found {
    rows: HashMap<String, u64>,
    prefix: String,
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

/// What is sent to append these rows to the table that begins in this column.
pub(super) fn write<'a>(target: &'a Target, manner: &Manner, start: usize, rows: &[Vec<Cell>]) -> Asked<'a> {
    // New cells for each call: two calls at once never write to the same ones.
    const RAW: [(&str, &str); 2] = [("valueInputOption", "RAW"), ("insertDataOption", "INSERT_ROWS")];
    const TYPED: [(&str, &str); 2] = [("valueInputOption", "USER_ENTERED"), ("insertDataOption", "INSERT_ROWS")];
    Asked {
        method: Method::POST,
        spreadsheet: &target.spreadsheet,
        range: format!("{}!{}1:append", target.sheet, range::letters(start)),
        query: if manner.formulas { &TYPED } else { &RAW },
        body: Some(json!({ "majorDimension": "ROWS", "values": rows })),
    }
}

impl Flight {
    /// Writes the rows. Gives what became of each entry, in their order.
    pub(super) async fn fly(&self, shared: &Shared) -> Vec<Result<Landed, StepError>> {
        let deadline = Instant::now() + self.timeout;
        let known = match self.look(shared, deadline).await {
            Ok(known) => known,
            Err(error) => return self.entries.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut results: Vec<Option<Result<Landed, StepError>>> = Vec::new();
        let mut waiting: Vec<(usize, Vec<Vec<Cell>>)> = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            let result = match self.cells(&known, entry) {
                Ok(rows) => match self.landed_before(shared, &known, &known.found, entry, &rows) {
                    Some(landed) => Some(Ok(landed)),
                    None => {
                        waiting.push((place, rows));
                        None
                    }
                },
                Err(error) => Some(Err(error)),
            };
            results.push(result);
        }
        if !waiting.is_empty() {
            for (place, result) in self.write(shared, &known, waiting, deadline).await {
                results[place] = Some(result);
            }
        }
        results.into_iter().map(|result| result.unwrap_or_else(|| Err(super::lanes::lost()))).collect()
    }

    fn via(&self, timeout: Duration) -> Via<'_> {
        Via { connection: &self.target.connection, timeout, now: self.now }
    }

    /// What has to be known of the sheet.
    async fn look(&self, shared: &Shared, deadline: Instant) -> Result<Known, StepError> {
        let rows = || self.entries.iter().flat_map(|entry| &entry.rows);
        let Manner { key_column, add_columns, .. } = &self.manner;
        if key_column.is_none() && !rows().any(Row::is_named) {
            return Ok(Known { columns: Columns::of(None), key_place: None, found: Found::default() });
        }
        let Target { spreadsheet, sheet, .. } = &self.target;
        let mut columns = Columns::read(shared, self.via(left(deadline)), spreadsheet, sheet).await?;
        if *add_columns {
            self.add_columns(shared, &mut columns, deadline).await?;
        }
        let key_place = key_column.as_ref().map(|name| columns.place(name)).transpose()?;
        if key_place.is_some_and(|place| place < columns.start()) {
            return Err(invalid("`key_column`: the column is outside of the table"));
        }
        let found = match key_place {
            Some(place) => self.keys(shared, place, deadline).await?,
            None => Found::default(),
        };
        Ok(Known { columns, key_place, found })
    }

    /// Names the columns that rows have and the sheet has not.
    async fn add_columns(&self, shared: &Shared, columns: &mut Columns, deadline: Instant) -> Result<(), StepError> {
        let mut new: Vec<String> = Vec::new();
        let missing = self.entries.iter().flat_map(|entry| &entry.rows).flat_map(|row| columns.missing(row));
        let key = self.manner.key_column.as_deref().filter(|name| columns.place(name).is_err());
        for name in missing.chain(key) {
            if name.is_empty() {
                return Err(invalid("a column must have a name"));
            }
            if !new.iter().any(|known| known == name) {
                new.push(name.to_owned());
            }
        }
        let places: Vec<usize> = new.iter().map(|name| columns.add(name)).collect();
        let Some(first) = places.first() else { return Ok(()) };
        let range = format!("{}!{}1", self.target.sheet, range::letters(*first));
        let asked = Asked {
            method: Method::PUT,
            spreadsheet: &self.target.spreadsheet,
            body: Some(json!({ "range": range, "majorDimension": "ROWS", "values": [new] })),
            range,
            query: &[("valueInputOption", "RAW")],
        };
        ask(shared, self.via(left(deadline)), asked).await.map(drop)
    }

    /// The keys that are in this column.
    async fn keys(&self, shared: &Shared, place: usize, deadline: Instant) -> Result<Found, StepError> {
        let letters = range::letters(place);
        let asked = Asked {
            method: Method::GET,
            spreadsheet: &self.target.spreadsheet,
            range: format!("{}!{letters}:{letters}", self.target.sheet),
            query: &[("majorDimension", "ROWS"), ("valueRenderOption", "UNFORMATTED_VALUE")],
            body: None,
        };
        let (answer, _) = ask(shared, self.via(left(deadline)), asked).await?;
        let column: Values = read(&answer)?;
        let rows = (range::first_row(&column.range)..).zip(&column.values);
        let rows = rows.filter_map(|(number, cells)| Some((text(cells.first()?), number)));
        Ok(Found { rows: rows.collect(), prefix: range::prefix(&column.range).to_owned() })
    }

    /// The cells of the entry's rows, with their keys.
    fn cells(&self, known: &Known, entry: &Entry) -> Result<Vec<Vec<Cell>>, StepError> {
        let mut rows: Vec<Vec<Cell>> =
            entry.rows.iter().map(|row| known.columns.cells(row)).collect::<Result<_, _>>()?;
        let Some(place) = known.key_place else { return Ok(rows) };
        let place = place - known.columns.start();
        for (number, cells) in rows.iter_mut().enumerate() {
            if cells.get(place).is_some_and(|cell| *cell != Cell::Empty(())) {
                return Err(invalid("`key_column`: the row has a value of its own in this column"));
            }
            let key = key(entry, number);
            // Whatever it looks like, it is a text.
            put(cells, place, Cell::Text(if self.manner.formulas { format!("'{key}") } else { key }));
        }
        Ok(rows)
    }

    /// The entry, where its rows are there already.
    fn landed_before(
        &self,
        shared: &Shared,
        known: &Known,
        found: &Found,
        entry: &Entry,
        rows: &[Vec<Cell>],
    ) -> Option<Landed> {
        let row = *found.rows.get(&key(entry, 0))?;
        let start = known.columns.start();
        let width = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let columns = (range::letters(start), range::letters(start + width - 1));
        let output = json!({
            "updated_range": range::block(&found.prefix, (&columns.0, &columns.1), row, rows.len() as u64),
            "updated_rows": rows.len(),
            "spreadsheet": spreadsheet_id(&self.target.spreadsheet).ok()?,
            "table_range": null,
        });
        Some(Landed { output, sent: self.shown(shared, known, rows) })
    }

    fn shown(&self, shared: &Shared, known: &Known, rows: &[Vec<Cell>]) -> Value {
        let asked = write(&self.target, &self.manner, known.columns.start(), rows);
        shown(shared, &self.target.connection, asked).unwrap_or_default()
    }

    /// Writes these rows of these entries.
    async fn write(
        &self,
        shared: &Shared,
        known: &Known,
        waiting: Vec<(usize, Vec<Vec<Cell>>)>,
        deadline: Instant,
    ) -> Vec<(usize, Result<Landed, StepError>)> {
        match self.send(shared, known, &waiting, deadline).await {
            Ok(appended) => {
                let mut row = range::first_row(&appended.updates.updated_range);
                let landed = waiting.into_iter().map(|(place, rows)| {
                    let output = output(&appended, row, rows.len() as u64);
                    row += rows.len() as u64;
                    (place, Ok(Landed { output, sent: self.shown(shared, known, &rows) }))
                });
                landed.collect()
            }
            Err(error) if error.status == Some(400) && waiting.len() > 1 => {
                // Nothing was written, because of the rows of one, as a rule: the others are not to fail with it.
                let mut results = Vec::new();
                for (place, rows) in waiting {
                    results.extend(Box::pin(self.write(shared, known, vec![(place, rows)], deadline)).await);
                }
                results
            }
            Err(error) => self.look_again(shared, known, waiting, error).await,
        }
    }

    async fn send(
        &self,
        shared: &Shared,
        known: &Known,
        waiting: &[(usize, Vec<Vec<Cell>>)],
        deadline: Instant,
    ) -> Result<Appended, StepError> {
        let rows: Vec<Vec<Cell>> = waiting.iter().flat_map(|(_, rows)| rows).cloned().collect();
        let asked = write(&self.target, &self.manner, known.columns.start(), &rows);
        // What is left then is for looking whether they came.
        let timeout = if known.key_place.is_some() { left(deadline) * 3 / 4 } else { left(deadline) };
        let (answer, _): (Incoming, Value) = ask(shared, self.via(timeout), asked).await?;
        read(&answer).map_err(|error| StepError { recovery: Recovery::Retry, ..error })
    }

    /// Whether rows are there of which no answer tells. Those that are not there may be on their way yet: they are not
    /// sent again here.
    async fn look_again(
        &self,
        shared: &Shared,
        known: &Known,
        waiting: Vec<(usize, Vec<Vec<Cell>>)>,
        error: StepError,
    ) -> Vec<(usize, Result<Landed, StepError>)> {
        let found = match known.key_place {
            Some(place) if is_open(&error) => {
                let deadline = Instant::now() + (self.timeout / 4).max(Duration::from_secs(1));
                self.keys(shared, place, deadline).await.unwrap_or_default()
            }
            _ => Found::default(),
        };
        let results = waiting.into_iter().map(|(place, rows)| {
            let landed = self.landed_before(shared, known, &found, &self.entries[place], &rows);
            (place, landed.ok_or_else(|| error.clone()))
        });
        results.collect()
    }
}

/// Whether the failure leaves open if the rows were written.
fn is_open(error: &StepError) -> bool {
    match error.status {
        Some(status) => status >= 500,
        None => error.recovery == Recovery::Retry,
    }
}

/// What the row's cell in the key column holds.
fn key(entry: &Entry, number: usize) -> String {
    if number == 0 { entry.key.clone() } else { format!("{}/{}", entry.key, number + 1) }
}

fn output(appended: &Appended, row: u64, count: u64) -> Value {
    let Updates { updated_range, updated_rows } = &appended.updates;
    let range = if *updated_rows == count {
        updated_range.clone()
    } else {
        range::block(range::prefix(updated_range), range::columns(updated_range), row, count)
    };
    json!({
        "updated_range": range,
        "updated_rows": count,
        "spreadsheet": appended.spreadsheet_id,
        "table_range": appended.table_range,
    })
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
