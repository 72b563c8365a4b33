//! `GET /api/v1/scenarios`

use super::view::Scenario;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// All scenarios.
#[derive(Serialize, ToSchema)]
struct Scenarios {
    /// The scenarios, by id.
    items: Vec<Scenario>,
}

/// Lists all scenarios.
#[utoipa::path(tag = "scenarios", operation_id = "list_scenarios", responses((status = 200, body = Scenarios), Refusals))]
#[get("/scenarios")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Scenarios>, Problem> {
    blocking(move || {
        let items: Result<_, Problem> = app.library().list().iter().map(|entry| Scenario::of(entry, &app)).collect();
        Ok(web::Json(Scenarios { items: items? }))
    })
    .await
}
