//! `POST /api/v1/evaluate`

use super::blocking::blocking;
use super::runs;
use super::value;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use scenario::data;
use scenario::expression::Moment;
use scenario::preview::{Draft, Failure, Scope, preview};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is evaluated, and on what.
#[derive(Deserialize, ToSchema)]
#[schema(as = EvaluateRequest)]
#[serde(deny_unknown_fields)]
struct Given {
    /// One expression, without braces.
    #[serde(default)]
    expression: Option<String>,
    /// A text with `{{ … }}` in it. Either this or `expression`.
    #[serde(default)]
    template: Option<String>,
    /// The values of names: `trigger`, the ids of steps, `item`, `index`, `vars`.
    #[serde(default)]
    scope: Map<String, Value>,
    /// A run whose values names have that `scope` does not give.
    #[serde(default)]
    run: Option<String>,
}

/// What it gives: `value` or `error`.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluateResult)]
struct Told {
    /// The value; `{"truncated": BYTES}` where its JSON has more than 256 KiB. Secrets, and what came of them, are `•••`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    value: Option<Box<RawValue>>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Wrong>,
}

/// Why there is no value.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluateError)]
struct Wrong {
    /// For programs: `no_value`, `missing_property`, `type_mismatch`, `limit`, `E0301`…
    code: String,
    /// For people.
    message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Where in what was given, from 1.
    at: At,
}

/// A place in a text.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluatePlace)]
struct At {
    /// Line, from 1.
    line: u32,
    /// Character within the line, from 1.
    column: u32,
}

/// Shows what an expression or a template gives, on values at hand or on those of a run. Nothing is run, and no secret or
/// variable of the environment is read: they are `•••`.
#[utoipa::path(tag = "scenarios", request_body = Given, responses((status = 200, body = Told), Refusals))]
#[post("/evaluate")]
pub(super) async fn evaluate(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Told>, Problem> {
    blocking(move || {
        let Given { expression, template, scope, run } = given.into_inner();
        let draft = match (&expression, &template) {
            (Some(expression), None) => Draft::Expression(expression),
            (None, Some(template)) => Draft::Template(template),
            _ => return Err(Problem::bad_request("give either `expression` or `template`")),
        };
        let scope = scope_of(&app, scope, run.as_deref())?;
        let now = app.now();
        let moment = Moment { now, seed: now.unsigned_abs(), first_line: 1 };
        Ok(web::Json(match preview(draft, &scope, &moment) {
            Ok(found) => Told { value: Some(value::bounded(found.to_string().as_bytes())), error: None },
            Err(failure) => Told { value: None, error: Some(failure.into()) },
        }))
    })
    .await
}

/// The values of the run, and over them what is given. Blocks for the disk.
fn scope_of(app: &App, given: Map<String, Value>, run: Option<&str>) -> Result<Scope, Problem> {
    let mut scope = Scope::new(app.handle().environment());
    if let Some(run) = run {
        let id = runs::named(run)?;
        let of = runs::scope::of(app, id)?;
        let values = of.loops.into_iter().chain(of.steps);
        values.for_each(|(name, payload)| scope.set(name, payload.value()));
        scope.set("trigger", of.trigger.value());
        scope.set("vars", of.vars.value());
        scope.set("index", data::of(&Value::from(0)));
        scope.set("run", data::of(&serde_json::json!({ "id": id.to_string() })));
    }
    given.iter().for_each(|(name, value)| scope.set(name.as_str(), data::of(value)));
    Ok(scope)
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        let Failure { code, message, hint, at } = failure;
        Self { code: code.to_owned(), message, hint, at: At { line: at.line, column: at.column } }
    }
}
