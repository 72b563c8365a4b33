//! `GET /api/v1/sheets/{store}`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use crate::App;
use crate::api::blocking::blocking;
use crate::api::stores::filter;
use crate::error::{Problem, Refusals};
use crate::sheet::{Format, Sheet, layout, named};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Bytes, Query};
use actix_web::{HttpResponse, get, web};
use futures_util::stream::unfold;
use run::data_store::{DataRecord, DataStores};
use run::id::Millis;
use serde::Deserialize;
use std::io;
use std::sync::Arc;
use utoipa::IntoParams;

/// How many records are read at a time.
const PAGE: usize = 500;

/// How the file is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// CSV, unless said otherwise. JSON Lines lose nothing; CSV has no place for what a value is.
    #[serde(default)]
    #[param(required = false, inline)]
    format: Format,
    /// The character set: `big5`, `windows-1252`…; UTF-8 unless given. Letters that it does not have become `?`.
    charset: Option<String>,
    /// What the keys start with.
    #[serde(default)]
    #[param(required = false)]
    prefix: String,
    /// What the records hold: JSON, as in `store.search`.
    r#where: Option<String>,
}

/// What is left to write.
struct Rest {
    stores: DataStores,
    store: String,
    query: run::data_store::Query,
    now: Millis,
    sheet: Arc<Sheet>,
    /// What was written already and not sent.
    head: Option<Vec<u8>>,
    is_over: bool,
}

/// Gives the records of a data store as a file.
#[utoipa::path(
    tag = "stores",
    operation_id = "export_store",
    params(("store" = String, Path, description = "The store's name"), Wanted),
    responses((status = 200, content_type = "text/csv", body = String), Refusals)
)]
#[get("/sheets/{store}")]
pub(in crate::api) async fn export(
    app: web::Data<App>,
    store: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let Wanted { format, charset, prefix, r#where } = wanted.into_inner();
    let encoding = named(charset.as_deref().unwrap_or("utf-8")).map_err(Problem::bad_request)?.output_encoding();
    let query =
        run::data_store::Query { prefix, filter: filter(r#where.as_deref())?, limit: PAGE, ..Default::default() };
    let (stores, now, store) = (app.stores().clone(), app.now(), store.into_inner());
    let file = format!("attachment; filename=\"{store}.{}\"", if format == Format::Csv { "csv" } else { "jsonl" });
    let kind = format!("{}; charset={}", format.media_type(), encoding.name().to_ascii_lowercase());
    let rest = blocking(move || {
        let columns = columns(&stores, &store, &query, format, now)?;
        let sheet = Arc::new(Sheet { format, columns, encoding });
        let head = Some(sheet.head());
        Ok(Rest { stores, store, query, now, sheet, head, is_over: false })
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, file))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .streaming(unfold(rest, |rest| async move { rest.next().await })))
}

/// The columns of the file: every record is looked at for its fields.
fn columns(
    stores: &DataStores,
    store: &str,
    query: &run::data_store::Query,
    format: Format,
    now: Millis,
) -> Result<crate::sheet::Columns, Problem> {
    let schema = stores.schema(store)?.map(|(_, schema)| schema);
    if format == Format::Jsonl {
        // The store's name is looked at, though nothing of it is needed.
        return Ok(crate::sheet::Columns::none());
    }
    let mut query = query.clone();
    let (mut failure, mut is_over) = (None, false);
    let mut records = Vec::<DataRecord>::new().into_iter();
    let all = std::iter::from_fn(|| {
        loop {
            if let Some(record) = records.next() {
                return Some(record);
            }
            if is_over {
                return None;
            }
            match stores.search(store, &query, now) {
                Ok(page) => {
                    is_over = page.next.is_none();
                    query.after = page.next;
                    records = page.items.into_iter();
                }
                Err(error) => {
                    failure = Some(error);
                    return None;
                }
            }
        }
    });
    let columns = layout(schema.as_ref(), all);
    match (failure, columns) {
        (Some(error), _) => Err(error.into()),
        (None, Some(columns)) => Ok(columns),
        (None, None) => {
            let detail = "the records have too many different fields for one table: take `format=jsonl`";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_large", detail))
        }
    }
}

impl Rest {
    /// The next piece of the file. Where the store fails, the answer breaks off, and nobody takes it for the whole.
    async fn next(mut self) -> Option<(Result<Bytes, io::Error>, Self)> {
        if let Some(head) = self.head.take().filter(|head| !head.is_empty()) {
            return Some((Ok(head.into()), self));
        }
        if self.is_over {
            return None;
        }
        let (stores, store, query, now) = (self.stores.clone(), self.store.clone(), self.query.clone(), self.now);
        let sheet = Arc::clone(&self.sheet);
        let written = web::block(move || {
            let page = stores.search(&store, &query, now)?;
            Ok::<_, run::data_store::DataError>((sheet.lines(&page.items), page.next))
        });
        let piece = match written.await {
            Ok(Ok((bytes, next))) => {
                self.is_over = next.is_none();
                self.query.after = next;
                Ok(bytes.into())
            }
            Ok(Err(error)) => self.failed(io::Error::other(error)),
            Err(error) => self.failed(io::Error::other(error)),
        };
        Some((piece, self))
    }

    fn failed(&mut self, error: io::Error) -> Result<Bytes, io::Error> {
        self.is_over = true;
        tracing::error!("the data store `{}` could not be written out: {error}", self.store);
        Err(error)
    }
}
