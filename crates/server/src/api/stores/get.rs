//! `GET /api/v1/stores/{store}/{key}`

use super::{View, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};

/// Shows a record of a data store.
#[utoipa::path(
    tag = "stores",
    operation_id = "get_store_record",
    params(
        ("store" = String, Path, description = "The store's name"),
        ("key" = String, Path, description = "The record's key, percent-encoded"),
    ),
    responses((status = 200, body = View), Refusals)
)]
#[get("/stores/{store}/{key:.+}")]
pub(in crate::api) async fn get(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<View>, Problem> {
    blocking(move || {
        let (store, key) = path.into_inner();
        let record = app.stores().get(&store, &key, app.now())?;
        Ok(web::Json(View::from(record.ok_or_else(|| unknown(&store, &key))?)))
    })
    .await
}
