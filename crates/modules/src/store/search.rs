//! `store.search`.

use super::condition::Where;
use super::failure;
use crate::spec::invalid;
use run::data_store::{Act, DataStores, Order, Query};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many records one search gives at most.
const MOST: usize = 1_000;

/// Finds records of a data store. The output has `items`, a list of records with `key`, `value` and `revision`, and
/// `next`: where it is not null there is more, and the same search with `after` set to it goes on.
///
/// Records come in the order of their keys, or sorted as `order` says. Every record that is looked at is read:
/// a `prefix` of keys that were chosen well is what makes a search of a large store quick.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The data store: letters, digits, `-` and `_`.
    table: String,
    /// What the keys start with.
    #[serde(default)]
    prefix: String,
    /// What the records hold, field by field: a value, or tests such as `{ gt: 100 }`. The tests are `is`, `not`,
    /// `gt`, `gte`, `lt`, `lte`, `in`, `not_in`, `contains`, `not_contains`, `starts_with`, `ends_with` and `exists`; a
    /// field may be a path (`address.city`). A list of such maps: the records that fit one of them.
    #[serde(default)]
    r#where: Where,
    /// How many records to give at most.
    #[serde(default = "usual")]
    #[schemars(range(min = 1, max = 1000))]
    limit: usize,
    /// Only records that come after the one of this key: the `next` of an earlier search.
    after: Option<String>,
    /// The fields to sort by, with a `-` before one for the highest first: `total`, `-total`, `-total,name`.
    order: Option<String>,
}

pub(super) fn spec() -> Arc<ModuleSpec> {
    super::spec::<Parameters>(
        "store.search",
        json!({ "table": "orders", "where": { "status": "open", "total": { "gt": 100 } }, "order": "-total" }),
        json!({
            "items": [{ "key": "A1", "value": { "status": "open", "total": 120 }, "revision": 18 }],
            "next": null,
        }),
    )
}

pub(super) fn search(stores: &DataStores, parameters: Parameters, act: Act<'_>) -> Result<Value, StepError> {
    let Parameters { table, prefix, r#where, limit, after, order } = parameters;
    if !(1..=MOST).contains(&limit) {
        return Err(invalid(format!("`limit` is {limit}; it goes from 1 to {MOST}")));
    }
    let order = order.as_deref().map(Order::read).transpose().map_err(failure)?;
    let filter = r#where.filter()?;
    let query = Query { prefix, filter, after, limit, order };
    let page = stores.search(&table, &query, act.now).map_err(failure)?;
    let items = page.items.into_iter();
    let items = items.map(|record| json!({ "key": record.key, "value": record.value, "revision": record.revision }));
    Ok(json!({ "items": items.collect::<Vec<_>>(), "next": page.next }))
}

fn usual() -> usize {
    100
}
