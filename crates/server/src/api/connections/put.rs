//! `PUT /api/v1/connections/{name}`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A connection, as a form sends it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ConnectionChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// Its type.
    r#type: String,
    /// Its settings. A secret one that is left out stays as it was; any other that is left out is gone.
    fields: Map<String, Value>,
}

/// Keeps a connection, new or changed, encrypted. What the file has is changed there alone.
#[utoipa::path(
    tag = "connections",
    operation_id = "put_connection",
    params(("name" = String, Path, description = "The connection's name")),
    request_body = Given,
    responses((status = 204), Refusals)
)]
#[put("/connections/{name}")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    name: web::Path<String>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    blocking(move || Ok(app.vault().put_connection(&name, &given.r#type, &given.fields)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}
