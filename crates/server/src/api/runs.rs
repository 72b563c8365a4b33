//! `/api/v1/runs`

pub(super) mod cancel;
pub(super) mod events;
pub(super) mod get;
pub(super) mod list;
pub(super) mod moving;
pub(super) mod replay;
pub(super) mod resume;
pub(super) mod scope;
pub(super) mod test;
pub(super) mod view;

mod input;
mod keys;
mod misfits;
mod selection;
mod steps;

use crate::error::Problem;
use run::id::RunId;

/// The run of this address.
pub(super) fn named(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| unknown())
}

fn unknown() -> Problem {
    Problem::not_found("there is no such run")
}
