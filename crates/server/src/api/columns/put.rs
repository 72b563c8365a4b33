//! `PUT /api/v1/columns/{store}`

use super::{ColumnView, OthersView, View};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{put, web};
use run::data_store::Schema;
use serde::Deserialize;
use utoipa::ToSchema;

/// Columns for a data store.
#[derive(Deserialize, ToSchema)]
#[schema(as = StoreColumnsChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The columns, 1 to 200, in order.
    columns: Vec<ColumnView>,
    /// What becomes of fields that are no columns; left out: the record is refused.
    #[serde(default)]
    #[schema(required = false)]
    others: OthersView,
    /// The revision that the change builds upon, 0 where there were no columns; left out: whatever is there.
    #[serde(default)]
    revision: Option<u64>,
}

/// Says which columns a data store has, and makes the store if it is new. From then on a record that does not hold what
/// they take is refused; those that are there stay as they are.
#[utoipa::path(
    tag = "stores",
    operation_id = "put_store_columns",
    params(("store" = String, Path, description = "The store's name: letters, digits, `-` and `_`")),
    request_body = Given,
    responses((status = 200, body = View), Refusals)
)]
#[put("/columns/{store}")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    store: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<View>, Problem> {
    let Given { columns, others, revision } = given.into_inner();
    let schema = Schema { columns: columns.into_iter().map(Into::into).collect(), others: others.into() };
    blocking(move || {
        let revision = app.stores().put_schema(&store, &schema, revision)?;
        Ok(web::Json(View::of(schema, revision)))
    })
    .await
}
