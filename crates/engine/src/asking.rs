//! Calls that triggers make: with the connections, secrets, rates and masks that steps have, and without a run.

use crate::perform;
use crate::shared::Handle;
use run::PreparedCall;
use run::call::Outcome;
use run::error::StepError;
use run::id::{RunId, ScenarioId};
use run::setting::Setting;
use std::sync::Arc;

impl Handle {
    /// Makes a call on behalf of a scenario, when the rate of its connection lets it go out. `name` stands where a run's name
    /// does: in the logs and message ids of the module. Nothing is journaled, so a call that changes something has no place
    /// here.
    pub async fn ask(&self, scenario: &ScenarioId, name: RunId, call: PreparedCall) -> Result<Outcome, StepError> {
        let shared = &self.shared;
        if let Some(connection) = call.connection.as_deref() {
            while let Err(due) = shared.paces.turn(connection, name, &call.spot, shared.options.clock.now()) {
                shared.options.clock.sleep_until(due).await;
            }
        }
        perform::carry_out(shared, (scenario, name, 0), call).await
    }

    /// What runs and triggers see of the place they are at.
    pub fn setting(&self) -> Arc<Setting> {
        Arc::clone(&self.shared.options.setting)
    }
}
