//! `store.count`.

use super::condition::Where;
use super::failure;
use run::data_store::{Act, DataStores};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many records are counted at most.
const MOST: usize = 1_000_000;

/// Counts records of a data store. The output has `count`. Every record is looked at, which takes its time in a large
/// store; more than a million is an error.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`.
    table: String,
    /// What the keys start with.
    #[serde(default)]
    prefix: String,
    /// What the records hold, as in `store.search`.
    #[serde(default)]
    r#where: Where,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.count",
        json!({ "table": "orders", "where": { "status": "open" } }),
        json!({ "count": 12 }),
    )
}

pub(super) fn count(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, prefix, r#where } = parameters;
    let filter = r#where.filter()?;
    let count = stores.count(&table, &prefix, &filter, MOST + 1, act.now).map_err(failure)?;
    if count > MOST {
        let message = format!("the data store `{table}` has more than {MOST} records");
        return Err(StepError::permanent("too_large", message).hint("narrow it down with `prefix`"));
    }
    Ok(json!({ "count": count }))
}
