//! `GET /api/v1/hooks/{hook}/requests`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::capture::Summary;
use super::{number, verdict};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{Inspector, Kind, decode};
use actix_web::web::Query;
use actix_web::{get, web};
use engine::captures::{Capture, Kinds};
use memchr::memmem;
use run::tables::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many requests a page has unless said.
const USUAL: usize = 50;

/// How many requests a page has at most.
const MOST: usize = 200;

/// How many are read at once, and how many looked through for a text before a page ends early.
const READ: usize = 200;
const LOOKED_THROUGH: usize = 20_000;

/// Which requests to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those that came before this one: the `next` of the page before.
    before: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    limit: Option<usize>,
    /// Only those of which this became: taken, repeat, handshake, refused, kept.
    verdict: Option<String>,
    /// Only those with this text in target, headers or body; upper and lower case are the same.
    q: Option<String>,
}

/// A page of requests.
#[derive(Serialize, ToSchema)]
#[schema(as = HookRequestList)]
struct Requests {
    /// The requests, newest first. A page may be short where many were looked through for a text.
    requests: Vec<Summary>,
    /// The `before` of the next page; null on the last.
    next: Option<String>,
}

/// Lists the requests that came to a webhook, newest first: those that were refused, too, and those that came while its
/// scenario was switched off.
#[utoipa::path(
    tag = "hooks",
    operation_id = "list_hook_requests",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"), Wanted),
    responses((status = 200, body = Requests), Refusals)
)]
#[get("/hooks/{hook}/requests")]
pub(in crate::api) async fn list(
    app: web::Data<App>,
    hook: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<web::Json<Requests>, Problem> {
    let Wanted { before, limit, verdict: kind, q } = wanted.into_inner();
    let before = before.as_deref().map(number).transpose()?;
    let kind = kind.as_deref().map(verdict).transpose()?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let text = q.map(|text| text.to_lowercase()).filter(|text| !text.is_empty());
    blocking(move || {
        let page = match text {
            None => page(app.inspector(), &hook, before, kind, limit)?,
            Some(text) => search(app.inspector(), &hook, before, kind, limit, &text)?,
        };
        let next = page.next.map(|id| id.to_string());
        Ok(web::Json(Requests { requests: page.captures.iter().filter_map(Summary::of).collect(), next }))
    })
    .await
}

/// Some requests, and where the next page begins.
struct Page {
    captures: Vec<Capture>,
    next: Option<u64>,
}

fn page(
    inspector: &Inspector,
    hook: &str,
    before: Option<u64>,
    kind: Option<Kind>,
    limit: usize,
) -> Result<Page, StoreError> {
    // One more than wanted tells whether there is a next page.
    let mut captures = inspector.newest(hook, before, kinds(kind), limit + 1)?;
    let more = captures.len() > limit;
    captures.truncate(limit);
    let next = captures.last().filter(|_| more).map(|capture| capture.id);
    Ok(Page { captures, next })
}

fn search(
    inspector: &Inspector,
    hook: &str,
    mut before: Option<u64>,
    kind: Option<Kind>,
    limit: usize,
    text: &str,
) -> Result<Page, StoreError> {
    let mut found = Vec::new();
    for _ in 0..LOOKED_THROUGH / READ {
        let read = inspector.newest(hook, before, kinds(kind), READ)?;
        let is_last = read.len() < READ;
        for capture in read {
            before = Some(capture.id);
            if has_text(&capture, text) {
                found.push(capture);
            }
            if found.len() == limit {
                return Ok(Page { captures: found, next: before });
            }
        }
        if is_last {
            return Ok(Page { captures: found, next: None });
        }
    }
    Ok(Page { captures: found, next: before })
}

/// Whether a request shows this text, which is lower-case. What is masked is not found.
fn has_text(capture: &Capture, text: &str) -> bool {
    let Some(record) = decode(&capture.bytes) else { return false };
    let has = |bytes: &[u8]| memmem::find(&bytes.to_ascii_lowercase(), text.as_bytes()).is_some();
    has(record.target.as_bytes())
        || record.headers.iter().any(|(name, value)| has(name.as_bytes()) || has(value.0))
        || has(record.body.0) && has(&record.shown_body())
}

fn kinds(kind: Option<Kind>) -> Kinds {
    kind.map_or(Kinds::ALL, |kind| Kinds::only(kind as u8))
}
