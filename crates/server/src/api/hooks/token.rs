//! `DELETE /api/v1/hooks/{hook}/token`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, delete, web};

/// Forgets the token that the first caller of a webhook gave, so that the next one is kept.
#[utoipa::path(
    tag = "hooks",
    operation_id = "forget_hook_token",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    responses((status = 204, description = "It is gone, or there was none"), Refusals)
)]
#[delete("/hooks/{hook}/token")]
pub(in crate::api) async fn forget(app: web::Data<App>, hook: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || Ok(app.gateway().intake.tokens.forget(&hook)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
