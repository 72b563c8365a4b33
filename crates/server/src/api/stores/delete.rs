//! `DELETE /api/v1/stores/{store}/{key}`

use super::{act, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Removes a record of a data store.
#[utoipa::path(
    tag = "stores",
    operation_id = "delete_store_record",
    params(
        ("store" = String, Path, description = "The store's name"),
        ("key" = String, Path, description = "The record's key, percent-encoded"),
    ),
    responses((status = 204, description = "It is gone"), Refusals)
)]
#[delete("/stores/{store}/{key:.+}")]
pub(in crate::api) async fn delete(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (store, key) = path.into_inner();
    blocking(move || {
        let deleted = app.stores().delete(&store, &key, None, act(&app))?;
        if deleted { Ok(()) } else { Err(unknown(&store, &key)) }
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
