//! `POST /api/v1/runs/{id}/move`

use super::misfits::Misfits;
use super::named;
use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use engine::Move;
use scenario::plan::Version;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a run is moved.
#[derive(Deserialize, ToSchema)]
#[schema(as = RunMove)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The version, by digest; the current one unless given.
    #[serde(default)]
    version: Option<String>,
    /// Only look whether it fits.
    #[serde(default)]
    check: bool,
}

/// Whether a run was moved.
#[derive(Serialize, ToSchema)]
#[schema(as = RunMoved)]
struct Told {
    /// Whether it goes on under the version.
    moved: bool,
    /// The steps that do not fit it; none where the run is moved, or could be.
    misfits: Misfits,
}

/// Moves an open run to another version of its scenario, if what it has done fits that. Otherwise nothing changes, and
/// the answer says which steps do not fit, and why.
#[utoipa::path(
    tag = "runs",
    operation_id = "move_run",
    params(("id" = String, Path, description = "The run's id")),
    request_body = Given,
    responses((status = 200, body = Told), Refusals)
)]
#[post("/runs/{id}/move")]
pub(in crate::api) async fn move_run(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Told>, Problem> {
    let version = given.version.as_deref().map(|version| Version(version.into()));
    let how = if given.check { Move::Check } else { Move::Go };
    let misfits = app.handle().move_run(named(&id)?, version, how, caller.user().to_owned()).await?;
    let misfits = Misfits::from(misfits);
    Ok(web::Json(Told { moved: misfits.is_empty() && how == Move::Go, misfits }))
}
