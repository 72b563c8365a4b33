//! `PUT /api/v1/stores/{store}/{key}`

use super::{View, act};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{put, web};
use run::data_store::{Condition, Put};
use run::id::Millis;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

/// A value to keep.
#[derive(Deserialize, ToSchema)]
#[schema(as = StoreRecordChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The value, 1 MiB of JSON at most.
    #[serde(deserialize_with = "any")]
    value: Value,
    /// How long the record lives, in seconds; left out: until it is deleted.
    #[serde(default)]
    #[schema(minimum = 1)]
    ttl: Option<u32>,
    /// The revision that the change builds upon, 0 for a new record; left out: whatever is there.
    #[serde(default)]
    revision: Option<u64>,
}

/// Writes a record of a data store, new or in place of the old one.
#[utoipa::path(
    tag = "stores",
    operation_id = "put_store_record",
    params(
        ("store" = String, Path, description = "The store's name: letters, digits, `-` and `_`"),
        ("key" = String, Path, description = "The record's key, percent-encoded"),
    ),
    request_body = Given,
    responses((status = 200, body = View), Refusals)
)]
#[put("/stores/{store}/{key:.+}")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    given: web::Json<Given>,
) -> Result<web::Json<View>, Problem> {
    let (store, key) = path.into_inner();
    let Given { value, ttl, revision } = given.into_inner();
    if ttl == Some(0) {
        return Err(Problem::bad_request("`ttl` is 1 second at least"));
    }
    let put = Put {
        value,
        ttl: ttl.map(|seconds| Millis::from(seconds) * 1_000),
        condition: revision.map(Condition::Revision),
    };
    blocking(move || {
        let act = act(&app);
        let written = app.stores().put(&store, &key, &put, act)?;
        let expires = put.ttl.map(|ttl| act.now + ttl);
        Ok(web::Json(View { key, value: written.value, revision: written.revision, changed: act.now, expires }))
    })
    .await
}

/// A value that must be there, be it null.
fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}
