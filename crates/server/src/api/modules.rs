//! `GET /api/v1/modules`

use crate::App;
use crate::error::Refusals;
use actix_web::{get, web};
use scenario::catalog::ModuleSpec;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Every module that a step can use.
#[derive(Serialize, ToSchema)]
struct Modules {
    /// The modules, by name.
    #[schema(value_type = Vec<Module>)]
    items: Vec<Arc<ModuleSpec>>,
}

/// What a module is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `scenario`'s `ModuleSpec`, which knows no API document")]
struct Module {
    /// The key of a step: `http.request`.
    name: String,
    /// One sentence.
    summary: String,
    /// The whole description, Markdown.
    description: String,
    /// JSON Schema (2020-12) of the parameters.
    parameters: Object,
    /// A parameter list as one would write it.
    example: serde_json::Value,
    /// What a successful call answers, by example.
    sample: serde_json::Value,
    /// Connection types that the parameter `connection` accepts; empty: the module takes no connection.
    connections: Vec<String>,
    /// Whether `connection` must be given.
    needs_connection: bool,
    /// Whether a call reaches outside of the run.
    effect: Effect,
    /// The parameter that holds a URL to be called, if any.
    url_parameter: Option<String>,
    /// The pauses, in seconds, after which a step that fails is tried again where it has no `retry`; missing: it is not.
    #[schema(required = false)]
    retry_pauses: Vec<u64>,
}

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;

/// Whether calling a module reaches outside of the run.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `scenario`'s type of this name, which knows no API document")]
enum Effect {
    /// Computes from its parameters alone.
    Pure,
    /// May change or read something outside.
    Outside,
}

/// Lists the modules that steps can use.
#[utoipa::path(tag = "modules", operation_id = "list_modules", responses((status = 200, body = Modules), Refusals))]
#[get("/modules")]
pub(super) async fn list(app: web::Data<App>) -> web::Json<Modules> {
    web::Json(Modules { items: app.catalog().modules().cloned().collect() })
}
