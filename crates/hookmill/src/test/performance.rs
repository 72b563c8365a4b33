//! One test performed: the scenario is walked once, and everything it asks of others is answered as the test says.

use super::request;
use super::stand_ins::{Called, StandIns};
use engine::{Deployment, Rehearsal, Start, rehearse};
use modules::Connections;
use run::entry::Entry;
use run::id::{Millis, ScenarioId};
use scenario::catalog::Catalog;
use scenario::plan::{Plan, StoreContents, Test};
use std::sync::Arc;

/// The time at which every test begins that does not say another: 2026-01-01T00:00:00Z.
pub(super) const START: Millis = 1_767_225_600_000;

/// What chance begins with, unless a test says something else.
const SEED: u64 = 1;

/// What is performed, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// The scenario's name.
    pub(crate) id: &'a ScenarioId,
    /// What it says.
    pub(crate) plan: &'a Arc<Plan>,
    /// Samples of modules.
    pub(crate) catalog: &'a Catalog,
    /// The connections that its calls name.
    pub(crate) connections: &'a Arc<Connections>,
    /// The scenarios beside it, by name.
    pub(crate) neighbours: &'a dyn Fn(&str) -> Option<Arc<Deployment>>,
}

/// What came of it.
pub(crate) struct Performance {
    /// The run.
    pub(crate) rehearsal: Rehearsal,
    /// Every call, in order.
    pub(crate) calls: Vec<Called>,
    /// What the data stores hold afterwards, of the keys that the test asks for.
    pub(crate) stores: StoreContents,
    /// What the test did not provide for.
    pub(crate) complaints: Vec<String>,
}

/// Performs the test. Fails where the test itself cannot be set up.
pub(crate) fn perform(piece: Piece<'_>, test: &Test) -> Result<Performance, String> {
    let at = test.at.unwrap_or(START);
    let delivery = request::delivery(piece.plan, &test.trigger, at)?;
    let start = Start { now: at, seed: test.seed.unwrap_or(SEED) };
    let mut stand_ins = StandIns::new(piece, test, at)?;
    let rehearsal = rehearse(piece.id, piece.plan, delivery, start, &mut stand_ins);
    let end = rehearsal.entries.last().map_or(at, Entry::at);
    let stores = stand_ins.stored(&test.expect.stores, end)?;
    let StandIns { calls, complaints, .. } = stand_ins;
    Ok(Performance { rehearsal, calls, stores, complaints })
}
