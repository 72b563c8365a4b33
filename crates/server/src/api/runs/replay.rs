//! `POST /api/v1/runs/{id}/replay` and `POST /api/v1/runs/replay`

use super::selection::Selection;
use super::{misfits::Misfits, named};
use crate::App;
use crate::api::blocking::blocking;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, post, web};
use engine::{Begin, Refused, Replay, Unreplayable, Which};
use run::id::RunId;
use run::payload::Payload;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How a run is done again.
#[derive(Deserialize, ToSchema)]
#[schema(as = RunReplay)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(flatten)]
    how: How,
    /// What it gets as `trigger.body` instead; it may be null. What lies before `from` is as it was.
    #[serde(default, deserialize_with = "some")]
    input: Option<Value>,
}

/// Where a replay begins, and with which version.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = ReplayHow)]
struct How {
    /// The step to begin with, by its id or its label; the beginning unless given.
    #[serde(default)]
    from: Option<String>,
    /// Its turn of each loop around it, outermost first, from 0; the first in which it was reached unless given.
    #[serde(default)]
    turns: Option<Vec<u32>>,
    /// Begin with the step that the run failed at.
    #[serde(default)]
    from_failure: bool,
    /// With which version of the scenario.
    #[serde(default)]
    version: Version,
}

/// Which version of a scenario.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ReplayVersion)]
#[serde(rename_all = "snake_case")]
enum Version {
    /// The one the run was of.
    #[default]
    Same,
    /// The one that takes new runs now.
    Current,
}

/// The new run.
#[derive(Serialize, ToSchema)]
#[schema(as = RunReplayed)]
struct Replayed {
    /// Its id.
    run: String,
}

/// Does a run again, as a new run, which is on disk when this answers. It answers nobody. Steps before `from` are not
/// done again: what they gave comes from the journal. Those from there on are, with idempotency keys of their own.
#[utoipa::path(
    tag = "runs",
    operation_id = "replay_run",
    params(("id" = String, Path, description = "The run's id")),
    request_body = Given,
    responses((status = 201, body = Replayed), Refusals)
)]
#[post("/runs/{id}/replay")]
pub(in crate::api) async fn replay(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    let Given { how, input } = given.into_inner();
    let again = how.replay(input.as_ref(), caller.user())?;
    let run = app.handle().replay(named(&id)?, again).await?;
    let place = format!("/api/v1/runs/{run}");
    Ok(HttpResponse::Created().insert_header((header::LOCATION, place)).json(Replayed { run: run.to_string() }))
}

/// Which runs are done again, and how.
#[derive(Deserialize, ToSchema)]
#[schema(as = RunsReplay)]
#[serde(deny_unknown_fields)]
struct GivenMany {
    /// Which runs.
    filter: Selection,
    #[serde(flatten)]
    how: How,
}

/// What became of each run.
#[derive(Serialize, ToSchema)]
#[schema(as = RunsReplayed)]
struct Many {
    /// The runs, newest first.
    items: Vec<One>,
    /// The `before` of the next page; null on the last.
    next: Option<String>,
}

/// What became of one run.
#[derive(Serialize, ToSchema)]
#[schema(as = RunsReplayedItem)]
struct One {
    /// The run that was there before.
    of: String,
    /// The new run.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Does many runs again: a page of those that fit the filter, the oldest of it first. One that cannot be done again does
/// not stop the others. Once there is no room for more, the rest is not begun, and says so; where that is so from the
/// start, nothing is begun, and the request is refused.
#[utoipa::path(
    tag = "runs",
    operation_id = "replay_runs",
    request_body = GivenMany,
    responses((status = 200, body = Many), Refusals)
)]
#[post("/runs/replay")]
pub(in crate::api) async fn replay_many(
    app: web::Data<App>,
    caller: Caller,
    given: web::Json<GivenMany>,
) -> Result<web::Json<Many>, Problem> {
    let GivenMany { filter, how } = given.into_inner();
    let again = how.replay(None, caller.user())?;
    let (filter, limit) = filter.filter()?;
    let handle = app.handle().clone();
    // One more than wanted tells whether there is a next page.
    let mut runs = blocking(move || Ok(handle.runs(&filter, limit + 1)?)).await?;
    let more = runs.len() > limit;
    runs.truncate(limit);
    let next = runs.last().filter(|_| more).map(|(id, _)| id.to_string());
    // Those that take turns take them in the order in which the first ones came.
    runs.reverse();
    let mut items = Vec::with_capacity(runs.len());
    let mut refused = None;
    for (of, _) in runs {
        let told = match &refused {
            None => app.handle().replay(of, again.clone()).await,
            Some(why) => Err(Unreplayable::Refused(Refused::clone(why))),
        };
        if let Err(Unreplayable::Refused(why)) = &told {
            if items.is_empty() {
                return Err(why.clone().into());
            }
            // The others would fare no better, and what is begun already must be told.
            refused = Some(why.clone());
        }
        items.push(One::of(of, told));
    }
    items.reverse();
    Ok(web::Json(Many { items, next }))
}

impl One {
    fn of(of: RunId, told: Result<RunId, Unreplayable>) -> Self {
        let of = of.to_string();
        match told {
            Ok(run) => Self { of, run: Some(run.to_string()), error: None },
            Err(why) => Self { of, run: None, error: Some(why.to_string()) },
        }
    }
}

impl How {
    fn replay(self, input: Option<&Value>, user: &str) -> Result<Replay, Problem> {
        let from = match (self.from, self.from_failure, self.turns) {
            (None, false, None) => Begin::Anew,
            (None, true, None) => Begin::Failure,
            (Some(step), false, turns) => Begin::Step { step, turns },
            (Some(_), true, _) => return Err(Problem::bad_request("`from` and `from_failure` exclude each other")),
            (None, _, Some(_)) => return Err(Problem::bad_request("`turns` are those of the step `from`")),
        };
        let version = match self.version {
            Version::Same => Which::Same,
            Version::Current => Which::Current,
        };
        Ok(Replay { from, version, input: input.map(Payload::of_value), by: user.to_owned() })
    }
}

impl From<Unreplayable> for Problem {
    fn from(why: Unreplayable) -> Self {
        let detail = why.to_string();
        let code = match why {
            Unreplayable::Unknown => return Self::not_found(detail),
            Unreplayable::Refused(refused) => return refused.into(),
            Unreplayable::NoCurrent => "no_current_version",
            Unreplayable::Version(_) => "version_gone",
            Unreplayable::NotReached(_) => "not_reached",
            Unreplayable::Misfits(misfits) => return Misfits::from(misfits).problem(),
        };
        Self::new(StatusCode::CONFLICT, code, detail)
    }
}

/// A value that may be null without being left out.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
