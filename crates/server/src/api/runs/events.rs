//! `GET /api/v1/runs/{id}/events`: a run as it goes (server-sent events, HTML Living Standard §9.2).

use super::view::Run;
use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::api::events::{QUIET, ending, event, streaming};
use crate::error::{Problem, Refusals};
use actix_web::{HttpResponse, get, web};
use bytes::Bytes;
use engine::{RunNews, Signal};
use futures_util::stream::unfold;
use run::id::RunId;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, timeout};

/// What happens within this time is told together.
const TOGETHER: Duration = Duration::from_millis(100);

/// Streams a run: the event `run` has all of it, now and whenever it has changed. The stream ends when the run is over.
#[utoipa::path(
    tag = "runs",
    operation_id = "run_events",
    params(("id" = String, Path, description = "The run's id")),
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals)
)]
#[get("/runs/{id}/events")]
pub(in crate::api) async fn events(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let run = named(&id)?;
    let (news, signals) = (app.handle().run_news(), app.handle().signals());
    let (first, is_over) = read(app.clone(), run).await?;
    let watcher = Watcher { app, run, news, signals, is_over };
    Ok(streaming(unfold((Some(first), watcher), |(first, mut watcher)| async move {
        let next = match first {
            Some(first) => first,
            None => watcher.next().await?,
        };
        Some((Ok(next), (None, watcher)))
    })))
}

/// Someone who looks at a run.
struct Watcher {
    app: web::Data<App>,
    run: RunId,
    news: Receiver<RunNews>,
    signals: Receiver<Signal>,
    /// It was told that the run is over.
    is_over: bool,
}

impl Watcher {
    /// What is sent next; none: the run is over, or the server ends.
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        match timeout(QUIET, self.change()).await {
            Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
            Ok(change) => change?,
        }
        sleep(TOGETHER).await;
        // What came meanwhile is in what is read now.
        self.news = self.app.handle().run_news();
        let (next, is_over) = read(self.app.clone(), self.run).await.ok()?;
        self.is_over = is_over;
        Some(next)
    }

    /// Comes back when something of the run is new; none: there is no more to come.
    async fn change(&mut self) -> Option<()> {
        loop {
            tokio::select! {
                news = self.news.recv() => match news {
                    Ok(news) if news.run != self.run => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
                () = ending(&mut self.signals) => return None,
            }
        }
    }
}

/// The run as it is now, and whether it is over.
async fn read(app: web::Data<App>, run: RunId) -> Result<(Bytes, bool), Problem> {
    blocking(move || {
        let (head, entries) = app.handle().journal(run)?.ok_or_else(unknown)?;
        let view = Run::of(run, &head, &entries, app.handle());
        Ok((event("run", &view), head.status.is_over()))
    })
    .await
}
