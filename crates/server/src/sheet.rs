//! Data stores as files that people open in a spreadsheet, or keep: CSV, and JSON Lines, which loses nothing.

mod charset;
mod reading;
mod writing;

pub(crate) use charset::named;
pub(crate) use reading::{Given, Line, Lines, NewKeys, Types};
pub(crate) use writing::{Columns, Sheet, layout};

/// What a file is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// Comma-separated values.
    #[default]
    Csv,
    /// One JSON map with `key` and `value` on each line.
    Jsonl,
}

impl Format {
    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

/// What the column of keys is called: the first of these that is no field.
const KEY_NAMES: [&str; 3] = ["key", "_key", "__key"];

/// The column of values that are no maps.
const VALUE: &str = "value";

#[cfg(test)]
mod tests;
