//! Scenarios that are started by the failure of others, or by an alarm about them. They are on disk before the failure
//! is: a crash in between fails the run again, and finds them there.

use crate::calls;
use crate::course::Course;
use crate::intake;
use crate::scenarios::Deployment;
use crate::shared::Shared;
use run::State;
use run::entry::{Created, End};
use run::error::StepError;
use run::id::{Millis, RunId, ScenarioId, Spot};
use run::input::{Input, Request, Source};
use run::payload::Payload;
use run::tables::StoreError;
use scenario::plan::Trigger;
use serde_json::json;
use std::sync::Arc;

/// Whether this run has failed and scenarios are to be started for that.
pub(crate) fn is_heard(shared: &Arc<Shared>, state: &State) -> bool {
    if state.trial().is_some() {
        return false;
    }
    // One failure is not to be the beginning of an endless row of them, however they call each other.
    let has_failed = matches!(state.end(), Some(End::Failed { .. })) && calls::root(state) != Source::Failure;
    has_failed && shared.scenarios.all().iter().any(|deployment| hears(deployment, &state.created().scenario))
}

/// Starts what the failure of this run starts, if it [is heard](is_heard).
pub(crate) async fn raise(shared: &Arc<Shared>, state: &State) -> Result<(), StoreError> {
    let Some(End::Failed { spot, error }) = state.end() else { return Ok(()) };
    let told = told(state, spot.as_ref(), error);
    let created = state.created();
    tell(shared, &created.scenario, Cause { run: state.run(), depth: created.input.depth() }, &told).await
}

/// What scenarios are started for that hear of failures.
#[derive(Clone, Copy)]
pub(crate) struct Cause {
    /// Gives the runs their names.
    pub(crate) run: RunId,
    /// How many runs called each other's hooks up to it.
    pub(crate) depth: u32,
}

/// Starts every scenario that is to hear of this: of what happened to `scenario`, for this cause, which names the runs, so that each starts once however often this is called.
pub(crate) async fn tell(
    shared: &Arc<Shared>,
    scenario: &ScenarioId,
    cause: Cause,
    told: &serde_json::Value,
) -> Result<(), StoreError> {
    let Cause { run: cause, depth } = cause;
    for deployment in shared.scenarios.all() {
        if !hears(&deployment, scenario) {
            continue;
        }
        let run = RunId::derived(cause.created(), cause, deployment.id.as_str().as_bytes());
        let reader = Arc::clone(shared);
        let known = tokio::task::spawn_blocking(move || reader.head(run)).await.unwrap_or(Err(StoreError::Closed))?;
        if known.is_some() {
            continue;
        }
        let at = shared.options.clock.now();
        let body = Payload::of_value(told);
        let request = Request::nested(depth);
        let input = Input { source: Source::Failure, at, request, body, raw: None, files: None };
        let (scenario, version) = (deployment.id.clone(), deployment.plan.version.clone());
        let created = Arc::new(Created { scenario, version, at, input });
        let setting = Arc::clone(&shared.options.setting);
        match intake::start(shared, Course::begin(run, Arc::clone(&deployment.plan), created, setting)).await {
            // That there are too many failures to tell of must not keep one from being written down.
            Err(StoreError::Busy) => tracing::error!(scenario = %deployment.id, %cause, "no room to tell"),
            told => told?,
        }
    }
    Ok(())
}

/// Whether a scenario is started when another fails.
fn hears(deployment: &Deployment, scenario: &ScenarioId) -> bool {
    let covers = |trigger: &Trigger| match trigger {
        Trigger::Failure(failure) => failure.covers(scenario.as_str()),
        _ => false,
    };
    deployment.id != *scenario && deployment.plan.triggers.iter().any(covers)
}

/// RFC 3339, UTC, with milliseconds, as times are everywhere.
pub(crate) fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.3}")).unwrap_or_default()
}

fn told(state: &State, spot: Option<&Spot>, error: &StepError) -> serde_json::Value {
    let step = spot.map(|spot| state.plan().step(spot.step));
    json!({
        "scenario": state.created().scenario.as_str(),
        "name": state.plan().name,
        "run": state.run().to_string(),
        "at": time(state.run().created()),
        "error": {
            "code": error.code,
            "message": error.message,
            "status": error.status,
            "hint": error.hint,
            "step": step.map(|step| step.id.as_deref().unwrap_or(&step.label)),
        },
    })
}
