//! `DELETE /api/v1/secrets/{name}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Removes a secret that was made in the editor. What names it fails from now on.
#[utoipa::path(
    tag = "secrets",
    operation_id = "delete_secret",
    params(("name" = String, Path, description = "The secret's name")),
    responses((status = 204), Refusals)
)]
#[delete("/secrets/{name}")]
pub(in crate::api) async fn delete(app: web::Data<App>, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || Ok(app.vault().delete_secret(&name)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
