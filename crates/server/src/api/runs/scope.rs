//! `GET /api/v1/runs/{id}/scope`

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::value;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use run::id::RunId;
use run::payload::Payload;
use run::scope::Scope as Seen;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the expressions of a run's steps could see.
#[derive(Serialize, ToSchema)]
#[schema(as = RunScope)]
struct Scope {
    /// `trigger`, with all of its fields.
    #[schema(value_type = serde_json::Value)]
    trigger: Box<RawValue>,
    /// What steps gave, by their ids; in loops, in the last turn that came to them.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    steps: BTreeMap<String, Box<RawValue>>,
    /// `vars`.
    #[schema(value_type = serde_json::Value)]
    vars: Box<RawValue>,
    /// What loops work on in their first turn, by their variables.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    loops: BTreeMap<String, Box<RawValue>>,
}

/// Shows what the expressions of a run's steps could see. A value of more than 256 KiB is shown as `{"truncated": BYTES}`.
#[utoipa::path(
    tag = "runs",
    operation_id = "get_run_scope",
    params(("id" = String, Path, description = "The run's id")),
    responses((status = 200, body = Scope), Refusals)
)]
#[get("/runs/{id}/scope")]
pub(in crate::api) async fn scope(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Scope>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let scope = of(&app, id)?;
        Ok(web::Json(Scope {
            trigger: value::shown(&scope.trigger),
            steps: shown(&scope.steps),
            vars: value::shown(&scope.vars),
            loops: shown(&scope.loops),
        }))
    })
    .await
}

/// The scope of this run. Blocks for the disk.
pub(in crate::api) fn of(app: &App, id: RunId) -> Result<Seen, Problem> {
    app.handle().scope(id)?.ok_or_else(unknown)
}

fn shown(values: &BTreeMap<String, Payload>) -> BTreeMap<String, Box<RawValue>> {
    values.iter().map(|(name, payload)| (name.clone(), value::shown(payload))).collect()
}
