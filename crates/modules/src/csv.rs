//! `csv.parse` and `csv.create`.

use crate::computed::{Computed, Content, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [
        Computed::<Create>::listed(
            files,
            "csv.create",
            create,
            json!({ "rows": [{ "number": "A1", "total": 6 }], "columns": ["number", "total"] }),
            json!("number,total\nA1,6\n"),
        ),
        Computed::<Parse>::listed(
            files,
            "csv.parse",
            parse,
            json!({ "text": "number;total\nA1;6\n", "separator": ";" }),
            json!([{ "number": "A1", "total": "6" }]),
        ),
    ]
}

/// Writes rows as CSV. The output is the text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The rows: maps, whose keys become the first row; or lists of cells.
    rows: Vec<Value>,
    /// Which keys of the maps are written, in which order; without it all, in alphabetical order.
    columns: Option<Vec<String>>,
    /// What stands between cells: one character, or `tab`.
    #[serde(default = "comma")]
    separator: String,
    /// Whether the first row has the names of the columns.
    #[serde(default = "yes")]
    headers: bool,
    /// Which cells are put in quotes.
    #[serde(default)]
    quote: Quote,
    /// How lines end.
    #[serde(default)]
    line_end: LineEnd,
}

/// Which cells are put in quotes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Quote {
    /// Those that need it.
    #[default]
    Needed,
    /// All.
    Always,
}

/// How lines end.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LineEnd {
    /// As on Linux and macOS.
    #[default]
    Lf,
    /// As on Windows.
    Crlf,
}

/// Reads CSV. The output is the list of its rows: maps with the first row's cells as keys, and texts as values.
///
/// A row that is too short has empty cells; cells beyond the headers are `column_4` and so on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parse {
    /// The CSV: a text, or a file of at most 8 MiB.
    text: Content,
    /// What stands between cells: one character, or `tab`.
    #[serde(default = "comma")]
    separator: String,
    /// `true`: the first row has the names of the columns; `false`: rows are lists; or the names in place of a first
    /// row.
    #[serde(default)]
    headers: Headers,
    /// The character around cells that hold the separator.
    #[serde(default = "double")]
    quote: String,
    /// Whether blanks around cells are left out.
    #[serde(default)]
    trim: bool,
    /// How many rows are left out at the beginning.
    #[serde(default)]
    skip: u32,
    /// The character set of a file, if it is not UTF-8: `big5`, `shift_jis`, `windows-1252`…
    charset: Option<String>,
}

/// Where the names of columns come from.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum Headers {
    /// Whether the first row has them.
    FirstRow(bool),
    /// These.
    Names(Vec<String>),
}

impl Default for Headers {
    fn default() -> Self {
        Self::FirstRow(true)
    }
}

fn create(parameters: Create, _: &Files) -> Result<Value, StepError> {
    let Create { rows, columns, separator, headers, quote, line_end } = parameters;
    let mut options: Map<String, Value> =
        options(json!({ "separator": separator, "headers": headers, "quote": quote, "line_end": line_end }));
    options.extend(columns.map(|columns| ("columns".to_owned(), columns.into())));
    evaluated("to_csv(rows, options)", [("rows", rows.into()), ("options", options.into())])
}

fn parse(parameters: Parse, files: &Files) -> Result<Value, StepError> {
    let Parse { text, separator, headers, quote, trim, skip, charset } = parameters;
    let text = text.text(files, charset.as_deref())?;
    let options = json!({ "separator": separator, "headers": headers, "quote": quote, "trim": trim, "skip": skip });
    evaluated("parse_csv(text, options)", [("text", text.into()), ("options", options)])
}

fn options(options: Value) -> Map<String, Value> {
    if let Value::Object(options) = options { options } else { Map::new() }
}

fn comma() -> String {
    ",".to_owned()
}

fn double() -> String {
    "\"".to_owned()
}

fn yes() -> bool {
    true
}
