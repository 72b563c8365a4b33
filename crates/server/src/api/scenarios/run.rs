//! `POST /api/v1/scenarios/{id}/run`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::body::media_type;
use crate::api::response::Response;
use crate::error::{Problem, Reason, Refusals};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Query};
use actix_web::{HttpRequest, HttpResponse, post, web};
use engine::Answer;
use run::id::{RunId, ScenarioId};
use run::input::{Input, Source};
use run::payload::Payload;
use scenario::plan::{Plan, Trigger, WAIT};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use triggers::webhook::schema::Schema;
use utoipa::{IntoParams, ToSchema};

/// No caller waits longer, in seconds.
const LONGEST_WAIT: u64 = 300;

/// How to wait for the answer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Waiting {
    /// For how many seconds, at most 300; as long as the scenario's webhook has callers wait, or else 40, unless given.
    wait: Option<u64>,
}

/// What became of the run.
#[derive(Serialize, ToSchema)]
#[schema(as = RunResult)]
struct Told {
    /// The run's id.
    run: String,
    /// What it answers, if it answers in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response>,
    /// It goes on, or is over without an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<bool>,
    /// It failed before it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<bool>,
}

/// Runs a scenario by hand, whether its triggers are on or off. The body is `trigger.body`.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "run_scenario",
    params(("id" = String, Path, description = "The scenario's id"), Waiting),
    request_body(content = Option<Value>, content_type = "application/json"),
    responses(
        (status = 200, body = Told, description = "It answered, it has no answer, or it failed"),
        (status = 202, body = Told, description = "It has not answered in the time given, and goes on"),
        Refusals,
    )
)]
#[post("/scenarios/{id}/run")]
pub(in crate::api) async fn start(
    request: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    waiting: Query<Waiting>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let deployment = match app.handle().deployment(&id) {
        Some(deployment) => deployment,
        None => return Err(blocking(move || Ok(not_deployed(&app, &id))).await?),
    };
    let body = read(&request, body, &deployment.plan)?;
    let input = Input { source: Source::Manual, at: app.now(), request: None, body, raw: None, files: None };
    let wait = waiting.wait.map_or_else(|| usual(&deployment.plan), |wait| Duration::from_secs(wait.min(LONGEST_WAIT)));
    told(app.handle().deliver(&deployment, input.into(), wait).await?.answer)
}

/// Why a scenario cannot be run. Blocks for the disk.
fn not_deployed(app: &App, id: &ScenarioId) -> Problem {
    match app.library().get(id) {
        None => unknown(id.as_str()),
        Some(_) => {
            let detail = format!("scenario `{id}` has no version that can run: its text has errors");
            Problem::new(StatusCode::CONFLICT, "not_runnable", detail)
        }
    }
}

fn read(request: &HttpRequest, body: Bytes, plan: &Plan) -> Result<Payload, Problem> {
    let media_type = media_type(request.headers());
    let is_json = media_type.as_deref().map_or(body.is_empty(), |name| {
        name == "application/json" || name.starts_with("application/") && name.ends_with("+json")
    });
    if !is_json {
        return Err(Problem::unsupported_media_type("`application/json`"));
    }
    let value: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("the body is no JSON: {error}")))?
    };
    satisfies(plan, &value)?;
    Ok(if body.is_empty() { Payload::null() } else { Payload::of_json(body) })
}

/// Checks the input against the schema of the scenario's `manual` trigger.
fn satisfies(plan: &Plan, value: &Value) -> Result<(), Problem> {
    let schema = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Manual(manual) => manual.input.as_ref(),
        Trigger::Webhook(_)
        | Trigger::Schedule(_)
        | Trigger::Mail(_)
        | Trigger::Mailhook(_)
        | Trigger::Poll(_)
        | Trigger::Call(_)
        | Trigger::Failure(_) => None,
    });
    let Some(schema) = schema else { return Ok(()) };
    let schema = Schema::compile(schema)
        .map_err(|error| Problem::new(StatusCode::CONFLICT, "invalid_schema", error.to_string()))?;
    let reasons: Vec<Reason> =
        schema.reasons(value).into_iter().map(|reason| Reason { path: reason.path, message: reason.message }).collect();
    if reasons.is_empty() { Ok(()) } else { Err(Problem::invalid_input(reasons)) }
}

/// How long callers of the scenario's webhook wait.
fn usual(plan: &Plan) -> Duration {
    let waits = plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(webhook.wait.unwrap_or(WAIT)),
        Trigger::Schedule(_)
        | Trigger::Mail(_)
        | Trigger::Mailhook(_)
        | Trigger::Poll(_)
        | Trigger::Manual(_)
        | Trigger::Call(_)
        | Trigger::Failure(_) => None,
    });
    waits.max().unwrap_or(WAIT)
}

fn told(answer: Answer) -> Result<HttpResponse, Problem> {
    let status = if matches!(answer, Answer::TimedOut { .. }) { StatusCode::ACCEPTED } else { StatusCode::OK };
    let told = match answer {
        Answer::Responded { run, response } => Told { response: Some(Response::from(&*response)), ..Told::about(run) },
        Answer::Accepted { run } | Answer::TimedOut { run } => Told { accepted: Some(true), ..Told::about(run) },
        Answer::Failed { run } => Told { failed: Some(true), ..Told::about(run) },
        Answer::Dropped => {
            let detail = "no run was started: as many are under way as `limits.concurrency` allows";
            return Err(Problem::new(StatusCode::CONFLICT, "dropped", detail));
        }
    };
    let place = format!("/api/v1/runs/{}", told.run);
    Ok(HttpResponse::build(status).insert_header((header::LOCATION, place)).json(told))
}

impl Told {
    fn about(run: RunId) -> Self {
        Self { run: run.to_string(), response: None, accepted: None, failed: None }
    }
}
