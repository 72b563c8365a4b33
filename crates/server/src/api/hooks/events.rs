//! `GET /api/v1/hooks/{hook}/requests/events`: requests as they come (server-sent events, HTML Living Standard §9.2).

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::capture::Summary;
use super::{exists, number};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::events::{QUIET, ending, streaming};
use crate::error::{Problem, Refusals};
use crate::inspector::Inspector;
use actix_web::http::header::HeaderName;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use engine::Signal;
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;
use tokio::time::timeout;
use utoipa::IntoParams;

/// How many requests are sent in one piece.
const PIECE: usize = 32;

/// What a browser sends when it comes again (HTML Living Standard §9.2.5).
const LAST: HeaderName = HeaderName::from_static("last-event-id");

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Begin behind this request; left out: with those that come from now on. `Last-Event-ID` outweighs it.
    after: Option<String>,
}

/// Streams requests as they come, each once and in order, however slow the reader is: it is the log that is read, from
/// where the reader stands. Each event `request` has a request in short, and its id as the event's.
#[utoipa::path(
    tag = "hooks",
    operation_id = "hook_request_events",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"), Wanted),
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals)
)]
#[get("/hooks/{hook}/requests/events")]
pub(in crate::api) async fn events(
    request: HttpRequest,
    app: web::Data<App>,
    hook: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let last = request.headers().get(LAST).and_then(|value| value.to_str().ok());
    let after = last.or(wanted.after.as_deref()).map(number).transpose()?;
    let hook = hook.into_inner();
    let (named, looking) = (hook.clone(), app.clone());
    blocking(move || exists(&named, &looking)).await?;
    let mut written = app.inspector().written(&hook);
    let cursor = after.unwrap_or(*written.borrow_and_update());
    let reader = Reader { inspector: app.inspector().clone(), hook, cursor, written, signals: app.handle().signals() };
    Ok(stream(reader))
}

/// Someone who reads a log as it grows.
struct Reader {
    inspector: Inspector,
    hook: String,
    /// The last request that was sent.
    cursor: u64,
    written: watch::Receiver<u64>,
    signals: Receiver<Signal>,
}

fn stream(reader: Reader) -> HttpResponse {
    // Begins with a comment, so that the reader knows that it listens.
    let first = Some(Bytes::from_static(b": listening\n\n"));
    streaming(unfold((reader, first), |(mut reader, first)| async move {
        let next = match first {
            Some(first) => first,
            None => reader.next().await?,
        };
        Some((Ok(next), (reader, None)))
    }))
}

impl Reader {
    /// What is sent next; none: the server ends, or the log cannot be read.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            self.written.mark_unchanged();
            let (inspector, hook, cursor) = (self.inspector.clone(), self.hook.clone(), self.cursor);
            let read = blocking(move || Ok(inspector.after(&hook, cursor, PIECE)?)).await.ok()?;
            let mut piece = String::new();
            for capture in &read {
                self.cursor = capture.id;
                if let Some(summary) = Summary::of(capture) {
                    let data = serde_json::to_string(&summary).unwrap_or_default();
                    piece.push_str(&format!("id: {}\nevent: request\ndata: {data}\n\n", capture.id));
                }
            }
            if !piece.is_empty() {
                return Some(piece.into());
            }
            if read.is_empty() {
                match timeout(QUIET, self.change()).await {
                    Ok(change) => change?,
                    Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                }
            }
        }
    }

    /// Comes back when something was written; none: there is no more to come.
    async fn change(&mut self) -> Option<()> {
        tokio::select! {
            written = self.written.changed() => written.ok(),
            () = ending(&mut self.signals) => None,
        }
    }
}
