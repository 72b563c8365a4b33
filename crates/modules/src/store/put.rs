//! `store.put`.

use super::condition::If;
use super::failure;
use crate::ttl::{TextOrNumber, Ttl};
use run::data_store::{Act, DataStores, Put};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Writes a record of a data store, new or in place of the old one. The output has `key`, `value`, `revision` and
/// `created`, which is true where there was no record before.
///
/// With `if`, a record that is not as it must be is the error `conflict`, and nothing is written: so that of two runs
/// only one makes a record, or neither overwrites what the other wrote. A step that is run again after a crash writes
/// once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`. It is made by its first record.
    table: String,
    /// The record's key: any text of 1 to 512 bytes.
    key: String,
    /// What to keep: any value, 1 MiB of JSON at most.
    value: Value,
    /// How long the record lives (`90s`, `15m`, `30d`, or a number of seconds). Without it: until it is deleted.
    #[schemars(with = "Option<TextOrNumber>")]
    ttl: Option<Ttl>,
    /// What the record must be like before: `absent`, `present`, `{ revision: N }` or `{ value: V }`.
    r#if: Option<If>,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.put",
        json!({
            "table": "seen-orders",
            "key": "A1",
            "value": { "total": 6 },
            "ttl": "30d",
            "if": "absent",
        }),
        json!({ "key": "A1", "value": { "total": 6 }, "revision": 18, "created": true }),
    )
}

pub(super) fn put(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, key, value, ttl, r#if } = parameters;
    let ttl = ttl.as_ref().map(Ttl::milliseconds).transpose()?;
    let put = Put { value, ttl, condition: r#if.map(Into::into) };
    let written = stores.put(&table, &key, &put, act).map_err(failure)?;
    Ok(json!({ "key": key, "value": written.value, "revision": written.revision, "created": written.created }))
}
