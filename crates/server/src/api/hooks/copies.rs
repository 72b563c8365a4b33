//! `GET /api/v1/hooks/{hook}/requests/{id}/as/{form}`

use super::again::whole;
use super::get::find;
use super::unknown;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{Form, copy, decode};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get, web};

/// Copies a request in the words of another program: a command for `curl` or `httpie`, a call of `fetch`, or the request
/// itself as `http`. What is in the request stays data there. What carries a credential is masked. A
/// request of which not all was kept is not copied (409 `incomplete`).
#[utoipa::path(
    tag = "hooks",
    operation_id = "copy_hook_request",
    params(
        ("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"),
        ("id" = String, Path, description = "The request's id"),
        ("form" = String, Path, description = "`curl`, `httpie`, `fetch` or `http`"),
    ),
    responses((status = 200, content_type = "text/plain", body = String), Refusals)
)]
#[get("/hooks/{hook}/requests/{id}/as/{form}")]
pub(in crate::api) async fn copied(
    app: web::Data<App>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (hook, id, form) = path.into_inner();
    let form = Form::of(&form).ok_or_else(|| Problem::not_found("there is `as/curl`, `httpie`, `fetch` and `http`"))?;
    let text = blocking(move || {
        let capture = find(&app, &hook, &id)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&id))?;
        whole(&record, "copied")?;
        copy(&record, app.base(), form)
            .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "uncopiable", error.to_string()))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .body(text))
}
