//! `GET /api/v1/runs/{id}/test`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{get, web};
use engine::capture;
use run::entry::Entry;
use run::id::RunId;
use serde::Serialize;
use triggers::webhook::headers::is_secret;
use utoipa::ToSchema;

/// A test made of a run.
#[derive(Serialize, ToSchema)]
#[schema(as = CapturedTest)]
struct Captured {
    /// Of which scenario.
    scenario: String,
    /// The text of it that the run was of.
    text: String,
    /// An entry of `tests:`.
    #[schema(value_type = serde_json::Value)]
    test: serde_json::Value,
}

/// Makes a test of a run that is over: what came in comes in again, what others answered stands in for them, and what
/// the run came to is expected. Values are whole; credentials among headers and query values are left out.
#[utoipa::path(
    tag = "runs",
    operation_id = "capture_run",
    params(("id" = String, Path, description = "The run's id")),
    responses((status = 200, body = Captured), Refusals)
)]
#[get("/runs/{id}/test")]
pub(in crate::api) async fn test(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Captured>, Problem> {
    let unknown = || Problem::not_found("there is no such run");
    let id: RunId = id.parse().map_err(|_| unknown())?;
    blocking(move || {
        let (head, entries) = app.handle().journal(id)?.ok_or_else(unknown)?;
        let Some(Entry::Created(created)) = entries.first() else { return Err(unknown()) };
        if !head.status.is_over() {
            return Err(Problem::new(StatusCode::CONFLICT, "not_over", "the run is not over yet"));
        }
        let kept = app.handle().version(&created.scenario, &created.version).ok();
        let text = app.handle().version_text(&created.scenario, &created.version).ok();
        let (Some(plan), Some(text)) = (kept, text) else {
            return Err(Problem::not_found("the text that the run was of is not to be had any more"));
        };
        let test = capture(&plan, &entries, is_secret);
        Ok(web::Json(Captured { scenario: created.scenario.to_string(), text, test }))
    })
    .await
}
