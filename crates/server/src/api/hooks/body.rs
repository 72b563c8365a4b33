//! `GET /api/v1/hooks/{hook}/requests/{id}/body`

use super::get::find;
use super::unknown;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::decode;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};

/// Downloads the body of a request, as far as it is kept. Fields that carry a credential are masked. It is never shown
/// as a page, whatever it is.
#[utoipa::path(
    tag = "hooks",
    operation_id = "get_hook_request_body",
    params(
        ("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"),
        ("id" = String, Path, description = "The request's id"),
    ),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), Refusals)
)]
#[get("/hooks/{hook}/requests/{id}/body")]
pub(in crate::api) async fn body(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (hook, id) = path.into_inner();
    let (name, bytes) = blocking(move || {
        let capture = find(&app, &hook, &id)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&id))?;
        Ok((format!("attachment; filename=\"request-{}.bin\"", capture.id), record.shown_body().into_owned()))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .body(bytes))
}
