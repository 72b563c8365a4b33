//! A run as the API shows it.

use super::input::{Input, Recognised};
use super::keys::{Keys, Repeated};
use super::steps::{self, Failure, Step};
use crate::api::response::Response;
use engine::{Handle, Head, Status};
use run::entry::{self, Created, End, Entry, Trial};
use run::id::{Millis, RunId, Spot};
use serde::Serialize;
use utoipa::ToSchema;

/// How a run stands or ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `store`'s `Status`, which knows no API document")]
pub(in crate::api) enum RunStatus {
    /// It has work to do.
    Running,
    /// It goes on later.
    Waiting,
    /// Over: all done.
    Succeeded,
    /// Over: ended early and well.
    Stopped,
    /// Over: a step failed for good.
    Failed,
    /// Over: a person ended it.
    Cancelled,
    /// A step has failed, and waits for someone to resume it.
    Held,
}

/// A run.
#[derive(Serialize, ToSchema)]
pub(super) struct Run {
    /// Its id.
    id: String,
    /// Of which scenario.
    scenario: String,
    /// Of which version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The run that it does again, if it is a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    replay_of: Option<String>,
    /// It tries a text that takes no runs of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    trial: bool,
    /// How it stands.
    #[schema(value_type = RunStatus)]
    status: Status,
    /// When it was created, in milliseconds since 1970.
    #[schema(value_type = i64)]
    created: Millis,
    /// When it last changed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    changed: Millis,
    /// What started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Input>,
    /// What the delivery that started it was recognised as.
    #[serde(skip_serializing_if = "Option::is_none")]
    recognised: Option<Recognised>,
    /// What its steps did, in the order in which they began.
    steps: Vec<Step>,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// What it is recognised by and lines up by.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Keys>,
    /// How often its delivery was repeated. A repeat starts no run and gets this one's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<Repeated>,
}

impl Run {
    /// The run of this journal. `handle` knows the version that the run is pinned to, for the names of its steps, and
    /// the links of those that wait. May block for the disk.
    pub(super) fn of(id: RunId, head: &Head, entries: &[Entry], handle: &Handle) -> Self {
        let created = entries.iter().find_map(|entry| match entry {
            Entry::Created(created) => Some(&**created),
            _ => None,
        });
        let plan = created.and_then(|Created { scenario, version, .. }| handle.version(scenario, version).ok());
        // What a run that is over has left unfinished waits for nothing.
        let link = |spot: &Spot| (!head.status.is_over()).then(|| handle.resume_url(id, spot));
        Self {
            id: id.to_string(),
            scenario: head.scenario.to_string(),
            version: created.map(|created| created.version.0.to_string()),
            replay_of: entries.iter().find_map(replay_of),
            trial: Trial::of(entries).is_some(),
            status: head.status,
            created: id.created(),
            changed: head.at,
            input: created.map(|created| Input::from(&created.input)),
            recognised: entry::Recognised::of(entries).map(Recognised::from),
            steps: steps::of(entries, plan.as_deref(), link),
            response: entries.iter().find_map(response),
            error: entries.iter().rev().find_map(failure),
            keys: Keys::of(entries),
            // A count that cannot be read is not worth the run's page.
            repeats: handle.repeats(id).ok().flatten().map(Repeated::from),
        }
    }
}

fn replay_of(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Replayed(replayed) => Some(replayed.of.to_string()),
        _ => None,
    }
}

fn response(entry: &Entry) -> Option<Response> {
    match entry {
        Entry::Responded { response, .. } => Some(Response::from(&**response)),
        _ => None,
    }
}

fn failure(entry: &Entry) -> Option<Failure> {
    match entry {
        Entry::Ended { end, .. } => match &**end {
            End::Failed { error, .. } => Some(Failure::from(error)),
            End::Succeeded | End::Stopped | End::Cancelled => None,
        },
        _ => None,
    }
}
