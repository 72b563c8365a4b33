//! `GET /api/v1/scenarios/{id}/next`

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::next::Coming;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};

/// Tells when the schedules of a scenario are due next. A scenario that is switched off is told, too.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "next_scenario",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Coming), Refusals)
)]
#[get("/scenarios/{id}/next")]
pub(in crate::api) async fn next(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Coming>, Problem> {
    blocking(move || {
        let entry = app.library().get(&named(&id)?).ok_or_else(|| unknown(&id))?;
        Ok(web::Json(Coming::of(entry.plan.as_deref(), app.handle().clock().now())))
    })
    .await
}
