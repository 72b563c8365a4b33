//! A queue as the API shows it.

use engine::QueueView;
use run::id::{Millis, ScenarioId};
use serde::Serialize;
use utoipa::ToSchema;

/// What a queue does with runs.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `engine`'s `QueueState`, which knows no API document")]
pub(super) enum QueueState {
    /// Takes them in, and lets them begin.
    Open,
    /// Takes them in; none begins.
    Paused,
    /// Takes none in; those that wait begin.
    Draining,
}

/// How the runs of a scenario stand.
#[derive(Serialize, ToSchema)]
pub(super) struct Queue {
    /// The scenario's id.
    scenario: String,
    /// Whether runs are taken in, and begin.
    #[schema(value_type = QueueState)]
    state: engine::QueueState,
    /// How many wait for their turn or for a slot.
    waiting: u64,
    /// How many are under way: where runs take turns those that have theirs, else those that are worked on right now.
    running: u64,
    /// Since when the first of those that wait has waited, in milliseconds since 1970; null where none waits.
    #[schema(value_type = Option<i64>)]
    oldest: Option<Millis>,
    /// How many began or went on lately after they had waited, per second.
    rate: f64,
    /// How many were not begun, as `on_full: drop` says, since the server was started.
    dropped: u64,
    /// Whether nothing waits and nothing is under way.
    empty: bool,
}

impl Queue {
    pub(super) fn of(scenario: &ScenarioId, view: &QueueView) -> Self {
        Self {
            scenario: scenario.to_string(),
            state: view.state,
            waiting: view.waiting,
            running: view.running,
            oldest: view.oldest,
            rate: view.rate,
            dropped: view.dropped,
            empty: view.waiting == 0 && view.running == 0,
        }
    }
}
