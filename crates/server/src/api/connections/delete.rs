//! `DELETE /api/v1/connections/{name}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Removes a connection that was made in the editor. Steps that name it fail from now on.
#[utoipa::path(
    tag = "connections",
    operation_id = "delete_connection",
    params(("name" = String, Path, description = "The connection's name")),
    responses((status = 204), Refusals)
)]
#[delete("/connections/{name}")]
pub(in crate::api) async fn delete(app: web::Data<App>, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || Ok(app.vault().delete_connection(&name)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
