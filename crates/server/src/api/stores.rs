//! Data stores: the tables that scenarios read and write, record by record.

pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;
pub(super) mod records;

use crate::App;
use crate::error::Problem;
use actix_web::http::StatusCode;
use run::data_store::{Act, DataRecord, Filter};
use run::id::Millis;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A record of a data store.
#[derive(Serialize, ToSchema)]
#[schema(as = StoreRecord)]
pub(super) struct View {
    /// Its key.
    key: String,
    /// What it holds.
    value: Value,
    /// Grows with each change of the record.
    revision: u64,
    /// When it was last changed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    changed: Millis,
    /// When it expires, in milliseconds since 1970; null: never.
    #[schema(value_type = Option<i64>)]
    expires: Option<Millis>,
}

impl From<DataRecord> for View {
    fn from(record: DataRecord) -> Self {
        let DataRecord { key, value, revision, changed, expires } = record;
        Self { key, value, revision, changed, expires }
    }
}

/// A change by a person: each is one of its own.
fn act(app: &App) -> Act<'static> {
    Act { now: app.now(), idempotency_key: None }
}

/// What a query says of the records that are meant.
pub(super) fn filter(text: Option<&str>) -> Result<Filter, Problem> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Filter::default()) };
    let wanted: Value = serde_json::from_str(text)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "invalid_parameters", format!("`where`: {error}")))?;
    Ok(Filter::any(&wanted)?)
}

fn unknown(store: &str, key: &str) -> Problem {
    Problem::not_found(format!("there is no record {key:?} in the data store `{store}`"))
}
