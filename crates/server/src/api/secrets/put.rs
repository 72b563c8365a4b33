//! `PUT /api/v1/secrets/{name}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A value to keep.
#[derive(Deserialize, ToSchema)]
#[schema(as = SecretChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The value: 4 characters at least. It is not shown again.
    value: String,
}

/// Keeps a secret, new or changed, encrypted. What the file has is changed there alone.
#[utoipa::path(
    tag = "secrets",
    operation_id = "put_secret",
    params(("name" = String, Path, description = "The secret's name: letters, digits, `_` and `-`")),
    request_body = Given,
    responses((status = 204), Refusals)
)]
#[put("/secrets/{name}")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    name: web::Path<String>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    blocking(move || Ok(app.vault().put_secret(&name, &given.value)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
