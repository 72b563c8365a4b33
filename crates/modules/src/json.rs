//! `json.parse` and `json.create`.

use crate::computed::{Computed, Content, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [
        Computed::<Create>::listed(
            files,
            "json.create",
            create,
            json!({ "value": { "number": "A1", "total": 6 }, "indent": true }),
            json!("{\n  \"number\": \"A1\",\n  \"total\": 6\n}"),
        ),
        Computed::<Parse>::listed(
            files,
            "json.parse",
            parse,
            json!({ "text": "{\"number\": \"A1\", \"total\": 6}" }),
            json!({ "number": "A1", "total": 6 }),
        ),
    ]
}

/// Writes a value as JSON. The output is the text.
///
/// Keys of maps are in alphabetical order, as in expressions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The value.
    value: Value,
    /// Whether it has line breaks and blanks for people to read.
    #[serde(default)]
    indent: bool,
    /// Whether a list is written with one item to a line, each as JSON of its own (JSON Lines).
    #[serde(default)]
    lines: bool,
}

/// Reads JSON. The output is the value that it says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parse {
    /// The JSON: a text, or a file of at most 8 MiB.
    text: Content,
    /// Whether each line is JSON of its own (JSON Lines); the output is a list.
    #[serde(default)]
    lines: bool,
    /// The part that is wanted, as a JSONPath such as `$.orders[*].number`; the output is the list of what it finds.
    path: Option<String>,
}

fn create(Create { value, indent, lines }: Create, _: &Files) -> Result<Value, StepError> {
    if lines {
        return evaluated("to_json_lines(value)", [("value", value)]);
    }
    let source = if indent { "to_json(value, 2)" } else { "to_json(value)" };
    evaluated(source, [("value", value)])
}

fn parse(Parse { text, lines, path }: Parse, files: &Files) -> Result<Value, StepError> {
    let text = text.text(files, None)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let source = if lines { "parse_json_lines(text)" } else { "parse_json(text)" };
    let value = evaluated(source, [("text", text.into())])?;
    match path {
        Some(path) => evaluated("path(value, query)", [("value", value), ("query", path.into())]),
        None => Ok(value),
    }
}
