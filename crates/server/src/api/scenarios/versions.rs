//! `GET /api/v1/scenarios/{id}/versions`

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The versions of a scenario that ever took runs.
#[derive(Serialize, ToSchema)]
struct Versions {
    /// The versions, by digest.
    items: Vec<Version>,
}

/// One version.
#[derive(Serialize, ToSchema)]
struct Version {
    /// Digest of its text.
    version: String,
    /// Whether new runs are of this version.
    current: bool,
}

/// Lists the versions of a scenario that ever took runs. They outlive the scenario, as its runs do.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "list_versions",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Versions), Refusals)
)]
#[get("/scenarios/{id}/versions")]
pub(in crate::api) async fn list(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Versions>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let versions = app.handle().versions(&id)?;
        if versions.is_empty() && app.library().get(&id).is_none() {
            return Err(unknown(id.as_str()));
        }
        let current = app.handle().deployment(&id).map(|deployment| deployment.plan.version.clone());
        let items = versions
            .into_iter()
            .map(|version| Version { current: current.as_ref() == Some(&version), version: version.0.to_string() });
        Ok(web::Json(Versions { items: items.collect() }))
    })
    .await
}
