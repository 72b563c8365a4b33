//! `POST /api/v1/runs/{id}/cancel`

use super::named;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, post, web};

/// Ends a run, and the runs that it waits for. Calls in flight are given up; what is done stays done.
#[utoipa::path(
    tag = "runs",
    operation_id = "cancel_run",
    params(("id" = String, Path, description = "The run's id")),
    responses((status = 204, description = "The run is over"), Refusals)
)]
#[post("/runs/{id}/cancel")]
pub(in crate::api) async fn cancel(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    app.handle().cancel(named(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
