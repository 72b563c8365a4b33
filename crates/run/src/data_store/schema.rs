//! The columns of a data store, if somebody has said which it has: what a record must hold to be written. What was
//! written before stays as it is.

use super::{DataError, DataStores, kind, shown, table};
use crate::tables::{Expected, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// The table of the columns of stores, by their names.
const SCHEMAS: &str = "data-schemas";
/// How many columns a store may have.
const MOST_COLUMNS: usize = 200;
/// The longest name of a column, in characters.
const LONGEST_NAME: usize = 64;
/// How many columns a message names.
const NAMED: usize = 12;

/// What the records of a store hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The columns, in the order in which people see them.
    pub columns: Vec<Column>,
    /// What becomes of fields that are no columns.
    #[serde(default)]
    pub others: Others,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The name of the field.
    pub name: String,
    /// What it holds.
    pub r#type: ColumnType,
    /// Whether no record may be without it.
    #[serde(default)]
    pub required: bool,
    /// What a record without it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What it is about, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// What a column holds, beside null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A date, or a date and time, as ISO 8601 writes it.
    Time,
    /// Anything.
    Json,
}

/// What becomes of fields that are no columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// The record is refused.
    #[default]
    Refuse,
    /// They are kept.
    Keep,
}

impl DataStores {
    /// The columns of a store and their revision; none where nobody has said which it has.
    pub fn schema(&self, store: &str) -> Result<Option<(u64, Schema)>, DataError> {
        table(store)?;
        let Some(record) = self.tables().get(SCHEMAS, store)? else { return Ok(None) };
        let damaged = |_| StoreError::Corrupt("the columns of a data store are damaged".into());
        Ok(Some((record.revision, serde_json::from_slice(&record.value).map_err(damaged)?)))
    }

    /// Says which columns a store has, from now on, and gives the revision. `upon` is the revision that this builds
    /// upon: 0 where there were none, nothing for whatever there is.
    pub fn put_schema(&self, store: &str, schema: &Schema, upon: Option<u64>) -> Result<u64, DataError> {
        table(store)?;
        schema.check()?;
        let expected = match upon {
            None => Expected::Any,
            Some(0) => Expected::Absent,
            Some(revision) => Expected::Revision(revision),
        };
        self.note(store)?;
        let text = serde_json::to_vec(schema).map_err(|error| DataError::InvalidSchema(error.to_string()))?;
        self.tables().put(SCHEMAS, store, &text, expected).map_err(|error| match error {
            StoreError::Conflict => {
                DataError::Conflict(format!("somebody else changed the columns of `{store}` meanwhile"))
            }
            other => other.into(),
        })
    }

    /// Lets the records of a store hold anything again; whether it had columns.
    pub fn delete_schema(&self, store: &str) -> Result<bool, DataError> {
        table(store)?;
        Ok(self.tables().delete(SCHEMAS, store, Expected::Any)?)
    }
}

impl Schema {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether it makes sense.
    fn check(&self) -> Result<(), DataError> {
        let wrong = |reason: String| Err(DataError::InvalidSchema(reason));
        if self.columns.is_empty() || self.columns.len() > MOST_COLUMNS {
            return wrong(format!("a data store has 1 to {MOST_COLUMNS} columns, not {}", self.columns.len()));
        }
        let mut names = HashSet::new();
        for column in &self.columns {
            let name = &column.name;
            let length = name.chars().count();
            if length == 0 || length > LONGEST_NAME || name.trim() != name || name.chars().any(char::is_control) {
                let name = shown(name);
                return wrong(format!("{name:?} cannot name a column: it takes 1 to {LONGEST_NAME} characters"));
            }
            if !names.insert(name) {
                return wrong(format!("there are two columns `{name}`"));
            }
            let default = column.default.as_ref().filter(|value| !value.is_null());
            if default.is_some_and(|default| !column.r#type.takes(default)) {
                let wanted = column.r#type.wanted();
                return wrong(format!("the default of the column `{name}` is not {wanted}, which its type takes"));
            }
        }
        Ok(())
    }

    /// The value as it is written: with the defaults of columns that it does not have.
    pub(super) fn fit<'v>(&self, key: &str, value: &'v Value) -> Result<Cow<'v, Value>, DataError> {
        let refuse = |what: String| Err(DataError::InvalidRecord(format!("the record `{}`: {what}", shown(key))));
        let Value::Object(given) = value else {
            return refuse(format!("the data store has columns, so it must be a map; it is {}", kind(value)));
        };
        if self.others == Others::Refuse
            && let Some(other) = given.keys().find(|name| self.column(name).is_none())
        {
            return refuse(format!("there is no column `{}`; the columns are {}", shown(other), self.names()));
        }
        let mut missing = Map::new();
        for column in &self.columns {
            let name = &column.name;
            match (given.get(name), &column.default) {
                (None, Some(default)) => {
                    missing.insert(name.clone(), default.clone());
                }
                (None | Some(Value::Null), _) if column.required => {
                    return refuse(format!("the column `{name}` is required, and it has no value"));
                }
                (None | Some(Value::Null), _) => {}
                (Some(value), _) if column.r#type.takes(value) => {}
                (Some(value), _) => {
                    let (found, wanted) = (found(value), column.r#type.wanted());
                    return refuse(format!("the column `{name}` takes {wanted}; here it is {found}"));
                }
            }
        }
        if missing.is_empty() {
            return Ok(Cow::Borrowed(value));
        }
        let mut whole = given.clone();
        whole.extend(missing);
        Ok(Cow::Owned(Value::Object(whole)))
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().take(NAMED).map(|column| format!("`{}`", column.name)).collect();
        let more = if self.columns.len() > NAMED { "…" } else { "" };
        names.join(", ") + more
    }
}

impl ColumnType {
    /// Whether a column of this type can hold the value.
    pub fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::Time => value.as_str().is_some_and(is_time),
            Self::Json => true,
        }
    }

    /// What it takes, for people.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::Time => "a time such as `2026-11-23` or `2026-11-23T08:00:00Z`",
            Self::Json => "any value",
        }
    }
}

/// Whether this is a date or a time as ISO 8601 writes it.
pub(super) fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
}

/// What a value is, for people, with the beginning of a text.
fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text {:?}", shown(text)),
        Value::Number(number) => format!("the number {number}"),
        other => kind(other).to_owned(),
    }
}
