//! `POST /api/v1/check`

use super::blocking::blocking;
use super::diagnostic::Diagnostic;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A scenario's text.
#[derive(Deserialize, ToSchema)]
#[schema(as = CheckRequest)]
struct Given {
    /// The text.
    text: String,
}

/// What is wrong with it.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckResult)]
struct Findings {
    /// The findings, in the order of the text.
    diagnostics: Vec<Diagnostic>,
}

/// Checks a scenario's text without keeping it.
#[utoipa::path(tag = "scenarios", request_body = Given, responses((status = 200, body = Findings), Refusals))]
#[post("/check")]
pub(super) async fn check(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Findings>, Problem> {
    blocking(move || {
        let diagnostics = app.library().check(&given.text).iter().map(Diagnostic::from).collect();
        Ok(web::Json(Findings { diagnostics }))
    })
    .await
}
