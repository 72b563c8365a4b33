//! `GET /api/v1/columns/{store}`

use super::{View, none};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};

/// Shows the columns of a data store.
#[utoipa::path(
    tag = "stores",
    operation_id = "get_store_columns",
    params(("store" = String, Path, description = "The store's name")),
    responses((status = 200, body = View), Refusals)
)]
#[get("/columns/{store}")]
pub(in crate::api) async fn get(app: web::Data<App>, store: web::Path<String>) -> Result<web::Json<View>, Problem> {
    blocking(move || {
        let (revision, schema) = app.stores().schema(&store)?.ok_or_else(|| none(&store))?;
        Ok(web::Json(View::of(schema, revision)))
    })
    .await
}
