//! `POST /api/v1/scenarios/{id}/try`

use super::draft::valid;
use crate::App;
use crate::api::blocking::blocking;
use crate::api::hooks;
use crate::api::runs;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use crate::inspector::{decode, input};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, post, web};
use engine::{Attempt, Delivery, TrialStart, Untriable};
use run::id::Millis;
use run::input::{Input, Request, Source};
use run::payload::Payload;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is tried, and how far.
#[derive(Deserialize, ToSchema)]
#[schema(as = TryRequest)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The text.
    text: String,
    /// What starts it; `scope.trigger`, or nothing but a beginning, unless given.
    #[serde(default)]
    input: Option<GivenInput>,
    /// The step after which it ends, by its id, its label, or its number in the order of the text (`#0`).
    #[serde(default)]
    until: Option<String>,
    /// The one step that is run. What those before it gave is taken from `scope`, else from the run that it is started
    /// from.
    #[serde(default)]
    only: Option<String>,
    /// Steps, named as in `until`, that are not run, and what they give instead.
    #[serde(default)]
    pins: Map<String, Value>,
    /// What steps gave that are not run, by their ids; `trigger`, `item` and `vars`.
    #[serde(default)]
    scope: Map<String, Value>,
}

/// What starts a trial: parts of a request, or what started a run, or a request that was kept.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = TryInput)]
#[serde(deny_unknown_fields)]
struct GivenInput {
    /// `trigger.body`.
    #[serde(default)]
    body: Value,
    /// `trigger.query`.
    #[serde(default)]
    query: Map<String, Value>,
    /// `trigger.headers`.
    #[serde(default)]
    headers: Map<String, Value>,
    /// `trigger.params`.
    #[serde(default)]
    params: Map<String, Value>,
    /// `trigger.method`; `POST` unless given.
    #[serde(default)]
    method: Option<String>,
    /// `trigger.path`.
    #[serde(default)]
    path: Option<String>,
    /// As this run was started.
    #[serde(default)]
    run: Option<String>,
    /// As this request came.
    #[serde(default)]
    request: Option<KeptRequest>,
}

/// A request that the inspector keeps.
#[derive(Deserialize, ToSchema)]
#[schema(as = TryKeptRequest)]
#[serde(deny_unknown_fields)]
struct KeptRequest {
    /// The webhook's path.
    hook: String,
    /// The request's id.
    id: String,
}

/// The run.
#[derive(Serialize, ToSchema)]
#[schema(as = TryResult)]
struct Told {
    /// Its id.
    run: String,
}

/// Runs this text, which takes no runs of its own: a run like others, on a version of its own, which is on disk when this
/// answers. What its steps do is done. It stands in no queue, claims no delivery, and no alarm and no other scenario hears
/// of its failure.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "try_scenario",
    params(("id" = String, Path, description = "The scenario's id; it need not exist")),
    request_body = Given,
    responses((status = 202, body = Told), Refusals)
)]
#[post("/scenarios/{id}/try")]
pub(in crate::api) async fn start(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    let id = valid(&id)?;
    let Given { text, input, until, only, pins, scope } = given.into_inner();
    let reader = app.clone();
    let (text, from, scope) = blocking(move || {
        let diagnostics = reader.library().check(&text);
        if diagnostics.iter().any(scenario::diagnostic::Diagnostic::is_error) {
            return Err(Problem::invalid_scenario(&diagnostics));
        }
        let from = starts(&reader, input, scope.get("trigger"))?;
        Ok((text, from, scope))
    })
    .await?;
    let attempt = Attempt { from, until, only, pins, scope, by: caller.user().to_owned() };
    let run = app.handle().try_text(id, text, attempt).await?;
    let place = format!("/api/v1/runs/{run}");
    Ok(HttpResponse::Accepted().insert_header((header::LOCATION, place)).json(Told { run: run.to_string() }))
}

/// What starts it. Blocks for the disk.
fn starts(app: &App, given: Option<GivenInput>, trigger: Option<&Value>) -> Result<TrialStart, Problem> {
    let given = given.unwrap_or_else(|| trigger.map(GivenInput::of).unwrap_or_default());
    match given {
        GivenInput { run: Some(run), .. } => Ok(TrialStart::Run(runs::named(&run)?)),
        GivenInput { request: Some(KeptRequest { hook, id }), .. } => {
            let capture = hooks::get::find(app, &hook, &id)?;
            let record = decode(&capture.bytes).ok_or_else(|| hooks::unknown(&id))?;
            hooks::again::whole(&record, "tried")?;
            let input = input(&record, &hook, capture.at)
                .map_err(|refusal| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", refusal.detail))?;
            Ok(TrialStart::Input(Box::new(input.into())))
        }
        given => Ok(TrialStart::Input(Box::new(given.delivery(app.now())))),
    }
}

impl GivenInput {
    /// What a value of `trigger` says of it.
    fn of(trigger: &Value) -> Self {
        let map = |name: &str| trigger.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let text = |name: &str| trigger.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            body: trigger.get("body").cloned().unwrap_or_default(),
            query: map("query"),
            headers: map("headers"),
            params: map("params"),
            method: text("method"),
            path: text("path"),
            ..Self::default()
        }
    }

    fn delivery(self, at: Millis) -> Delivery {
        let Self { body, query, headers, params, method, path, .. } = self;
        let headers = pairs(headers).into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        let request = Request {
            method: method.map_or_else(|| "POST".to_owned(), |method| method.to_ascii_uppercase()),
            path: path.unwrap_or_default(),
            params: pairs(params),
            query: pairs(query),
            headers: headers.collect(),
            ip: String::new(),
        };
        let (body, request) = (Payload::of_value(&body), Some(Box::new(request)));
        Input { source: Source::Manual, at, request, body, raw: None, files: None }.into()
    }
}

/// A map as the pairs that it would come as: a list is a name that is repeated.
fn pairs(map: Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let each = |(name, value): (String, Value)| match value {
        Value::Array(items) => items.into_iter().map(|item| (name.clone(), text(item))).collect(),
        value => vec![(name, text(value))],
    };
    map.into_iter().flat_map(each).collect()
}

impl From<Untriable> for Problem {
    fn from(why: Untriable) -> Self {
        let detail = why.to_string();
        match why {
            Untriable::Invalid(diagnostics) => Self::invalid_scenario(&diagnostics),
            Untriable::NoSuchStep(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "no_such_step", detail),
            Untriable::NotAlone(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_alone", detail),
            Untriable::UnknownRun => Self::not_found(detail),
            Untriable::Version(unknown) => unknown.into(),
            Untriable::Refused(refused) => refused.into(),
        }
    }
}
