//! `store.delete`.

use super::condition::If;
use super::failure;
use run::data_store::{Act, Condition, DataStores};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Removes a record of a data store. The output has `key` and `deleted`, which is false where there was none.
///
/// With `if`, a record that is not as it must be is the error `conflict`, and nothing is removed. A step that is run
/// again after a crash removes once: a record that was made since stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`.
    table: String,
    /// The record's key.
    key: String,
    /// What the record must be like: `present`, `{ revision: N }` or `{ value: V }`.
    r#if: Option<If>,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.delete",
        json!({ "table": "customers", "key": "ann@example.com" }),
        json!({ "key": "ann@example.com", "deleted": true }),
    )
}

pub(super) fn delete(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, key, r#if } = parameters;
    let condition = r#if.map(Condition::from);
    let deleted = stores.delete(&table, &key, condition.as_ref(), act).map_err(failure)?;
    Ok(json!({ "key": key, "deleted": deleted }))
}
