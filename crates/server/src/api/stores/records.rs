//! `GET /api/v1/stores/{store}`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::View;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::web::Query;
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many records a page has unless said.
const USUAL: usize = 50;

/// How many records a page has at most.
const MOST: usize = 200;

/// Which records to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// What their keys start with.
    #[serde(default)]
    #[param(required = false)]
    prefix: String,
    /// Only those whose keys come after this one: the `next` of the page before.
    after: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    limit: Option<usize>,
}

/// A page of records.
#[derive(Serialize, ToSchema)]
#[schema(as = StoreRecords)]
struct Records {
    /// The records, by key.
    items: Vec<View>,
    /// The `after` of the next page; null on the last.
    next: Option<String>,
}

/// Lists the records of a data store. One that was never written has none.
#[utoipa::path(
    tag = "stores",
    operation_id = "list_store_records",
    params(("store" = String, Path, description = "The store's name"), Wanted),
    responses((status = 200, body = Records), Refusals)
)]
#[get("/stores/{store}")]
pub(in crate::api) async fn list(
    app: web::Data<App>,
    store: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<web::Json<Records>, Problem> {
    let Wanted { prefix, after, limit } = wanted.into_inner();
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let query = run::data_store::Query { prefix, after, limit, ..Default::default() };
    let page = blocking(move || Ok(app.stores().search(&store, &query, app.now())?)).await?;
    Ok(web::Json(Records { items: page.items.into_iter().map(View::from).collect(), next: page.next }))
}
