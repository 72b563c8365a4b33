//! `POST /api/v1/hooks/{hook}/requests/replay`

use super::again::Parcel;
use super::get::find;
use super::{exists, number, unknown, verdict};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::decode;
use actix_web::{post, web};
use engine::captures::Kinds;
use run::id::Millis;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use utoipa::ToSchema;

/// How many requests are sent again at once.
const MOST: usize = 200;

/// How many are looked through for those of a time, before a page ends early.
const LOOKED_THROUGH: usize = 20_000;

/// Which requests are sent again: these, or those that fit.
#[derive(Deserialize, ToSchema)]
#[schema(as = HookReplay)]
#[serde(deny_unknown_fields)]
struct Given {
    /// These, in this order; at most 200. One that is not there does not stop the others.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// Those of which this became: taken, repeat, handshake, refused, kept.
    #[serde(default)]
    verdict: Option<String>,
    /// Those that came at this time or later, as `2026-12-31T09:00:00Z`.
    #[serde(default)]
    since: Option<String>,
    /// Those that came before this time.
    #[serde(default)]
    until: Option<String>,
    /// Those that came before this request: the `next` of the page before.
    #[serde(default)]
    before: Option<String>,
}

/// What became of the requests.
#[derive(Serialize, ToSchema)]
#[schema(as = HookReplayed)]
struct Replayed {
    /// Each of them, in the order in which they were sent.
    requests: Vec<One>,
    /// The `before` of the next page, of older ones; null on the last.
    next: Option<String>,
}

/// What became of one request.
#[derive(Serialize, ToSchema)]
#[schema(as = HookReplayedItem)]
struct One {
    /// The request that was there before.
    id: String,
    /// What it was answered now.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The run that it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// Why it could not be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Sends requests again, one after the other, the oldest first: to what the scenario is now, without verification, and
/// never as a repeat. Each is kept as a request of its own that names the first one. At most 200 at a time.
#[utoipa::path(
    tag = "hooks",
    operation_id = "replay_hook_requests",
    params(("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment")),
    request_body = Given,
    responses((status = 200, body = Replayed), Refusals)
)]
#[post("/hooks/{hook}/requests/replay")]
pub(in crate::api) async fn replay(
    app: web::Data<App>,
    hook: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Replayed>, Problem> {
    let wanted = Wanted::of(given.into_inner())?;
    let hook = hook.into_inner();
    let (reader, log) = (app.clone(), hook.clone());
    let (ids, next) = blocking(move || {
        exists(&log, &reader)?;
        wanted.find(&reader, &log)
    })
    .await?;
    let mut requests = Vec::with_capacity(ids.len());
    for id in ids {
        requests.push(one(id, &hook, &app).await);
    }
    Ok(web::Json(Replayed { requests, next: next.map(|id| id.to_string()) }))
}

async fn one(id: String, hook: &str, app: &web::Data<App>) -> One {
    let (reader, hook, wanted) = (app.clone(), hook.to_owned(), id.clone());
    let parcel = blocking(move || {
        let capture = find(&reader, &hook, &wanted)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&wanted))?;
        Parcel::of(capture.id, &record)
    });
    match parcel.await {
        Ok(parcel) => {
            let told = parcel.send(app).await;
            One { id, status: Some(told.status), run: told.run, error: None }
        }
        Err(problem) => One { id, status: None, run: None, error: Some(problem.to_string()) },
    }
}

/// Which requests, as they are found.
enum Wanted {
    These(Vec<String>),
    Fitting { kinds: Kinds, since: Millis, until: Millis, before: Option<u64> },
}

impl Wanted {
    fn of(given: Given) -> Result<Self, Problem> {
        let Given { ids, verdict: kind, since, until, before } = given;
        let says_which = kind.is_some() || since.is_some() || until.is_some() || before.is_some();
        match ids {
            Some(_) if says_which => Err(Problem::bad_request("`ids` stand alone")),
            Some(ids) if ids.len() > MOST => Err(Problem::bad_request(format!("there are more than {MOST} `ids`"))),
            Some(ids) => Ok(Self::These(ids)),
            None if !says_which => Err(Problem::bad_request("say which: `ids`, or `verdict`, `since`, `until`")),
            None => {
                let kind = kind.as_deref().map(verdict).transpose()?;
                Ok(Self::Fitting {
                    kinds: kind.map_or(Kinds::ALL, |kind| Kinds::only(kind as u8)),
                    since: time(since.as_deref(), "since")?.unwrap_or(Millis::MIN),
                    until: time(until.as_deref(), "until")?.unwrap_or(Millis::MAX),
                    before: before.as_deref().map(number).transpose()?,
                })
            }
        }
    }

    /// The requests, the oldest first, and where older ones go on. Blocks for the disk.
    fn find(self, app: &App, hook: &str) -> Result<(Vec<String>, Option<u64>), Problem> {
        let (kinds, since, until, before) = match self {
            Self::These(ids) => return Ok((ids, None)),
            Self::Fitting { kinds, since, until, before } => (kinds, since, until, before),
        };
        let (mut found, mut looked_through) = (Vec::new(), 0);
        let (mut last, mut next) = (None, None);
        app.inspector().visit(hook, before, kinds, |capture| {
            if found.len() == MOST || looked_through == LOOKED_THROUGH {
                next = last;
                return ControlFlow::Break(());
            }
            last = Some(capture.id);
            looked_through += 1;
            if since <= capture.at && capture.at < until {
                found.push(capture.id.to_string());
            }
            ControlFlow::Continue(())
        })?;
        found.reverse();
        Ok((found, next))
    }
}

fn time(text: Option<&str>, name: &str) -> Result<Option<Millis>, Problem> {
    let parse = |text: &str| text.parse::<jiff::Timestamp>().map(|time| time.as_millisecond());
    let wrong = |_| Problem::bad_request(format!("`{name}` must be a time, as `2026-12-31T09:00:00Z`"));
    text.map(parse).transpose().map_err(wrong)
}
