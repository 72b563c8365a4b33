//! `/api/v1/scenarios`

pub(super) mod create;
pub(super) mod delete;
pub(super) mod draft;
pub(super) mod export;
pub(super) mod get;
pub(super) mod layout;
pub(super) mod list;
pub(super) mod listen;
pub(super) mod next;
pub(super) mod put;
pub(super) mod run;
pub(super) mod switch;
pub(super) mod r#try;
pub(super) mod versions;
mod view;
pub(super) mod whatif;

use crate::error::Problem;
use ::run::id::ScenarioId;

/// The scenario named in a path. What cannot be a name is not there.
fn named(id: &str) -> Result<ScenarioId, Problem> {
    id.parse().map_err(|_| unknown(id))
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("there is no scenario `{id}`"))
}
