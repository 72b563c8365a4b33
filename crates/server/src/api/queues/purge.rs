//! `POST /api/v1/scenarios/{id}/queue/purge`

use super::known;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use serde::Serialize;
use utoipa::ToSchema;

/// What a purge has done.
#[derive(Serialize, ToSchema)]
struct Purged {
    /// How many runs were cancelled.
    cancelled: u64,
}

/// Cancels every run that waits and has not begun. Answers once all are cancelled, on disk.
#[utoipa::path(
    tag = "queues",
    operation_id = "purge_queue",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Purged), Refusals)
)]
#[post("/scenarios/{id}/queue/purge")]
pub(in crate::api) async fn purge(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Purged>, Problem> {
    let looking = app.clone();
    let id = blocking(move || known(&looking, &id)).await?;
    Ok(web::Json(Purged { cancelled: app.handle().purge(&id).await? }))
}
