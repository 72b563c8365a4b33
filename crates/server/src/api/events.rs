//! `GET /api/v1/events`: what happens, as it happens (server-sent events, HTML Living Standard §9.2).

use crate::App;
use crate::api::alarms::View;
use crate::error::Refusals;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use bytes::Bytes;
use engine::{RunNews, Signal};
use futures_util::Stream;
use futures_util::stream::unfold;
use run::id::RunId;
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout};

/// After how long of silence something is sent, so that nobody on the way takes the connection for dead.
pub(super) const QUIET: Duration = Duration::from_secs(15);

/// What happens to runs within this time is told together.
const TOGETHER: Duration = Duration::from_millis(100);

/// Of how many runs is told in this time; where there are more, that some were missed.
const MOST: usize = 200;

const MISSED: &[u8] = b"event: missed\ndata: {}\n\n";

/// Streams what happens. The event `alarm` carries an alarm that has begun, was seen, or is over; `run` a run that has
/// begun or is over (`id`, `scenario`, `status`, `created`, `trial`); `scenario` a scenario whose text is another one (`id`,
/// `version`, null where it is gone); `draft` a draft that was saved (`scenario`, `revision`, null where it is gone). The
/// event `missed` says that the listener was too slow and should look at the lists again.
#[utoipa::path(
    tag = "events",
    operation_id = "events",
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals)
)]
#[get("/events")]
pub(in crate::api) async fn events(app: web::Data<App>) -> HttpResponse {
    let listener = Listener { signals: app.handle().signals(), news: app.handle().run_news() };
    // Begins with a comment, so that the listener knows that it listens.
    let first = Some(Bytes::from_static(b": listening\n\n"));
    streaming(unfold((listener, first), |(mut listener, first)| async move {
        let next = match first {
            Some(first) => first,
            None => listener.next().await?,
        };
        Some((Ok(next), (listener, None)))
    }))
}

/// Someone who listens.
struct Listener {
    signals: Receiver<Signal>,
    news: Receiver<RunNews>,
}

impl Listener {
    /// What is sent next; none: the server ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let heard = timeout(QUIET, async {
                tokio::select! {
                    signal = self.signals.recv() => Heard::Signal(signal),
                    news = self.news.recv() => Heard::News(news),
                }
            });
            match heard.await {
                Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                Ok(Heard::Signal(signal)) => return told(signal),
                Ok(Heard::News(Err(RecvError::Closed))) => return None,
                Ok(Heard::News(Err(RecvError::Lagged(_)))) => return Some(Bytes::from_static(MISSED)),
                Ok(Heard::News(Ok(news))) => {
                    if let Some(piece) = self.runs(news).await {
                        return Some(piece);
                    }
                }
            }
        }
    }

    /// What happens to runs from this on, for a moment. None where that is nothing to be told here.
    async fn runs(&mut self, first: RunNews) -> Option<Bytes> {
        let end = Instant::now() + TOGETHER;
        let mut runs = BTreeMap::new();
        let mut missed = false;
        note(&mut runs, first);
        if runs.is_empty() {
            return None;
        }
        loop {
            tokio::select! {
                news = self.news.recv() => match news {
                    Ok(news) => note(&mut runs, news),
                    Err(RecvError::Lagged(_)) => missed = true,
                    Err(RecvError::Closed) => break,
                },
                () = sleep_until(end) => break,
            }
        }
        missed |= runs.len() > MOST;
        let mut piece = Vec::new();
        for news in runs.values().take(MOST) {
            let RunNews { run, scenario, status, is_trial, .. } = news;
            let data = json!({
                "id": run.to_string(),
                "scenario": scenario.as_str(),
                "status": status,
                "created": run.created(),
                "trial": is_trial,
            });
            piece.extend_from_slice(&event("run", &data));
        }
        if missed {
            piece.extend_from_slice(MISSED);
        }
        Some(piece.into())
    }
}

enum Heard {
    Signal(Result<Signal, RecvError>),
    News(Result<RunNews, RecvError>),
}

/// Notes that a run has begun or is over, or how it stands where it is noted already.
fn note(runs: &mut BTreeMap<RunId, RunNews>, news: RunNews) {
    if news.is_new || news.status.is_over() || runs.contains_key(&news.run) {
        runs.insert(news.run, news);
    }
}

fn told(signal: Result<Signal, RecvError>) -> Option<Bytes> {
    Some(match signal {
        Ok(Signal::Alarm(alarm)) => event("alarm", &View::from(alarm)),
        Ok(Signal::Scenario { scenario, version }) => {
            let version = version.map(|version| version.0.to_string());
            event("scenario", &json!({ "id": scenario.as_str(), "version": version }))
        }
        Ok(Signal::Draft { scenario, revision }) => {
            event("draft", &json!({ "scenario": scenario.as_str(), "revision": revision }))
        }
        Err(RecvError::Lagged(_)) => Bytes::from_static(MISSED),
        Ok(Signal::Ending) | Err(RecvError::Closed) => return None,
    })
}

/// An answer that is a stream of events.
pub(super) fn streaming(pieces: impl Stream<Item = Result<Bytes, Infallible>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(pieces)
}

/// Comes back when the server is about to end.
pub(super) async fn ending(signals: &mut Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Ending) | Err(RecvError::Closed) => return,
            Ok(Signal::Alarm(_) | Signal::Scenario { .. } | Signal::Draft { .. }) | Err(RecvError::Lagged(_)) => {}
        }
    }
}

/// One event.
pub(super) fn event(name: &str, data: &impl serde::Serialize) -> Bytes {
    // JSON text has no line breaks in it.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n").into()
}
