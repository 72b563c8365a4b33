//! `/api/v1/queues`, and what is done about the queue of a scenario.

pub(super) mod list;
pub(super) mod purge;
pub(super) mod state;
mod view;

use crate::App;
use crate::error::Problem;
use run::id::ScenarioId;

/// The scenario named in a path, if it takes runs or has some that wait. Blocks for the disk.
fn known(app: &App, id: &str) -> Result<ScenarioId, Problem> {
    let unknown = || Problem::not_found(format!("there is no scenario `{id}`"));
    let id: ScenarioId = id.parse().map_err(|_| unknown())?;
    let is_known = app.library().get(&id).is_some() || app.handle().queues().contains_key(&id);
    if is_known { Ok(id) } else { Err(unknown()) }
}
