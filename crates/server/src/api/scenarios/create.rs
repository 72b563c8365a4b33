//! `POST /api/v1/scenarios`

use super::draft::published;
use super::view::ScenarioText;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::library::Basis;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, post, web};
use run::id::{InvalidScenarioId, ScenarioId};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new scenario.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewScenario)]
struct Given {
    /// Its id: 1 to 100 letters, digits, `-`, `_` or `.`, not starting with a dot.
    id: String,
    /// Its text.
    text: String,
}

/// Makes a scenario. A text with errors is not taken.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "create_scenario",
    request_body = Given,
    responses((status = 201, body = ScenarioText), Refusals)
)]
#[post("/scenarios")]
pub(in crate::api) async fn create(app: web::Data<App>, given: web::Json<Given>) -> Result<HttpResponse, Problem> {
    let id: ScenarioId = given.id.parse().map_err(|error: InvalidScenarioId| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_id", error.to_string())
    })?;
    let place = format!("/api/v1/scenarios/{id}");
    let scenario = blocking(move || {
        let entry = app.library().put(&id, &given.text, &Basis::Nothing)?;
        published(&app, &id, &given.text, None);
        ScenarioText::of(&entry, &app)
    })
    .await?;
    Ok(HttpResponse::Created().insert_header((header::LOCATION, place)).json(scenario))
}
