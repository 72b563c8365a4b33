//! `POST /api/v1/runs/{id}/resume`

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{post, web};
use run::State;
use run::entry::Release;
use run::id::Spot;
use run::payload::Payload;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How a held step goes on.
#[derive(Deserialize, ToSchema)]
#[schema(as = RunResume)]
#[serde(deny_unknown_fields)]
struct Given {
    /// Which step, by its id or its label; may be left out while one alone is held.
    #[serde(default)]
    step: Option<String>,
    /// Which turn of each loop around it, outermost first, from 0; may be left out while it is held in one alone.
    #[serde(default)]
    turns: Option<Vec<u32>>,
    /// What becomes of it; `retry` unless given.
    #[serde(default)]
    action: Action,
    /// With `use`: what the step gives.
    #[serde(default, deserialize_with = "some")]
    output: Option<Value>,
}

/// What becomes of a held step.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ResumeAction)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// It is tried again.
    #[default]
    Retry,
    /// It is passed over, and `output` stands in for what it gives.
    Use,
    /// It fails, as if it had not been held.
    Fail,
}

/// The step that goes on.
#[derive(Serialize, ToSchema)]
#[schema(as = RunResumed)]
struct Resumed {
    /// Its id, else its label.
    step: String,
    /// Which turn of each loop around it.
    turns: Vec<u32>,
}

/// Lets a held step go on. Who did it is recorded in the run.
#[utoipa::path(
    tag = "runs",
    operation_id = "resume_run",
    params(("id" = String, Path, description = "The run's id")),
    request_body = Given,
    responses((status = 200, body = Resumed), Refusals)
)]
#[post("/runs/{id}/resume")]
pub(in crate::api) async fn resume(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Resumed>, Problem> {
    let id = named(&id)?;
    let release = release(&given)?;
    let handle = app.handle().clone();
    let (spot, resumed) = blocking(move || {
        let state = handle.state(id)?.ok_or_else(unknown)?;
        let spot = choose(&state, &given)?;
        let resumed = Resumed { step: name(&state, &spot).to_owned(), turns: spot.turns.to_vec() };
        Ok((spot, resumed))
    })
    .await?;
    app.handle().resume_run(id, Some(spot), release, caller.user().to_owned()).await?;
    Ok(web::Json(resumed))
}

fn release(given: &Given) -> Result<Release, Problem> {
    match (given.action, &given.output) {
        (Action::Retry, None) => Ok(Release::Retry),
        (Action::Fail, None) => Ok(Release::Fail),
        (Action::Use, Some(output)) => Ok(Release::Use(Payload::of_value(output))),
        (Action::Use, None) => Err(Problem::bad_request("`use` needs `output`, which may be null")),
        (Action::Retry | Action::Fail, Some(_)) => Err(Problem::bad_request("`output` belongs to `use` alone")),
    }
}

/// The one held step that is meant.
fn choose(state: &State, given: &Given) -> Result<Spot, Problem> {
    if state.end().is_some() {
        return Err(Problem::new(StatusCode::CONFLICT, "over", "the run is over"));
    }
    let is_named = |spot: &Spot| {
        let step = state.plan().step(spot.step);
        given.step.as_deref().is_none_or(|name| step.id.as_deref() == Some(name) || *step.label == *name)
    };
    let is_turn = |spot: &Spot| given.turns.as_deref().is_none_or(|turns| spot.turns[..] == *turns);
    let mut fitting = state.held().map(|(spot, _)| spot).filter(|spot| is_named(spot) && is_turn(spot));
    match (fitting.next(), fitting.next()) {
        (Some(spot), None) => Ok(spot.clone()),
        (Some(_), Some(_)) => {
            let detail = format!("several steps are held; say which: {}", held(state));
            Err(Problem::new(StatusCode::CONFLICT, "ambiguous", detail))
        }
        (None, _) => {
            let detail = match held(state) {
                none if none.is_empty() => "no step of the run is held".to_owned(),
                held => format!("no such step is held; held are {held}"),
            };
            Err(Problem::new(StatusCode::CONFLICT, "not_held", detail))
        }
    }
}

/// The held steps, for people.
fn held(state: &State) -> String {
    let shown = state.held().map(|(spot, _)| {
        let turns = if spot.turns.is_empty() { String::new() } else { format!(" in turns {:?}", &spot.turns[..]) };
        format!("`{}`{turns}", name(state, spot))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn name<'s>(state: &'s State, spot: &Spot) -> &'s str {
    let step = state.plan().step(spot.step);
    step.id.as_deref().unwrap_or(&step.label)
}

/// A value that may be null without being left out.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
