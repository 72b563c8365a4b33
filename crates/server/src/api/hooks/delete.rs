//! `DELETE /api/v1/hooks/{hook}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Removes a bin with all that it has kept. The webhook of a scenario goes with its scenario's text.
#[utoipa::path(
    tag = "hooks",
    operation_id = "delete_bin",
    params(("hook" = String, Path, description = "The bin's path, percent-encoded as one segment")),
    responses((status = 204, description = "It is gone"), Refusals)
)]
#[delete("/hooks/{hook}")]
pub(in crate::api) async fn delete(app: web::Data<App>, hook: web::Path<String>) -> Result<HttpResponse, Problem> {
    let hook = hook.into_inner();
    blocking(move || {
        if app.inspector().remove_bin(&hook)? {
            return Ok(());
        }
        Err(Problem::not_found(format!("there is no bin with the path `{hook}`")))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
