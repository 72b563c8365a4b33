//! `GET /api/v1/drafts`

use super::blocking::blocking;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use run::id::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// All drafts.
#[derive(Serialize, ToSchema)]
struct Drafts {
    /// The drafts, by the ids of their scenarios.
    items: Vec<Draft>,
}

/// A draft in short.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftSummary)]
struct Draft {
    /// The scenario, which may not exist yet.
    scenario: String,
    /// What the next change builds upon.
    revision: u64,
    /// When it was saved, in milliseconds since 1970.
    #[schema(value_type = i64)]
    saved: Millis,
    /// The version of the scenario that it began with; null: it is of a new one.
    basis: Option<String>,
}

/// Lists the drafts of all scenarios.
#[utoipa::path(tag = "scenarios", operation_id = "list_drafts", responses((status = 200, body = Drafts), Refusals))]
#[get("/drafts")]
pub(super) async fn list(app: web::Data<App>) -> Result<web::Json<Drafts>, Problem> {
    blocking(move || {
        let drafts = app.drafts().list()?.into_iter().map(|(scenario, kept)| Draft {
            scenario,
            revision: kept.revision,
            saved: kept.draft.saved,
            basis: kept.draft.basis,
        });
        Ok(web::Json(Drafts { items: drafts.collect() }))
    })
    .await
}
