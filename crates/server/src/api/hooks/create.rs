//! `POST /api/v1/hooks`

use super::list::{Hook, is_known};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, post, web};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use triggers::webhook::path::unguessable;
use utoipa::ToSchema;

/// A new bin.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewBin)]
#[serde(deny_unknown_fields)]
struct Given {
    /// Its path below `/hook/`; left out: one that nobody can guess.
    #[serde(default)]
    path: Option<String>,
}

/// Makes a bin: a webhook without a scenario, which takes any request, keeps it, and answers 200.
#[utoipa::path(
    tag = "hooks",
    operation_id = "create_bin",
    request_body = Given,
    responses((status = 201, body = Hook), Refusals)
)]
#[post("/hooks")]
pub(in crate::api) async fn create(app: web::Data<App>, given: web::Json<Given>) -> Result<HttpResponse, Problem> {
    let path = given.into_inner().path.unwrap_or_else(|| unguessable(rand::random()));
    let path = path.trim_matches('/').to_owned();
    let place = format!("/api/v1/hooks/{}/requests", utf8_percent_encode(&path, NON_ALPHANUMERIC));
    let hook = blocking(move || {
        if is_known(&path, &app) {
            let detail = format!("there is a webhook with the path `{path}` already");
            return Err(Problem::new(StatusCode::CONFLICT, "exists", detail));
        }
        app.inspector().make_bin(&path, app.now())?;
        Ok(Hook::bin(&path, &app, None))
    })
    .await?;
    Ok(HttpResponse::Created().insert_header((header::LOCATION, place)).json(hook))
}
