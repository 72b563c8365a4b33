//! `GET /api/v1/stores/{store}`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::{View, filter};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::web::Query;
use actix_web::{get, web};
use run::data_store::Order;
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
    /// Only those that come after the record of this key: the `next` of the page before.
    after: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    limit: Option<usize>,
    /// What they hold: JSON, as in `store.search`: a map of fields with the values or tests that they must have or pass, or
    /// a list of such maps, of which one must fit.
    r#where: Option<String>,
    /// The fields to sort by, with a `-` before one for the highest first: `total`, `-total,name`; left out: by key.
    order: Option<String>,
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

/// Lists the records of a data store, all or those that are looked for. One that was never written has none.
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
    let Wanted { prefix, after, limit, r#where, order } = wanted.into_inner();
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let order = order.as_deref().filter(|order| !order.is_empty()).map(Order::read).transpose()?;
    let query = run::data_store::Query { prefix, filter: filter(r#where.as_deref())?, after, limit, order };
    let page = blocking(move || Ok(app.stores().search(&store, &query, app.now())?)).await?;
    Ok(web::Json(Records { items: page.items.into_iter().map(View::from).collect(), next: page.next }))
}
