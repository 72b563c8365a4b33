//! `GET /api/v1/stores`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::{get, web};
use run::data_store::Filter;
use serde::Serialize;
use utoipa::ToSchema;

/// How many records of a store are counted for the list.
const COUNTED: usize = 10_000;

/// All data stores.
#[derive(Serialize, ToSchema)]
struct Stores {
    /// The stores, by name.
    items: Vec<Summary>,
}

/// A data store in short.
#[derive(Serialize, ToSchema)]
#[schema(as = Store)]
struct Summary {
    /// Its name.
    name: String,
    /// How many records it has; counting ends at 10,000.
    records: usize,
    /// Whether it has more records than were counted.
    more: bool,
    /// The names of its columns; none where its records may hold anything.
    columns: Vec<String>,
}

/// Lists all data stores that were ever written, or have columns.
#[utoipa::path(tag = "stores", operation_id = "list_stores", responses((status = 200, body = Stores), Refusals))]
#[get("/stores")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Stores>, Problem> {
    blocking(move || {
        let items: Result<_, Problem> = app.stores().names()?.into_iter().map(|name| Summary::of(name, &app)).collect();
        Ok(web::Json(Stores { items: items? }))
    })
    .await
}

impl Summary {
    fn of(name: String, app: &App) -> Result<Self, Problem> {
        let found = app.stores().count(&name, "", &Filter::default(), COUNTED + 1, app.now())?;
        let columns = match app.stores().schema(&name)? {
            Some((_, schema)) => schema.columns.into_iter().map(|column| column.name).collect(),
            None => Vec::new(),
        };
        Ok(Self { name, records: found.min(COUNTED), more: found > COUNTED, columns })
    }
}
