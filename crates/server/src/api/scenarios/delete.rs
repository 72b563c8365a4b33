//! `DELETE /api/v1/scenarios/{id}`

use super::named;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Removes a scenario. Its runs and their history stay.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "delete_scenario",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 204, description = "It is gone"), Refusals)
)]
#[delete("/scenarios/{id}")]
pub(in crate::api) async fn delete(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    blocking(move || Ok(app.library().delete(&id)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
