//! `DELETE /api/v1/columns/{store}`

use super::none;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Lets the records of a data store hold anything again.
#[utoipa::path(
    tag = "stores",
    operation_id = "delete_store_columns",
    params(("store" = String, Path, description = "The store's name")),
    responses((status = 204, description = "The store has no columns any more"), Refusals)
)]
#[delete("/columns/{store}")]
pub(in crate::api) async fn delete(app: web::Data<App>, store: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || if app.stores().delete_schema(&store)? { Ok(()) } else { Err(none(&store)) }).await?;
    Ok(HttpResponse::NoContent().finish())
}
