//! Webhooks and what came to them: the request inspector. A webhook is named by its path below `/hook/`, as its scenario
//! writes it, percent-encoded as one segment: `orders%2F%7Bid%7D`.

pub(super) mod body;
pub(super) mod copies;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod draft;
pub(super) mod events;
pub(super) mod get;
pub(super) mod list;
pub(super) mod listen;
pub(super) mod purge;
pub(super) mod replay;
pub(super) mod requests;
pub(super) mod schema;
pub(super) mod send;
pub(super) mod token;

pub(super) mod again;
mod capture;

use crate::App;
use crate::error::Problem;
use crate::inspector::{Kind, NoBin};
use actix_web::http::StatusCode;

/// Refuses a path that no scenario and no bin has, of which nothing is kept, and which nobody watches. Blocks for the disk.
fn exists(hook: &str, app: &App) -> Result<(), Problem> {
    let inspector = app.inspector();
    let is_tried = app.gateway().trials.is_at(hook, app.now());
    if is_tried
        || list::is_known(hook, app)
        || inspector.watched(hook).is_some()
        || inspector.tallies()?.contains_key(hook)
    {
        return Ok(());
    }
    Err(Problem::not_found(format!("there is no webhook with the path `{hook}`, and nothing of one is kept")))
}

/// The request of this name; problems name it.
fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| unknown(id))
}

pub(super) fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("there is no request {id:?} of this webhook; it may not be kept any more"))
}

/// The verdict of this name.
fn verdict(name: &str) -> Result<Kind, Problem> {
    let kind = serde_json::from_value(name.into());
    kind.map_err(|_| Problem::bad_request("`verdict` must be taken, repeat, handshake, refused or kept"))
}

impl From<NoBin> for Problem {
    fn from(why: NoBin) -> Self {
        let detail = why.to_string();
        match why {
            NoBin::Invalid(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_path", detail),
            NoBin::Exists => Self::new(StatusCode::CONFLICT, "exists", detail),
            NoBin::Store(error) => error.into(),
        }
    }
}
