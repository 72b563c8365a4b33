//! `GET /api/v1/hooks/{hook}/requests/{id}/body`

use super::get::find;
use super::unknown;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{Record, decode};
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, get, web};

/// How many bytes of a body are there, of how many that came.
const KEPT: HeaderName = HeaderName::from_static("hookmill-kept");

/// Downloads the body of a request, as far as it is kept. Where that is not all, `hookmill-kept` says how much it
/// is, as `1048576 of 3145728`. Fields that carry a credential are masked. It is never shown as a page, whatever it is.
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
    let (name, bytes, kept) = blocking(move || {
        let capture = find(&app, &hook, &id)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&id))?;
        let body = record.shown_body().into_owned();
        Ok((format!("attachment; filename=\"request-{}.bin\"", capture.id), body, kept(&record)))
    })
    .await?;
    let mut answer = HttpResponse::Ok();
    if let Some(kept) = kept {
        answer.insert_header((KEPT, kept));
    }
    Ok(answer
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .body(bytes))
}

/// How much of a body is there, where it is not all. Of a compressed one that breaks off, nothing can be shown.
fn kept(record: &Record<'_>) -> Option<String> {
    let kept = if record.shown_body().is_empty() { 0 } else { record.body.0.len() };
    (!record.is_whole()).then(|| format!("{kept} of {}", record.body_length))
}
