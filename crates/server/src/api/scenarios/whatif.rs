//! `POST /api/v1/scenarios/{id}/whatif`

use super::named;
use crate::App;
use crate::api::blocking::blocking;
use crate::api::runs::view::RunStatus;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{post, web};
use engine::{Compared, Difference, Incomparable, Sample, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How many runs are compared unless said.
const USUAL: usize = 50;

/// How many runs are compared at most.
const MOST: usize = 1_000;

/// What is compared.
#[derive(Deserialize, ToSchema)]
#[schema(as = WhatIf)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The text; the current one unless given.
    #[serde(default)]
    text: Option<String>,
    /// With how many of the last runs that are over, 1 to 1000; 50 unless given.
    #[serde(default)]
    last: Option<usize>,
    /// With those alone that ended so.
    #[schema(value_type = Option<RunStatus>)]
    #[serde(default)]
    status: Option<Status>,
}

/// What would be different.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfResult)]
struct Told {
    /// How many runs would be the same in all that is known.
    same: usize,
    /// How many would not.
    different: usize,
    /// The runs, newest first.
    items: Vec<Item>,
}

/// A run, and what would be different.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfRun)]
struct Item {
    /// The run.
    run: String,
    /// When it was created, in milliseconds since 1970.
    created: i64,
    /// What would be different; empty where nothing would.
    differences: Vec<Change>,
    /// What is not known, because nobody answered it then: the comparison ends there.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
}

/// One thing that would be different.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfChange)]
struct Change {
    /// The step, with its turns in brackets; `answer` or `end`.
    at: String,
    /// What of it: `status`, `output.total`, `sent.with.url`…; `call` for one that is made only once, `step` for one
    /// that is reached only once.
    path: String,
    /// What it was; left out where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<Value>,
    /// What it would be; left out where there would be nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_be: Option<Value>,
}

/// Compares a text with what the last runs did. Nothing leaves the machine: others answer what they answered then.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "what_if",
    params(("id" = String, Path, description = "The scenario's id")),
    request_body = Given,
    responses((status = 200, body = Told), Refusals)
)]
#[post("/scenarios/{id}/whatif")]
pub(in crate::api) async fn what_if(
    app: web::Data<App>,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Told>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let sample = Sample { last: given.last.unwrap_or(USUAL).clamp(1, MOST), status: given.status };
        let compared = app.handle().what_if(&id, given.text.as_deref(), sample)?;
        let items: Vec<Item> = compared.into_iter().map(Item::from).collect();
        let same = items.iter().filter(|item| item.differences.is_empty() && item.unknown.is_none()).count();
        Ok(web::Json(Told { same, different: items.len() - same, items }))
    })
    .await
}

impl From<Compared> for Item {
    fn from(compared: Compared) -> Self {
        let Compared { run, created, differences, unknown } = compared;
        Self { run, created, differences: differences.into_iter().map(Change::from).collect(), unknown }
    }
}

impl From<Difference> for Change {
    fn from(difference: Difference) -> Self {
        let Difference { at, path, was, would_be } = difference;
        Self { at, path, was, would_be }
    }
}

impl From<Incomparable> for Problem {
    fn from(why: Incomparable) -> Self {
        match why {
            Incomparable::NoCurrent => Self::new(StatusCode::CONFLICT, "not_runnable", why.to_string()),
            Incomparable::Invalid(findings) => Self::invalid_scenario(&findings),
            Incomparable::Store(error) => error.into(),
        }
    }
}
