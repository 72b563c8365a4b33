//! `js.run`: JavaScript as n8n's Code node runs it, for scenarios that come from there.

mod engine;

use crate::computed::Computed;
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The module.
pub(crate) fn module(files: &Files) -> Arc<dyn Module> {
    Computed::<Run>::listed(
        files,
        "js.run",
        run_code,
        json!({
            "items": [{ "price": 3, "pieces": 2 }, { "price": 5, "pieces": 1 }],
            "code": "return items.map(({ json }) => ({ json: { total: json.price * json.pieces } }))"
        }),
        json!([{ "total": 6 }, { "total": 5 }]),
    )
}

/// Runs JavaScript as n8n's Code node does. The output is what the code returns; of n8n's items, `{ json: … }`, it is what
/// stands in `json`.
///
/// The code is the body of a function: `return` gives the result. It finds `items`, `$input`, `$json`, `$('Name')`,
/// `$node["Name"]` and a `DateTime` in UTC. It has no files, no network and no packages, 10 seconds and 64 MiB.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Run {
    /// The code: `return items.length`.
    #[serde(skip_serializing)]
    code: String,
    /// What `items`, `$input` and `$json` are: a list of values, or one value.
    #[serde(default)]
    items: Value,
    /// What `$('Name')` and `$node["Name"]` give: for each name a list of values, or one value.
    #[serde(default)]
    nodes: Map<String, Value>,
    /// How often the code runs: `once` for all items, or once for `each`; then the output is the list of what it gives,
    /// or what it gives where `items` is one value.
    #[serde(default)]
    mode: Mode,
    /// Whether the output is the first of the items that the code returns, for code that returns one.
    #[serde(default, skip_serializing)]
    first: bool,
}

/// How often the code runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// Once, for all items.
    #[default]
    Once,
    /// Once for each item.
    Each,
}

fn run_code(run: Run, _: &Files) -> Result<Value, StepError> {
    let given =
        serde_json::to_string(&run).map_err(|error| StepError::permanent("invalid_parameters", error.to_string()))?;
    match engine::result(&run.code, &given)? {
        Value::Array(items) if run.first => Ok(items.into_iter().next().unwrap_or_default()),
        result => Ok(result),
    }
}
