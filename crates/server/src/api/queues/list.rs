//! `GET /api/v1/queues`

use super::view::Queue;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The queues of all scenarios.
#[derive(Serialize, ToSchema)]
struct Queues {
    /// One for each scenario, by id.
    items: Vec<Queue>,
}

/// Lists what waits and what is under way, by scenario.
#[utoipa::path(
    tag = "queues",
    operation_id = "list_queues",
    responses((status = 200, body = Queues), Refusals)
)]
#[get("/queues")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Queues>, Problem> {
    let queues = app.handle().queues();
    Ok(web::Json(Queues { items: queues.iter().map(|(scenario, view)| Queue::of(scenario, view)).collect() }))
}
