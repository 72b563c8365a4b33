//! `GET /api/v1/hooks/{hook}/listen`: requests whole and as they came, for a program that wants them itself.

use super::exists;
use crate::App;
use crate::api::blocking::blocking;
use crate::api::events::{QUIET, ending, streaming};
use crate::error::{Problem, Refusals};
use crate::inspector::{Heard, Kind, Listener, Live, Raw};
use actix_web::{HttpResponse, get, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use engine::Signal;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;
use utoipa::ToSchema;

/// A request, whole, with all its header fields.
#[derive(Serialize, ToSchema)]
#[schema(as = HookRequestLive)]
struct View<'a> {
    /// Where it came from.
    ip: String,
    /// Its method.
    method: &'a str,
    /// Path and query, as they came.
    target: &'a str,
    /// What of the path stands in place of the webhook's `{name}` segments and behind them, with its slash.
    rest: String,
    /// Names and values, in order; a value that is no UTF-8 is read as Latin-1.
    #[schema(value_type = Vec<Vec<String>>)]
    headers: Vec<(&'a str, String)>,
    /// The body, as base64.
    body_base64: String,
    /// How long the body was; more than there is where it was refused, or went into files.
    length: u64,
    /// What became of it.
    verdict: Kind,
    /// What it was answered.
    status: u16,
}

/// Streams requests as they come, each whole in an event `request`, with the header fields that are masked elsewhere, so
/// that a program can verify signatures itself. Only while it listens: nothing is kept for it. The event `missed` says
/// that it was too slow.
#[utoipa::path(
    tag = "hooks",
    operation_id = "listen_to_hook",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    responses(
        (status = 200, content_type = "text/event-stream", body = View<'static>, description = "Of each event"),
        Refusals,
    )
)]
#[get("/hooks/{hook}/listen")]
pub(in crate::api) async fn listen(app: web::Data<App>, hook: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (named, looking) = (hook.clone(), app.clone());
    blocking(move || exists(&named, &looking)).await?;
    let state = (app.inspector().listen(&hook), app.handle().signals());
    let first = Some(Bytes::from_static(b": listening\n\n"));
    Ok(streaming(unfold((state, first), |((listener, mut signals), first)| async move {
        let next = match first {
            Some(first) => first,
            None => next(&listener, &mut signals).await?,
        };
        Some((Ok(next), ((listener, signals), None)))
    })))
}

async fn next(listener: &Listener, signals: &mut Receiver<Signal>) -> Option<Bytes> {
    tokio::select! {
        heard = timeout(QUIET, listener.next()) => Some(match heard {
            Ok(Heard::Request(live)) => event(&live),
            Ok(Heard::Missed) => Bytes::from_static(b"event: missed\ndata: {}\n\n"),
            Err(_) => Bytes::from_static(b": still here\n\n"),
        }),
        () = ending(signals) => None,
    }
}

fn event(live: &Live) -> Bytes {
    let headers = live.headers.iter().map(|(name, value)| (&**name, Raw(value).text().into_owned()));
    let view = View {
        ip: live.ip.to_string(),
        method: &live.method,
        target: &live.target,
        rest: rest(&live.hook, &live.target),
        headers: headers.collect(),
        body_base64: BASE64_STANDARD.encode(&live.body),
        length: live.body_length,
        verdict: live.verdict,
        status: live.status,
    };
    // JSON text has no line breaks in it.
    let data = serde_json::to_string(&view).unwrap_or_default();
    format!("event: request\ndata: {data}\n\n").into()
}

/// What of a request's path is not written in the webhook's: `/7` of `/hook/orders/7`, if that is `orders/{id}`.
fn rest(hook: &str, target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default().trim_start_matches('/');
    let fixed = hook.trim_matches('/').split('/').take_while(|segment| !segment.contains('{')).count();
    // One more for `hook` itself.
    path.split('/').skip(1 + fixed).map(|segment| format!("/{segment}")).collect()
}

#[cfg(test)]
mod tests {
    use super::rest;

    #[test]
    fn what_is_not_written_in_the_path() {
        for (hook, target, expected) in [
            ("orders", "/hook/orders?a=1", ""),
            ("orders/{id}", "/hook/orders/7?a=1", "/7"),
            ("orders/{id}/lines/{no}", "/hook/orders/7/lines/2%2F3", "/7/lines/2%2F3"),
            ("{any}", "/hook/x", "/x"),
            ("a/b", "/hook/a/b/", "/"),
        ] {
            assert_eq!(rest(hook, target), expected, "{hook} {target}");
        }
    }
}
