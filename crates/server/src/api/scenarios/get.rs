//! `GET /api/v1/scenarios/{id}`

use super::view::ScenarioText;
use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};

/// Shows a scenario and its text. The entity tag is its version.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "get_scenario",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = ScenarioText), Refusals)
)]
#[get("/scenarios/{id}")]
pub(in crate::api) async fn get(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || {
        let entry = app.library().get(&named(&id)?).ok_or_else(|| unknown(&id))?;
        Ok((entry.version.clone(), ScenarioText::of(&entry, &app)?))
    })
    .await
    .map(|(version, scenario)| {
        HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", version.0))).json(scenario)
    })
}
