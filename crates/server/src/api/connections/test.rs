//! `POST /api/v1/connections/test` and `POST /api/v1/connections/{name}/test`

use crate::App;
use crate::error::{Problem, Refusals};
use crate::vault;
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Instant;
use utoipa::ToSchema;

/// Settings to be tested.
#[derive(Deserialize, ToSchema)]
#[schema(as = ConnectionTrial)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The connection that they are to change, whose secrets count where they are left out.
    #[serde(default)]
    name: Option<String>,
    /// The type.
    r#type: String,
    /// The settings.
    fields: Map<String, Value>,
}

/// What came of a test.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionVerdict)]
struct Verdict {
    /// Whether the connection works, as far as can be told without sending anything.
    ok: bool,
    /// Why it does not work: the code with which a step would fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What was found, in a sentence without a final dot.
    message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// How long it took, in milliseconds.
    took_ms: u64,
}

impl Verdict {
    fn since(began: Instant, vault::Verdict { ok, code, message, hint }: vault::Verdict) -> web::Json<Self> {
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        web::Json(Self { ok, code, message, hint, took_ms })
    }
}

/// Tests a connection: logs in or asks for a token where that is possible, and sends nothing to anyone.
#[utoipa::path(
    tag = "connections",
    operation_id = "test_connection",
    params(("name" = String, Path, description = "The connection's name")),
    responses((status = 200, body = Verdict), Refusals)
)]
#[post("/connections/{name}/test")]
pub(in crate::api) async fn kept(app: web::Data<App>, name: web::Path<String>) -> Result<web::Json<Verdict>, Problem> {
    let began = Instant::now();
    Ok(Verdict::since(began, app.vault().test_connection(&name).await?))
}

/// Tests settings without keeping them.
#[utoipa::path(
    tag = "connections",
    operation_id = "try_connection",
    request_body = Given,
    responses((status = 200, body = Verdict), Refusals)
)]
#[post("/connections/test")]
pub(in crate::api) async fn given(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Verdict>, Problem> {
    let began = Instant::now();
    let verdict = app.vault().try_connection(given.name.as_deref(), &given.r#type, &given.fields).await?;
    Ok(Verdict::since(began, verdict))
}
