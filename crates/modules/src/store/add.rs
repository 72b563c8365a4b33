//! `store.add`.

use super::failure;
use crate::ttl::{TextOrNumber, Ttl};
use run::data_store::{Act, Add, DataStores};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, Value, json};
use std::sync::Arc;

/// Adds to a number in a data store, however many runs do so at once. The output has `key`, `value` (the sum),
/// `revision` and `created`.
///
/// A record that is not there begins at 0. With `ttl` it lives that long from its first count on, which makes a
/// window: `{ key: "{{ trigger.ip }}", ttl: 1m }` counts the calls of a minute. A step that is run again after a crash
/// counts once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`.
    table: String,
    /// The record's key.
    key: String,
    /// How much to add; below zero to take away.
    #[serde(default = "one")]
    #[schemars(with = "f64")]
    by: Number,
    /// The field to add to, where the record is a map: `visits`, or a path such as `visits.today`.
    field: Option<String>,
    /// How long a record that is made by this lives (`1m`, `24h`); one that is there keeps its time.
    #[schemars(with = "Option<TextOrNumber>")]
    ttl: Option<Ttl>,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.add",
        json!({ "table": "calls", "key": "203.0.113.7", "by": 1, "ttl": "1m" }),
        json!({ "key": "203.0.113.7", "value": 3, "revision": 19, "created": false }),
    )
}

pub(super) fn add(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, key, by, field, ttl } = parameters;
    let ttl = ttl.as_ref().map(Ttl::milliseconds).transpose()?;
    let added = stores.add(&table, &key, &Add { by, field, ttl }, act).map_err(failure)?;
    Ok(json!({ "key": key, "value": added.number, "revision": added.revision, "created": added.created }))
}

fn one() -> Number {
    1.into()
}
