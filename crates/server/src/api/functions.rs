//! `GET /api/v1/functions`

use crate::error::Refusals;
use actix_web::{get, web};
use scenario::functions::{Function, all};
use serde::Serialize;
use utoipa::ToSchema;

/// Every function of the language.
#[derive(Serialize, ToSchema)]
struct Functions {
    /// The functions, in the order of the reference.
    items: Vec<View>,
}

/// A function.
#[derive(Serialize, ToSchema)]
#[schema(as = Function)]
struct View {
    /// Its name.
    name: &'static str,
    /// What it belongs to: `text`, `number`, `list`…
    group: &'static str,
    /// How it is written; `?` marks what may be left out.
    signature: &'static str,
    /// What it does, in a sentence.
    summary: &'static str,
    /// What makes it fail beyond arguments of the wrong type; empty where nothing does.
    errors: &'static str,
    /// An expression that uses it.
    example: &'static str,
    /// What the example gives, as JSON.
    result: &'static str,
}

/// Lists the functions that expressions and scripts can call.
#[utoipa::path(tag = "modules", operation_id = "list_functions", responses((status = 200, body = Functions), Refusals))]
#[get("/functions")]
pub(super) async fn list() -> web::Json<Functions> {
    web::Json(Functions { items: all().map(View::from).collect() })
}

impl From<&'static Function> for View {
    fn from(function: &'static Function) -> Self {
        let Function { name, group, signature, doc, errors, example, result, .. } = *function;
        Self { name, group, signature, summary: doc, errors, example, result }
    }
}
