//! `DELETE /api/v1/tokens/{id}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Deletes a token: it is good for nothing from now on.
#[utoipa::path(
    tag = "tokens",
    operation_id = "delete_token",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204), Refusals)
)]
#[delete("/tokens/{id}")]
pub(in crate::api) async fn delete(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let was_there = blocking(move || Ok(app.accounts().tokens().delete(&id)?)).await?;
    if was_there { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::not_found("there is no such token")) }
}
