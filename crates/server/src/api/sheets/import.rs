//! `POST /api/v1/sheets/{store}`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::taking::{Existing, Fate, TOGETHER, Target, Write};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::body::media_type;
use crate::error::{Problem, Refusals};
use crate::sheet::{Format, Given, Line, Lines, NewKeys, Types};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Query};
use actix_web::{HttpRequest, post, web};
use run::data_store::Act;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many refused lines are told of.
const TOLD: usize = 100;

/// How the file is meant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The column that has the keys; left out: `key`, or `_key` where the file has that.
    key: Option<String>,
    /// Whether lines without a key get one, be it that no column has keys.
    #[serde(default)]
    #[param(required = false)]
    new_keys: bool,
    /// What stands between cells: one character, or `tab`; left out: whatever of `,`, `;` and tab the first line has most of.
    separator: Option<String>,
    /// The character set, unless a byte order mark tells: `big5`, `gb18030`, `windows-1252`…; UTF-8 unless given.
    charset: Option<String>,
    /// What cells are that are in no column of the store.
    #[serde(default)]
    #[param(required = false, inline)]
    types: Types,
    /// What becomes of lines whose record is there already.
    #[serde(default)]
    #[param(required = false, inline)]
    existing: Existing,
    /// Whether it is only looked at what would come of it.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
}

/// What came of a file.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = StoreImport)]
struct Report {
    /// How many lines have a record, or should have.
    read: u64,
    /// How many were written.
    written: u64,
    /// How many were left alone, as their record is there already.
    skipped: u64,
    /// How many were refused.
    refused: u64,
    /// The first hundred that were refused.
    lines: Vec<RefusedLine>,
    /// Whether nothing was written in truth.
    dry_run: bool,
}

/// A line that was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = StoreImportLine)]
struct RefusedLine {
    /// Which, from 1.
    line: u64,
    /// The key, where it has one.
    key: Option<String>,
    /// Why.
    message: String,
}

/// Writes the lines of a file into a data store: CSV, or JSON Lines with `key` and `value`. Lines that cannot be records
/// are refused and told of, and do not keep the others out.
#[utoipa::path(
    tag = "stores",
    operation_id = "import_store",
    params(("store" = String, Path, description = "The store's name: letters, digits, `-` and `_`"), Wanted),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 200, body = Report), Refusals)
)]
#[post("/sheets/{store}")]
pub(in crate::api) async fn import(
    request: HttpRequest,
    app: web::Data<App>,
    store: web::Path<String>,
    wanted: Query<Wanted>,
    body: Bytes,
) -> Result<web::Json<Report>, Problem> {
    let format = match media_type(request.headers()).as_deref() {
        Some("text/csv") => Format::Csv,
        Some("application/x-ndjson") => Format::Jsonl,
        _ => return Err(Problem::unsupported_media_type("`text/csv` or `application/x-ndjson`")),
    };
    let wanted = wanted.into_inner();
    blocking(move || {
        let schema = app.stores().schema(&store)?.map(|(_, schema)| schema);
        let lines = Lines::of(&body, schema.as_ref(), wanted.given(format))
            .map_err(|reason| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_file", reason))?;
        let target = Target {
            stores: app.stores(),
            store: &store,
            existing: wanted.existing,
            act: Act { now: app.now(), idempotency_key: None },
            write: if wanted.dry_run { Write::Rehearsed } else { Write::Yes },
        };
        Ok(web::Json(take(lines, target)?))
    })
    .await
}

fn take(mut lines: Lines, target: Target<'_>) -> Result<Report, Problem> {
    let mut report = Report { dry_run: target.write == Write::Rehearsed, ..Report::default() };
    loop {
        let next: Vec<Line> = lines.by_ref().take(TOGETHER).collect();
        if next.is_empty() {
            return Ok(report);
        }
        for (fate, line) in target.take(&next)?.into_iter().zip(next) {
            report.note(fate, line);
        }
    }
}

impl Wanted {
    fn given(&self, format: Format) -> Given<'_> {
        Given {
            format,
            key: self.key.as_deref(),
            new_keys: if self.new_keys { NewKeys::Made } else { NewKeys::Never },
            separator: self.separator.as_deref(),
            charset: self.charset.as_deref(),
            types: self.types,
        }
    }
}

impl Report {
    fn note(&mut self, fate: Fate, line: Line) {
        self.read += 1;
        match fate {
            Fate::Written => self.written += 1,
            Fate::Skipped => self.skipped += 1,
            Fate::Refused(message) => {
                self.refused += 1;
                if self.lines.len() < TOLD {
                    self.lines.push(RefusedLine { line: line.number, key: line.key, message });
                }
            }
        }
    }
}
