//! `store.get`.

use super::failure;
use crate::spec::given;
use run::data_store::{Act, DataStores};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Reads a record of a data store. The output has `key`, `value`, `revision` and `found`.
///
/// A record that is not there is the error `not_found`, unless `default` is given: then `value` is the default,
/// `found` is false and `revision` is 0.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`.
    table: String,
    /// The record's key.
    key: String,
    /// What to take where there is no record.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Value")]
    default: Option<Value>,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.get",
        json!({ "table": "customers", "key": "ann@example.com", "default": { "orders": 0 } }),
        json!({ "key": "ann@example.com", "value": { "name": "Ann", "orders": 3 }, "revision": 17, "found": true }),
    )
}

pub(super) fn get(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, key, default } = parameters;
    match (stores.get(&table, &key, act.now).map_err(failure)?, default) {
        (Some(record), _) => {
            Ok(json!({ "key": key, "value": record.value, "revision": record.revision, "found": true }))
        }
        (None, Some(default)) => Ok(json!({ "key": key, "value": default, "revision": 0, "found": false })),
        (None, None) => {
            let message = format!("there is no record {key:?} in the data store `{table}`");
            Err(StepError::permanent("not_found", message).hint("give a `default`, or say `on_error`"))
        }
    }
}
