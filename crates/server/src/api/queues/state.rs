//! `POST /api/v1/scenarios/{id}/queue/pause`, `…/resume` and `…/drain`

use super::known;
use super::view::Queue;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use engine::QueueState;

/// Pauses a queue: runs are taken in and wait, those under way go on. Holds over restarts.
#[utoipa::path(
    tag = "queues",
    operation_id = "pause_queue",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Queue), Refusals)
)]
#[post("/scenarios/{id}/queue/pause")]
pub(in crate::api) async fn pause(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Queue>, Problem> {
    set(app, id, QueueState::Paused).await
}

/// Opens a queue that was paused or drained: runs are taken in, and begin.
#[utoipa::path(
    tag = "queues",
    operation_id = "resume_queue",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Queue), Refusals)
)]
#[post("/scenarios/{id}/queue/resume")]
pub(in crate::api) async fn resume(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Queue>, Problem> {
    set(app, id, QueueState::Open).await
}

/// Drains a queue: nothing new is taken in (503), what waits goes on. Holds over restarts.
#[utoipa::path(
    tag = "queues",
    operation_id = "drain_queue",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Queue), Refusals)
)]
#[post("/scenarios/{id}/queue/drain")]
pub(in crate::api) async fn drain(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Queue>, Problem> {
    set(app, id, QueueState::Draining).await
}

async fn set(app: web::Data<App>, id: web::Path<String>, state: QueueState) -> Result<web::Json<Queue>, Problem> {
    blocking(move || {
        let id = known(&app, &id)?;
        app.handle().set_queue(&id, state)?;
        let view = app.handle().queues().remove(&id).unwrap_or_default();
        Ok(web::Json(Queue::of(&id, &view)))
    })
    .await
}
