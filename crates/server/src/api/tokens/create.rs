//! `POST /api/v1/tokens`

use crate::App;
use crate::api::blocking::blocking;
use crate::auth::TokenError;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewToken)]
#[serde(deny_unknown_fields)]
struct Given {
    /// What it is for: one line.
    name: String,
}

/// A token, as it is shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeToken)]
struct Made {
    /// By which it is deleted.
    #[schema(value_type = String)]
    id: Arc<str>,
    /// The token itself. It is not kept and cannot be shown again.
    token: String,
}

/// Makes a token that may do everything.
#[utoipa::path(
    tag = "tokens",
    operation_id = "create_token",
    request_body = Given,
    responses((status = 201, body = Made), Refusals)
)]
#[post("/tokens")]
pub(in crate::api) async fn create(app: web::Data<App>, given: web::Json<Given>) -> Result<HttpResponse, Problem> {
    let (id, token) =
        blocking(move || app.accounts().tokens().make(&given.name, app.now()).map_err(Problem::from)).await?;
    Ok(HttpResponse::Created().json(Made { id, token }))
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let detail = error.to_string();
        match error {
            TokenError::Name => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", detail),
            TokenError::TooMany => Self::new(StatusCode::CONFLICT, "too_many", detail),
            TokenError::Store(error) => error.into(),
        }
    }
}
