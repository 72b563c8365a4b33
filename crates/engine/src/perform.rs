//! What a run does outside of its driver: one call of a module, within its time, or one script.

use crate::shared::Shared;
use futures_util::FutureExt;
use run::call::{Call, Origin, Outcome};
use run::entry::Created;
use run::error::StepError;
use run::id::{RunId, ScenarioId, Spot};
use run::{Job, PreparedCall};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How much longer than its own bound a call may take before it is cut off: the module says better what went wrong.
const GRACE: Duration = Duration::from_millis(500);

/// What a call or script gave, and which attempt of which step that was.
pub(crate) type Settled = (Spot, u32, Result<Outcome, StepError>);

/// Runs a script where it keeps no one waiting.
pub(crate) async fn script(job: Job) -> Settled {
    let (spot, attempt) = (job.spot.clone(), job.attempt);
    let result = tokio::task::spawn_blocking(move || job.run()).await;
    let result =
        result.unwrap_or_else(|_| Err(StepError::permanent("script_panicked", "the script broke its interpreter")));
    (spot, attempt, result)
}

/// Makes one call of a run.
pub(crate) async fn call(shared: Arc<Shared>, run: RunId, created: Arc<Created>, prepared: PreparedCall) -> Settled {
    let (spot, attempt) = (prepared.spot.clone(), prepared.attempt);
    let result = carry_out(&shared, (&created.scenario, run, created.input.depth()), prepared).await;
    (spot, attempt, result)
}

/// Makes one call on behalf of a scenario and a run, within its time; `depth` is the run's.
pub(crate) async fn carry_out(
    shared: &Shared,
    (scenario, run, depth): (&ScenarioId, RunId, u32),
    mut prepared: PreparedCall,
) -> Result<Outcome, StepError> {
    let (spot, attempt, timeout) = (prepared.spot.clone(), prepared.attempt, prepared.timeout);
    let Some(module) = shared.module(&prepared.module) else {
        let message = format!("there is no module `{}` here", prepared.module);
        return Err(StepError::permanent("unknown_module", message));
    };
    let mask = prepared.unseal(&*shared.options.setting.secrets)?;
    let call = Call {
        parameters: &prepared.parameters,
        connection: prepared.connection.as_deref(),
        idempotency_key: &prepared.idempotency_key,
        author_host: prepared.author_host.as_deref(),
        timeout,
        now: shared.options.clock.now(),
        origin: Origin { scenario, run, spot: &spot, attempt, depth },
    };
    let guarded = AssertUnwindSafe(module.call(call)).catch_unwind();
    let result = match tokio::time::timeout(timeout + GRACE, guarded).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(StepError::permanent("module_panicked", "the module broke off; its log says where")),
        Err(_) => Err(StepError::passing("timeout", format!("the call took longer than {timeout:?}"))
            .hint("Raise the step's `timeout`, or give it a `retry`.")),
    };
    if let Some(connection) = prepared.connection.as_deref() {
        shared.healths.note(connection, &result, shared.options.clock.now());
    }
    if let (Some(connection), Err(error)) = (prepared.connection.as_deref(), &result)
        && let (Some(429 | 503), Some(pause)) = (error.status, error.retry_after)
    {
        shared.paces.hold(connection, pause, shared.options.clock.now());
    }
    result.map(|outcome| outcome.masked(&mask)).map_err(|error| error.masked(&mask))
}
