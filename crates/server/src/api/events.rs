//! `GET /api/v1/events`: what happens, as it happens (server-sent events, HTML Living Standard §9.2).

use crate::App;
use crate::api::alarms::View;
use crate::error::Refusals;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use bytes::Bytes;
use engine::Signal;
use futures_util::Stream;
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

/// After how long of silence something is sent, so that nobody on the way takes the connection for dead.
const QUIET: Duration = Duration::from_secs(15);

/// Streams what happens: each event `alarm` carries an alarm that has begun, was seen, or is over. The event `missed`
/// says that the listener was too slow and should look at the lists again.
#[utoipa::path(
    tag = "events",
    operation_id = "events",
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals)
)]
#[get("/events")]
pub(in crate::api) async fn events(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(stream(app.handle().signals()))
}

/// The events until the server ends. Begins with a comment, so that the listener knows that it listens.
fn stream(signals: Receiver<Signal>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    unfold((signals, Some(Bytes::from_static(b": listening\n\n"))), |(mut signals, first)| async move {
        let next = match first {
            Some(first) => first,
            None => next(&mut signals).await?,
        };
        Some((Ok(next), (signals, None)))
    })
}

async fn next(signals: &mut Receiver<Signal>) -> Option<Bytes> {
    Some(match timeout(QUIET, signals.recv()).await {
        Err(_) => Bytes::from_static(b": still here\n\n"),
        Ok(Ok(Signal::Alarm(alarm))) => event("alarm", &View::from(alarm)),
        Ok(Err(RecvError::Lagged(_))) => Bytes::from_static(b"event: missed\ndata: {}\n\n"),
        Ok(Ok(Signal::Ending) | Err(RecvError::Closed)) => return None,
    })
}

fn event(name: &str, data: &impl serde::Serialize) -> Bytes {
    // JSON text has no line breaks in it.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n").into()
}
