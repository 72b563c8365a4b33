//! The lines of a file as records to write. A line that cannot be one says why; it does not keep the others out.

use super::charset::decoded;
use super::{Format, KEY_NAMES};
use csv::{ReaderBuilder, StringRecord, StringRecordsIntoIter};
use run::data_store::{ColumnType, Others, Schema, guess};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::io::Cursor;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many columns a table has at most.
const MOST: usize = 1_000;

/// What is told about a file that is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given<'g> {
    pub(crate) format: Format,
    /// The column of keys.
    pub(crate) key: Option<&'g str>,
    pub(crate) new_keys: NewKeys,
    /// What stands between cells; none: what the first line has most of.
    pub(crate) separator: Option<&'g str>,
    pub(crate) charset: Option<&'g str>,
    pub(crate) types: Types,
}

/// What becomes of lines without a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NewKeys {
    /// They are refused.
    #[default]
    Never,
    /// They get one.
    Made,
}

/// What cells are that are in no column of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Types {
    /// Texts.
    #[default]
    Text,
    /// What they look like: a number, true or false, a list or map in JSON, else a text.
    Guess,
}

/// A line that was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    /// Which, from 1.
    pub(crate) number: u64,
    /// The record's key, where there is one.
    pub(crate) key: Option<String>,
    /// What it holds, or why it cannot be a record.
    pub(crate) value: Result<Value, String>,
}

/// The lines of a file, read as they are asked for.
pub(crate) enum Lines {
    Csv(Box<Table>),
    Json { lines: Vec<String>, next: usize, new_keys: NewKeys },
}

/// A table of texts.
pub(crate) struct Table {
    rows: StringRecordsIntoIter<Cursor<Vec<u8>>>,
    /// Up to which byte lines were counted, and how many there were.
    counted: (usize, u64),
    columns: Vec<Target>,
    new_keys: NewKeys,
}

/// What a column of the file is in the store.
enum Target {
    Key,
    Column(String, ColumnType),
    Other(String, Types),
}

impl Lines {
    /// The lines of a file for a store with or without columns; an error where the file as a whole cannot be read.
    pub(crate) fn of(bytes: &[u8], schema: Option<&Schema>, given: Given<'_>) -> Result<Self, String> {
        let text = decoded(bytes, given.charset)?;
        if given.format == Format::Jsonl {
            let lines = text.lines().map(str::to_owned).collect();
            return Ok(Self::Json { lines, next: 0, new_keys: given.new_keys });
        }
        let separator = match given.separator {
            None => likely_separator(&text),
            Some("tab") => b'\t',
            Some(separator) => match separator.as_bytes() {
                [byte] if byte.is_ascii() => *byte,
                _ => return Err(format!("`separator` is {separator:?}; it is one character, or `tab`")),
            },
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .from_reader(Cursor::new(text.into_owned().into_bytes()));
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        let columns = targets(&header, schema, given)?;
        Ok(Self::Csv(Box::new(Table {
            rows: reader.into_records(),
            counted: (0, 1),
            columns,
            new_keys: given.new_keys,
        })))
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        match self {
            Self::Csv(table) => {
                let start = table.rows.reader().position().byte() as usize;
                let next = table.rows.next()?;
                let number = table.number(start);
                Some(match next {
                    Ok(row) => table.line(number, &row),
                    Err(error) => Line { number, key: None, value: Err(error.to_string()) },
                })
            }
            Self::Json { lines, next, new_keys } => loop {
                let text = lines.get(*next)?;
                *next += 1;
                if !text.trim().is_empty() {
                    return Some(json_line(*next as u64, text, *new_keys));
                }
            },
        }
    }
}

impl Table {
    /// The line that begins at this byte, or after the line ends that stand there.
    fn number(&mut self, start: usize) -> u64 {
        let bytes = self.rows.reader().get_ref().get_ref();
        let ends = bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (from, count) = self.counted;
        let count = count + bytes[from..start + ends].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = (start + ends, count);
        count
    }

    fn line(&self, number: u64, row: &StringRecord) -> Line {
        let mut line = Line { number, key: None, value: Err(String::new()) };
        if row.len() > self.columns.len() {
            let (cells, columns) = (row.len(), self.columns.len());
            line.value = Err(format!("the line has {cells} cells, and the first line {columns}"));
            return line;
        }
        let mut fields = Map::new();
        for (position, column) in self.columns.iter().enumerate() {
            let cell = row.get(position).unwrap_or_default();
            match column {
                Target::Key => line.key = Some(cell.to_owned()).filter(|key| !key.is_empty()),
                Target::Column(name, column) => match column.read(cell) {
                    Ok(value) => fields.extend(value.map(|value| (name.clone(), value))),
                    Err(wanted) => {
                        line.value =
                            Err(format!("the column `{name}` takes {wanted}; here it is {:?}", beginning(cell)));
                        return line;
                    }
                },
                Target::Other(name, Types::Text) => {
                    fields.insert(name.clone(), cell.into());
                }
                Target::Other(name, Types::Guess) => fields.extend(guess(cell).map(|value| (name.clone(), value))),
            }
        }
        line.value = Ok(Value::Object(fields));
        keyed(line, self.new_keys)
    }
}

/// What the columns of the first line are in the store.
fn targets(header: &StringRecord, schema: Option<&Schema>, given: Given<'_>) -> Result<Vec<Target>, String> {
    if header.len() > MOST {
        return Err(format!("the first line has {} columns; a table has {MOST} at most", header.len()));
    }
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let key = key_column(&names, given)?;
    let mut seen = HashSet::new();
    let mut columns = Vec::with_capacity(names.len());
    for (position, name) in names.into_iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} has no name in the first line", position + 1));
        }
        if !seen.insert(name) {
            return Err(format!("two columns are called `{name}` in the first line"));
        }
        columns.push(match schema.and_then(|schema| Some((schema, schema.column(name)?))) {
            _ if Some(position) == key => Target::Key,
            Some((_, column)) => Target::Column(name.to_owned(), column.r#type),
            None if schema.is_some_and(|schema| schema.others == Others::Refuse) => {
                return Err(format!("the store has no column `{name}`, which the first line names"));
            }
            None => Target::Other(name.to_owned(), given.types),
        });
    }
    Ok(columns)
}

/// Which column has the keys: the one that is named, else the one that is called so as no field is.
fn key_column(names: &[&str], given: Given<'_>) -> Result<Option<usize>, String> {
    let place = |wanted: &str| names.iter().position(|name| *name == wanted);
    match given.key {
        Some(key) => place(key).map(Some).ok_or_else(|| {
            let names = names.join("`, `");
            format!(
                "no column is called `{}`, which has to have the keys; the first line names `{names}`",
                beginning(key)
            )
        }),
        None => match KEY_NAMES.iter().rev().find_map(|name| place(name)) {
            None if given.new_keys == NewKeys::Never => {
                Err("no column is called `key`: say which one has the keys, or have new keys made".to_owned())
            }
            found => Ok(found),
        },
    }
}

/// Whatever of the usual ones the first line has most of.
fn likely_separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    // Of equally many, the last one wins.
    *[b'\t', b';', b','].iter().max_by_key(|separator| count(separator)).unwrap_or(&b',')
}

fn json_line(number: u64, text: &str, new_keys: NewKeys) -> Line {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        key: Option<String>,
        #[serde(deserialize_with = "any")]
        value: Value,
    }
    match serde_json::from_str(text) {
        Ok(Written { key, value }) => keyed(Line { number, key, value: Ok(value) }, new_keys),
        Err(error) => {
            let reason = format!("the line is no JSON map with `key` and `value`: {error}");
            Line { number, key: None, value: Err(reason) }
        }
    }
}

fn keyed(mut line: Line, new_keys: NewKeys) -> Line {
    match (&line.key, new_keys) {
        (None, NewKeys::Made) => line.key = Some(Uuid::now_v7().to_string()),
        (None, NewKeys::Never) => line.value = Err("the line has no key".to_owned()),
        (Some(_), _) => {}
    }
    line
}

/// A value that must be there, be it null.
fn any<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}

fn beginning(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}
