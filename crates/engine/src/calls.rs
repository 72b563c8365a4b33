//! Runs that call other scenarios. The call is on disk before the called run exists, so a crash in between starts it
//! once; the calling run waits on disk alone and is woken by the end of the other.

use crate::backpressure;
use crate::course::Course;
use crate::hand::post;
use crate::intake;
use crate::mail::Letter;
use crate::shared::{Handle, Shared};
use run::State;
use run::call::{Delivery, Outcome};
use run::entry::{Called, Caller, Conclusion, Created, End, Entry};
use run::error::StepError;
use run::id::{RunId, ScenarioId};
use run::input::{Input, Request, Source};
use run::payload::Payload;
use run::tables::StoreError;
use scenario::plan::{Plan, Trigger};
use serde_json::{Value, json};
use std::sync::Arc;

/// How many runs may call each other in a row.
const DEEPEST: usize = 16;

/// Sees to it that the called run exists. Gives what it came to, once it is over or where it is not waited for; none
/// while it goes on.
pub(crate) async fn follow(
    shared: &Arc<Shared>,
    parent: &State,
    called: &Called,
) -> Result<Option<Result<Outcome, StepError>>, StoreError> {
    let known = end_of(shared, called.child).await?;
    if known.is_none() {
        loop {
            let course = match begin(shared, parent, called) {
                Ok(course) => course,
                Err(error) => return Ok(Some(Err(error))),
            };
            match intake::start(shared, course).await {
                Ok(()) => break,
                Err(StoreError::Busy) => return Ok(Some(Err(busy(called)))),
                // The call is on disk and was promised to someone.
                Err(StoreError::Full(_)) => backpressure::pause().await,
                Err(error) => return Err(error),
            }
        }
    }
    match known {
        _ if called.detached => Ok(Some(Ok(outcome(json!({ "run": called.child.to_string() }))))),
        Some(end) => Ok(end),
        // It may be over already.
        None => Ok(end_of(shared, called.child).await?.flatten()),
    }
}

fn busy(called: &Called) -> StepError {
    StepError::passing("busy", format!("the scenario `{}` takes no more runs now", called.scenario))
        .hint("Give the step a `retry`, or raise `limits.queue` of the called scenario.")
}

/// What a run on disk came to: the outer none where there is no such run, the inner where it goes on.
async fn end_of(shared: &Arc<Shared>, child: RunId) -> Result<Option<Option<Result<Outcome, StepError>>>, StoreError> {
    let handle = Handle { shared: Arc::clone(shared) };
    let read = move || {
        let Some(head) = handle.shared.head(child)? else { return Ok(None) };
        if !head.status.is_over() {
            return Ok(Some(None));
        }
        Ok(handle.journal(child)?.map(|(_, entries)| result(&entries)))
    };
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(StoreError::Closed))
}

/// What a run gives to the run that called it.
pub(crate) fn result(entries: &[Entry]) -> Option<Result<Outcome, StepError>> {
    let end = entries.iter().rev().find_map(|entry| match entry {
        Entry::Ended { end, .. } => Some(end),
        _ => None,
    })?;
    let returned = entries.iter().rev().find_map(|entry| match entry {
        Entry::Concluded { conclusion: Conclusion::Returned, value, .. } => Some(value),
        _ => None,
    });
    Some(match &**end {
        End::Succeeded | End::Stopped => {
            let value = returned.map(Payload::text).and_then(|text| serde_json::from_slice(text).ok());
            Ok(outcome(value.unwrap_or_default()))
        }
        End::Failed { error, .. } => {
            // Another run of it may do better, so that `retry` has its way.
            let failure = StepError::passing(&error.code, format!("the called run failed: {}", error.message));
            Err(StepError { status: error.status, hint: error.hint.clone(), ..failure })
        }
        End::Cancelled => Err(StepError::permanent("cancelled", "the called run was cancelled")),
    })
}

fn outcome(output: Value) -> Outcome {
    Outcome { output, sent: Value::Null, delivery: Delivery::Real }
}

/// The called run, before anything of it is on disk.
fn begin(shared: &Arc<Shared>, parent: &State, called: &Called) -> Result<Course, StepError> {
    let id: ScenarioId = called.scenario.parse().map_err(|_| unknown(called))?;
    let deployment = shared.scenarios.current(&id).ok_or_else(|| unknown(called))?;
    let plan = &deployment.plan;
    accepts(plan, called)?;
    let chain = chain(parent)?;
    let at = shared.options.clock.now();
    let request = Request::nested(parent.created().input.depth());
    let input = Input { source: Source::Call, at, request, body: called.input.clone(), raw: None, files: None };
    let created = Created { scenario: id, version: plan.version.clone(), at, input };
    let root = root(parent);
    let caller = Caller { run: parent.run(), spot: called.spot.clone(), chain, detached: called.detached, root, at };
    let setting = Arc::clone(&shared.options.setting);
    let mut course = Course::begin(called.child, Arc::clone(plan), Arc::new(created), setting);
    course.record(Entry::CalledBy(Box::new(caller)));
    Ok(course)
}

/// The failure to call a scenario that is not there.
pub(crate) fn unknown(called: &Called) -> StepError {
    StepError::permanent("unknown_scenario", format!("no scenario `{}` takes runs here", called.scenario))
        .hint("It may be missing, switched off, or have an error.")
}

/// What started the first of the runs that called each other up to this one.
pub(crate) fn root(state: &State) -> Source {
    state.caller().map_or(state.created().input.source, |caller| caller.root)
}

/// Whether a run of its own scenario waits for this one, however far above: in turn, it would wait for that for ever. One
/// that was called by the way waits its turn as any other does.
pub(crate) fn is_awaited_by_its_own(state: &State) -> bool {
    let scenario = &state.created().scenario;
    state.caller().is_some_and(|caller| !caller.detached && caller.chain.contains(scenario))
}

/// The scenarios of the runs that stand above the called one.
pub(crate) fn chain(parent: &State) -> Result<Vec<ScenarioId>, StepError> {
    let mut chain = parent.caller().map(|caller| caller.chain.clone()).unwrap_or_default();
    chain.push(parent.created().scenario.clone());
    if chain.len() > DEEPEST {
        return Err(StepError::permanent("call_depth", format!("scenarios call each other more than {DEEPEST} deep"))
            .hint("A scenario that calls itself needs a condition that ends it."));
    }
    Ok(chain)
}

/// Whether the scenario may be called, and with this.
pub(crate) fn accepts(plan: &Plan, called: &Called) -> Result<(), StepError> {
    let mut callable = plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Call(callable) => Some(callable),
        _ => None,
    });
    let Some(callable) = callable.next() else {
        let message = format!("the scenario `{}` cannot be called", called.scenario);
        return Err(StepError::permanent("not_callable", message).hint("Give it a trigger `call`."));
    };
    let Some(schema) = &callable.input else { return Ok(()) };
    let invalid = |why: String| {
        StepError::permanent("invalid_input", format!("`{}` does not take this input: {why}", called.scenario))
    };
    let schema = scenario::input::Schema::compile(schema).map_err(|error| invalid(error.to_string()))?;
    let given = serde_json::from_slice(called.input.text()).unwrap_or_default();
    match schema.reasons(&given).first() {
        Some(reason) if reason.path.is_empty() => Err(invalid(reason.message.clone())),
        Some(reason) => Err(invalid(format!("{}: {}", reason.path, reason.message))),
        None => Ok(()),
    }
}

/// Tells the run that called this one, if it waits, that it is over.
pub(crate) fn tell_caller(shared: &Shared, state: &State) {
    if let Some(caller) = state.caller().filter(|caller| !caller.detached) {
        post(shared, caller.run, Letter::Over { child: state.run() });
    }
}
