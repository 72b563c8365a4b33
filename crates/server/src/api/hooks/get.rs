//! `GET /api/v1/hooks/{hook}/requests/{id}`

use super::capture::Whole;
use super::{number, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::decode;
use actix_web::{get, web};
use engine::captures::Capture;

/// Shows a request to a webhook, whole. What carries a credential is masked.
#[utoipa::path(
    tag = "hooks",
    operation_id = "get_hook_request",
    params(
        ("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"),
        ("id" = String, Path, description = "The request's id"),
    ),
    responses((status = 200, body = Whole), Refusals)
)]
#[get("/hooks/{hook}/requests/{id}")]
pub(in crate::api) async fn get(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<Whole>, Problem> {
    let (hook, id) = path.into_inner();
    blocking(move || {
        let capture = find(&app, &hook, &id)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&id))?;
        Ok(web::Json(Whole::of(&capture, &record)))
    })
    .await
}

/// The request of this name. Blocks for the disk.
pub(in crate::api) fn find(app: &App, hook: &str, id: &str) -> Result<Capture, Problem> {
    app.inspector().get(hook, number(id)?)?.ok_or_else(|| unknown(id))
}
