//! `GET /api/v1/runs/{id}`

use super::view::Run;
use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};

/// Shows a run: what started it, every step with its input and output, the answer and the end. A value of more than
/// 256 KiB is shown as `{"truncated": BYTES}`.
#[utoipa::path(
    tag = "runs",
    operation_id = "get_run",
    params(("id" = String, Path, description = "The run's id")),
    responses((status = 200, body = Run), Refusals)
)]
#[get("/runs/{id}")]
pub(in crate::api) async fn get(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Run>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let (head, entries) = app.handle().journal(id)?.ok_or_else(unknown)?;
        Ok(web::Json(Run::of(id, &head, &entries, app.handle())))
    })
    .await
}
