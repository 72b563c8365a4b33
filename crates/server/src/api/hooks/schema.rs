//! `/api/v1/hooks/{hook}/schema`: what requests to a webhook have in common, and whether it stays so.

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::exists;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{Inspector, Kind, Unwatchable, Watched, content, decode};
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::http::{StatusCode, Version};
use actix_web::web::Query;
use actix_web::{Error, HttpRequest, HttpResponse, delete, get, post, web};
use engine::captures::Kinds;
use run::id::Millis;
use run::tables::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::ControlFlow;
use triggers::webhook::learn::Learner;
use utoipa::{IntoParams, ToSchema};

/// From how many requests is learnt unless said, and at most.
const USUAL: u64 = 200;
const MOST: u64 = 2_000;

/// From how much is learnt.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// From how many of the newest requests, 1 to 2,000; 200 unless given.
    samples: Option<u64>,
}

/// What requests are to be like.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = HookSchemaChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// A JSON Schema; left out: what is learnt from the newest requests.
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Map<String, Value>>)]
    schema: Option<Value>,
    /// From how many of them, 1 to 2,000; 200 unless given.
    #[serde(default)]
    samples: Option<u64>,
}

/// What the bodies of a webhook's requests have in common.
#[derive(Serialize, ToSchema)]
#[schema(as = HookSchema)]
struct Learnt {
    /// The JSON Schema (2020-12) that all of the samples satisfy.
    schema: Value,
    /// How many requests it was learnt from.
    samples: u64,
    /// What requests are watched for; null: they are not.
    watched: Option<View>,
}

/// A webhook that is watched.
#[derive(Serialize, ToSchema)]
#[schema(as = WatchedHook)]
struct View {
    /// What requests are to be like.
    schema: Value,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    since: Millis,
    /// How many requests it was learnt from; 0: it was given.
    samples: u64,
    /// How many requests were looked at since the server began: of a flood, the newest hundred of each second.
    checked: u64,
    /// How many of them did not fit.
    misfits: u64,
    /// The last one that did not fit.
    last: Option<Misfit>,
}

/// A request that is not like those before.
#[derive(Serialize, ToSchema)]
#[schema(as = HookMisfit)]
struct Misfit {
    /// The request's id.
    id: String,
    /// What does not fit.
    reason: String,
}

/// Learns what requests to a webhook have in common, from those that were taken: types, what is always there, formats,
/// and texts that come again and again.
#[utoipa::path(
    tag = "hooks",
    operation_id = "learn_hook_schema",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"), Wanted),
    responses((status = 200, body = Learnt), Refusals)
)]
#[get("/hooks/{hook}/schema")]
pub(in crate::api) async fn show(
    app: web::Data<App>,
    hook: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<web::Json<Learnt>, Problem> {
    blocking(move || {
        exists(&hook, &app)?;
        let (schema, samples) = learnt(app.inspector(), &hook, wanted.samples)?;
        Ok(web::Json(Learnt { schema, samples, watched: app.inspector().watched(&hook).map(View::from) }))
    })
    .await
}

/// Watches a webhook: from now on, a request that is taken and does not fit the schema raises an alarm. Requests are
/// taken all the same. Doing it again, with what is right now, ends the alarm. An empty body is as `{}`.
#[utoipa::path(
    tag = "hooks",
    operation_id = "watch_hook",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    request_body = Option<Given>,
    responses((status = 200, body = View), Refusals)
)]
#[post("/hooks/{hook}/schema")]
pub(in crate::api) async fn watch(
    app: web::Data<App>,
    hook: web::Path<String>,
    request: HttpRequest,
    given: Result<web::Json<Given>, Error>,
) -> Result<web::Json<View>, Error> {
    let given = match given {
        Ok(given) => given.into_inner(),
        Err(_) if has_no_body(&request) => Given::default(),
        Err(wrong) => return Err(wrong),
    };
    let watched = blocking(move || {
        exists(&hook, &app)?;
        let Given { schema, samples } = given;
        let (schema, samples) = match schema {
            Some(schema) => (schema, 0),
            None => learnt(app.inspector(), &hook, samples)?,
        };
        Ok(web::Json(View::from(app.inspector().watch(&hook, schema, samples, app.handle())?)))
    });
    Ok(watched.await?)
}

/// Watches a webhook no longer. An alarm that it raised is over.
#[utoipa::path(
    tag = "hooks",
    operation_id = "unwatch_hook",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    responses((status = 204, description = "It is not watched"), Refusals)
)]
#[delete("/hooks/{hook}/schema")]
pub(in crate::api) async fn unwatch(app: web::Data<App>, hook: web::Path<String>) -> Result<HttpResponse, Problem> {
    blocking(move || {
        if app.inspector().unwatch(&hook, app.handle())? {
            return Ok(());
        }
        Err(Problem::not_found(format!("the webhook `{hook}` is not watched")))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether a request says by its head that it has no body (RFC 9112 §6.3). One of HTTP/2 has to say its length.
fn has_no_body(request: &HttpRequest) -> bool {
    match request.headers().get(CONTENT_LENGTH) {
        Some(length) => length == "0",
        None => request.version() < Version::HTTP_2 && !request.headers().contains_key(TRANSFER_ENCODING),
    }
}

fn learnt(inspector: &Inspector, hook: &str, samples: Option<u64>) -> Result<(Value, u64), StoreError> {
    let most = samples.unwrap_or(USUAL).clamp(1, MOST);
    let kinds = Kinds(Kinds::only(Kind::Taken as u8).0 | Kinds::only(Kind::Kept as u8).0);
    let mut learner = Learner::default();
    inspector.visit(hook, None, kinds, |capture| {
        let body = decode(&capture.bytes).and_then(|record| content(&record));
        body.iter().for_each(|body| learner.see(body));
        if learner.samples() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok((learner.schema(), learner.samples()))
}

impl From<Watched> for View {
    fn from(watched: Watched) -> Self {
        let Watched { schema, since, samples, checked, misfits, last } = watched;
        let last = last.map(|(id, reason)| Misfit { id: id.to_string(), reason });
        Self { schema, since, samples, checked, misfits, last }
    }
}

impl From<Unwatchable> for Problem {
    fn from(why: Unwatchable) -> Self {
        match why {
            Unwatchable::Schema(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_schema", why.to_string()),
            Unwatchable::Store(error) => error.into(),
        }
    }
}
