//! Records as the lines of a file.

use super::charset::encoded;
use super::{Format, KEY_NAMES, VALUE};
use encoding_rs::Encoding;
use run::data_store::{ColumnType, DataRecord, Schema, write};
use serde_json::{Value, json};
use std::collections::HashSet;

/// How many columns a table has at most.
const MOST: usize = 1_000;

/// Which columns a file has.
#[derive(Debug)]
pub(crate) struct Columns {
    key: &'static str,
    columns: Vec<(String, Option<ColumnType>)>,
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) format: Format,
    pub(crate) columns: Columns,
    pub(crate) encoding: &'static Encoding,
}

/// The columns of a store, and then every field that records have beside them; none where there are too many.
pub(crate) fn layout(schema: Option<&Schema>, records: impl Iterator<Item = DataRecord>) -> Option<Columns> {
    let of_schema = schema.into_iter().flat_map(|schema| &schema.columns);
    let mut columns: Vec<_> = of_schema.map(|column| (column.name.clone(), Some(column.r#type))).collect();
    let mut known: HashSet<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    for record in records {
        let names: Vec<&str> = match &record.value {
            Value::Object(fields) => fields.keys().map(String::as_str).collect(),
            _ => vec![VALUE],
        };
        for name in names {
            if !known.contains(name) {
                known.insert(name.to_owned());
                columns.push((name.to_owned(), None));
            }
        }
        if columns.len() > MOST {
            return None;
        }
    }
    let key = KEY_NAMES.into_iter().find(|name| !known.contains(*name))?;
    Some(Columns { key, columns })
}

impl Columns {
    /// Those of a format that has none.
    pub(crate) fn none() -> Self {
        Self { key: KEY_NAMES[0], columns: Vec::new() }
    }
}

impl Sheet {
    /// What stands before the records.
    pub(crate) fn head(&self) -> Vec<u8> {
        if self.format == Format::Jsonl {
            return Vec::new();
        }
        let names = self.columns.columns.iter().map(|(name, _)| name.clone());
        self.csv(std::iter::once([self.columns.key.to_owned()].into_iter().chain(names).collect()))
    }

    /// These records.
    pub(crate) fn lines(&self, records: &[DataRecord]) -> Vec<u8> {
        if self.format == Format::Jsonl {
            let lines = records.iter().map(|record| json!({ "key": record.key, "value": record.value }));
            return lines.map(|line| format!("{line}\n")).collect::<String>().into_bytes();
        }
        self.csv(records.iter().map(|record| {
            let cells = self.columns.columns.iter().map(|(name, column)| cell(&record.value, name, *column));
            [record.key.clone()].into_iter().chain(cells).collect()
        }))
    }

    fn csv(&self, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for row in rows {
            // Rows have equally many cells, and memory takes them all.
            let _ = writer.write_record(&row);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        encoded(String::from_utf8_lossy(&bytes).into_owned(), self.encoding)
    }
}

fn cell(value: &Value, name: &str, column: Option<ColumnType>) -> String {
    let field = match value {
        Value::Object(fields) => fields.get(name),
        other => (name == VALUE).then_some(other),
    };
    match (field, column) {
        (None, _) => String::new(),
        (Some(field), Some(column)) => column.write(field),
        (Some(field), None) => write(field),
    }
}
