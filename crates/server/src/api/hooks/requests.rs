//! `GET /api/v1/hooks/{hook}/requests`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::capture::Summary;
use super::{exists, number, verdict};
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
use std::ops::ControlFlow;
use utoipa::{IntoParams, ToSchema};

/// How many requests a page has unless said.
const USUAL: usize = 50;

/// How many requests a page has at most.
const MOST: usize = 200;

/// How many are looked through for a text before a page ends early.
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
        exists(&hook, &app)?;
        Ok(web::Json(page(app.inspector(), &hook, before, kinds(kind), limit, text.as_deref())?))
    })
    .await
}

fn page(
    inspector: &Inspector,
    hook: &str,
    before: Option<u64>,
    kinds: Kinds,
    limit: usize,
    text: Option<&str>,
) -> Result<Requests, StoreError> {
    let (mut requests, mut looked_through) = (Vec::new(), 0);
    let (mut last, mut next) = (None, None);
    inspector.visit(hook, before, kinds, |capture| {
        if requests.len() == limit || looked_through == LOOKED_THROUGH {
            // There is one more than wanted, so there is a next page.
            next = last;
            return ControlFlow::Break(());
        }
        last = Some(capture.id);
        looked_through += 1;
        if text.is_none_or(|text| has_text(capture, text)) {
            requests.extend(Summary::of(capture));
        }
        ControlFlow::Continue(())
    })?;
    Ok(Requests { requests, next: next.map(|id| id.to_string()) })
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
