//! `GET /api/v1/scenarios/{id}/versions` and `…/versions/{version}`

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use run::id::Millis;
use scenario::plan;
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// The versions of a scenario that ever took runs.
#[derive(Serialize, ToSchema)]
struct Versions {
    /// The versions, newest first; those of which it is not known when they came to be, last.
    items: Vec<Version>,
}

/// One version.
#[derive(Serialize, ToSchema)]
struct Version {
    /// Digest of its text.
    version: String,
    /// When it came to be, in milliseconds since 1970; left out where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    created: Option<Millis>,
    /// Whether new runs are of this version.
    current: bool,
    /// Whether it was only ever tried as a draft.
    trial: bool,
}

/// A version and its text.
#[derive(Serialize, ToSchema)]
#[schema(as = VersionText)]
struct Text {
    /// Digest of its text.
    version: String,
    /// The text.
    text: String,
}

/// Lists the versions of a scenario that ever took runs or were tried. They outlive the scenario, as its runs do.
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
        let mut versions = app.handle().versions(&id)?;
        if versions.is_empty() && app.library().get(&id).is_none() {
            return Err(unknown(id.as_str()));
        }
        versions.sort_by_key(|kept| Reverse(kept.created));
        let current = app.handle().deployment(&id).map(|deployment| deployment.plan.version.clone());
        let items = versions.into_iter().map(|kept| Version {
            current: current.as_ref() == Some(&kept.version),
            version: kept.version.0.to_string(),
            created: kept.created,
            trial: kept.is_trial,
        });
        Ok(web::Json(Versions { items: items.collect() }))
    })
    .await
}

/// Shows the text of a version of a scenario.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "get_version",
    params(
        ("id" = String, Path, description = "The scenario's id"),
        ("version" = String, Path, description = "The version's digest"),
    ),
    responses((status = 200, body = Text), Refusals)
)]
#[get("/scenarios/{id}/versions/{version}")]
pub(in crate::api) async fn get(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<Text>, Problem> {
    let (id, version) = path.into_inner();
    let id = named(&id)?;
    blocking(move || {
        let text = app.handle().version_text(&id, &plan::Version(version.as_str().into()))?;
        Ok(web::Json(Text { version, text }))
    })
    .await
}
