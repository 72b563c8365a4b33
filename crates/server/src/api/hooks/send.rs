//! `POST /api/v1/hooks/{hook}/requests/send`

use super::again::{Parcel, Told, field};
use super::get::find;
use super::{exists, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{curl, decode};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{post, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to be sent. What is left out is as in `of`, or in `curl`.
#[derive(Deserialize, ToSchema)]
#[schema(as = HookSend)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The kept request that is changed.
    #[serde(default)]
    of: Option<String>,
    /// A line for `curl`, as browsers, Postman and other programs copy a request. Its address counts from `/hook/` on;
    /// where it has none, the webhook's own path is taken, with its query.
    #[serde(default)]
    curl: Option<String>,
    /// The method; POST without `of` and `curl`.
    #[serde(default)]
    method: Option<String>,
    /// The path below `/hook/`; the webhook's own without `of`, where nothing in it is left open.
    #[serde(default)]
    path: Option<String>,
    /// What stands behind the `?`.
    #[serde(default)]
    query: Option<String>,
    /// Names and values, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    headers: Option<Vec<(String, String)>>,
    /// The body, as text.
    #[serde(default)]
    body: Option<String>,
    /// The body, as base64.
    #[serde(default)]
    body_base64: Option<String>,
}

/// Sends a request to a webhook, new or a kept one that was changed: without verification, and never as a repeat. It is
/// kept as any other.
#[utoipa::path(
    tag = "hooks",
    operation_id = "send_hook_request",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    request_body = Given,
    responses((status = 200, body = Told), Refusals)
)]
#[post("/hooks/{hook}/requests/send")]
pub(in crate::api) async fn send(
    app: web::Data<App>,
    hook: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Told>, Problem> {
    let (hook, given) = (hook.into_inner(), given.into_inner());
    let reader = app.clone();
    let (given, base) = blocking(move || {
        exists(&hook, &reader)?;
        let base = base(&reader, &hook, given.of.as_deref(), given.curl.as_deref())?;
        Ok((given, base))
    })
    .await?;
    Ok(web::Json(given.change(base)?.send(&app).await))
}

/// What is changed: a kept request, the request of a line, or an empty one. Blocks for the disk.
fn base(app: &App, hook: &str, of: Option<&str>, line: Option<&str>) -> Result<Parcel, Problem> {
    match (of, line) {
        (Some(_), Some(_)) => Err(Problem::bad_request("`of` and `curl` exclude each other")),
        (None, Some(line)) => of_line(hook, line),
        (Some(id), None) => {
            let capture = find(app, hook, id)?;
            let record = decode(&capture.bytes).ok_or_else(|| unknown(id))?;
            Parcel::of(capture.id, &record)
        }
        (None, None) => Ok(Parcel {
            method: "POST".to_owned(),
            target: format!("/hook/{hook}"),
            headers: Vec::new(),
            body: Bytes::new(),
            of: None,
        }),
    }
}

/// The request that a line for `curl` makes.
fn of_line(hook: &str, line: &str) -> Result<Parcel, Problem> {
    let request =
        curl::parse(line).map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_curl", error))?;
    let own = format!("/hook/{hook}");
    let path = request.path().filter(|path| path.starts_with("/hook/")).unwrap_or(&own);
    Ok(Parcel {
        target: target(path, None, request.query()),
        headers: request.headers.iter().map(|(name, value)| field(name, value)).collect::<Result<_, _>>()?,
        method: request.method,
        body: request.body.into(),
        of: None,
    })
}

impl Given {
    fn change(self, mut parcel: Parcel) -> Result<Parcel, Problem> {
        if let Some(method) = self.method {
            parcel.method = method.to_ascii_uppercase();
        }
        if let Some(headers) = self.headers {
            parcel.headers = headers.iter().map(|(name, value)| field(name, value)).collect::<Result<_, _>>()?;
        }
        parcel.body = match (self.body, self.body_base64) {
            (Some(_), Some(_)) => return Err(Problem::bad_request("`body` and `body_base64` exclude each other")),
            (Some(text), None) => text.into(),
            (None, Some(encoded)) => BASE64_STANDARD
                .decode(encoded)
                .map_err(|error| Problem::bad_request(format!("`body_base64` is no base64: {error}")))?
                .into(),
            (None, None) => parcel.body,
        };
        parcel.target = target(&parcel.target, self.path.as_deref(), self.query.as_deref());
        sendable(parcel)
    }
}

/// The target with another path or query.
fn target(before: &str, path: Option<&str>, query: Option<&str>) -> String {
    let (old_path, old_query) = before.split_once('?').map_or((before, None), |(path, query)| (path, Some(query)));
    let path = path.map_or(old_path.to_owned(), |path| format!("/hook/{}", path.trim_start_matches('/')));
    match query.or(old_query).filter(|query| !query.is_empty()) {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

/// The request, if one can be so.
fn sendable(parcel: Parcel) -> Result<Parcel, Problem> {
    let wrong = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail);
    if Method::from_bytes(parcel.method.as_bytes()).is_err() {
        return Err(wrong(format!("{:?} is no method", parcel.method)));
    }
    let path = parcel.target.split('?').next().unwrap_or_default();
    if path.contains(['{', '}']) {
        return Err(wrong("the webhook leaves a part of its path open: give `path`".to_owned()));
    }
    match parcel.target.replace('•', "%E2%80%A2").parse::<Uri>() {
        Ok(_) => Ok(Parcel { target: parcel.target.replace('•', "%E2%80%A2"), ..parcel }),
        Err(error) => Err(wrong(format!("no request has such a path and query: {error}"))),
    }
}
