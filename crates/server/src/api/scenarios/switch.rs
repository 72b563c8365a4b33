//! `POST /api/v1/scenarios/{id}/enable` and `…/disable`

use super::named;
use super::view::ScenarioText;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::library::Switch;
use actix_web::{post, web};

/// Switches a scenario on: its triggers start runs.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "enable_scenario",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = ScenarioText), Refusals)
)]
#[post("/scenarios/{id}/enable")]
pub(in crate::api) async fn enable(
    app: web::Data<App>,
    id: web::Path<String>,
) -> Result<web::Json<ScenarioText>, Problem> {
    switch(app, &id, Switch::On).await
}

/// Switches a scenario off: its triggers start no more runs. Those that have begun go on.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "disable_scenario",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = ScenarioText), Refusals)
)]
#[post("/scenarios/{id}/disable")]
pub(in crate::api) async fn disable(
    app: web::Data<App>,
    id: web::Path<String>,
) -> Result<web::Json<ScenarioText>, Problem> {
    switch(app, &id, Switch::Off).await
}

async fn switch(app: web::Data<App>, id: &str, enabled: Switch) -> Result<web::Json<ScenarioText>, Problem> {
    let id = named(id)?;
    blocking(move || {
        let entry = app.library().switch(&id, enabled)?;
        Ok(web::Json(ScenarioText::of(&entry, &app)?))
    })
    .await
}
