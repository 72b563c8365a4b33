//! What stands in for a module's answer.

use run::PreparedCall;
use run::call::{Delivery, Outcome};
use run::error::StepError;
use scenario::catalog::Catalog;
use scenario::plan::{Plan, Test};
use serde_json::Value;

/// The key of a mock that makes the call fail.
const ERROR: &str = "$error";

/// The answer to a call: the test's mock for the step's id, else for its module, else the module's sample.
pub(super) fn answer(call: &PreparedCall, plan: &Plan, test: &Test, catalog: &Catalog) -> Result<Outcome, StepError> {
    let id = plan.step(call.spot.step).id.as_deref();
    let mock = id.and_then(|id| test.mock.get(id)).or_else(|| test.mock.get(&*call.module));
    let sample = || catalog.module(&call.module).map(|module| module.sample.clone()).unwrap_or_default();
    let output = match mock {
        Some(mock) => match mock.get(ERROR) {
            Some(error) => return Err(failure(error)),
            None => mock.clone(),
        },
        None => sample(),
    };
    Ok(Outcome { output, sent: call.parameters.clone(), delivery: Delivery::Sandbox })
}

/// `{ code, message, status }`, each of which may be left out. Another try may help, so that `retry` is exercised.
fn failure(error: &Value) -> StepError {
    let text = |key: &str| error.get(key).and_then(Value::as_str);
    let status = error.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let code = text("code").unwrap_or(if status.is_some() { "http_status" } else { "mock" });
    let failure = StepError::passing(code, text("message").unwrap_or("the test lets this call fail"));
    match status {
        Some(status) => failure.status(status),
        None => failure,
    }
}
