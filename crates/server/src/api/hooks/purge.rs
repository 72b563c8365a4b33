//! `DELETE /api/v1/hooks/{hook}/requests`

use super::exists;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{delete, web};
use serde::Serialize;
use utoipa::ToSchema;

/// How many requests are gone.
#[derive(Serialize, ToSchema)]
#[schema(as = HookRequestsGone)]
struct Gone {
    /// How many.
    gone: u64,
}

/// Forgets what came to a webhook, and writes over it.
#[utoipa::path(
    tag = "hooks",
    operation_id = "purge_hook_requests",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    responses((status = 200, body = Gone), Refusals)
)]
#[delete("/hooks/{hook}/requests")]
pub(in crate::api) async fn purge(app: web::Data<App>, hook: web::Path<String>) -> Result<web::Json<Gone>, Problem> {
    blocking(move || {
        exists(&hook, &app)?;
        Ok(web::Json(Gone { gone: app.inspector().purge(&hook)? }))
    })
    .await
}
