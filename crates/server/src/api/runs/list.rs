//! `GET /api/v1/runs`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::view::RunStatus;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::web::Query;
use actix_web::{get, web};
use engine::{Filter, Head, Status};
use run::id::{Millis, RunId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many runs a page has unless said.
const USUAL: usize = 50;

/// How many runs a page has at most.
const MOST: usize = 200;

/// Which runs to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of this scenario alone.
    scenario: Option<String>,
    /// In this state alone.
    #[param(value_type = Option<RunStatus>)]
    status: Option<Status>,
    /// Created before this run.
    before: Option<String>,
    /// Created at this time or later, RFC 3339.
    since: Option<String>,
    /// Created before this time, RFC 3339.
    until: Option<String>,
    /// With this text in what they were given, sent, or gave.
    q: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    limit: Option<usize>,
}

/// A page of runs.
#[derive(Serialize, ToSchema)]
struct Runs {
    /// The runs, newest first.
    items: Vec<Summary>,
    /// The `before` of the next page; null on the last.
    next: Option<String>,
}

/// A run in short.
#[derive(Serialize, ToSchema)]
#[schema(as = RunSummary)]
struct Summary {
    /// Its id.
    id: String,
    /// Of which scenario.
    scenario: String,
    /// How it stands.
    #[schema(value_type = RunStatus)]
    status: Status,
    /// When it was created, in milliseconds since 1970.
    #[schema(value_type = i64)]
    created: Millis,
    /// When it last changed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    changed: Millis,
}

/// Lists runs, newest first.
#[utoipa::path(
    tag = "runs",
    operation_id = "list_runs",
    params(Wanted),
    responses((status = 200, body = Runs), Refusals)
)]
#[get("/runs")]
pub(in crate::api) async fn list(app: web::Data<App>, wanted: Query<Wanted>) -> Result<web::Json<Runs>, Problem> {
    let filter = filter(&wanted)?;
    let limit = wanted.limit.unwrap_or(USUAL).clamp(1, MOST);
    // One more than wanted tells whether there is a next page.
    let mut runs = blocking(move || Ok(app.handle().runs(&filter, limit + 1)?)).await?;
    let more = runs.len() > limit;
    runs.truncate(limit);
    let next = runs.last().filter(|_| more).map(|(id, _)| id.to_string());
    Ok(web::Json(Runs { items: runs.into_iter().map(Summary::from).collect(), next }))
}

fn filter(wanted: &Wanted) -> Result<Filter, Problem> {
    let scenario = wanted.scenario.as_deref().map(str::parse).transpose();
    let before = wanted.before.as_deref().map(str::parse).transpose();
    Ok(Filter {
        scenario: scenario.map_err(|error: run::id::InvalidScenarioId| Problem::bad_request(error.to_string()))?,
        status: wanted.status,
        before: before.map_err(|_| Problem::bad_request("`before` must be the id of a run"))?,
        since: time(wanted.since.as_deref(), "since")?,
        until: time(wanted.until.as_deref(), "until")?,
        text: wanted.q.clone().filter(|text| !text.is_empty()),
    })
}

fn time(text: Option<&str>, name: &str) -> Result<Option<Millis>, Problem> {
    let parse = |text: &str| text.parse::<jiff::Timestamp>().map(|time| time.as_millisecond());
    let wrong = |_| Problem::bad_request(format!("`{name}` must be a time, as `2026-12-31T09:00:00Z`"));
    text.map(parse).transpose().map_err(wrong)
}

impl From<(RunId, Head)> for Summary {
    fn from((id, head): (RunId, Head)) -> Self {
        Self {
            id: id.to_string(),
            scenario: head.scenario.to_string(),
            status: head.status,
            created: id.created(),
            changed: head.at,
        }
    }
}
