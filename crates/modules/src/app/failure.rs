//! From an answer that is a failure to a step's error, in the API's own words.

use super::scope::Scope;
use super::shape::Errors;
use crate::client::Incoming;
use crate::mask::{Mask, preview};
use crate::status::status_error;
use run::error::{Recovery, StepError};
use run::id::Millis;
use serde_json::Value;

/// The longest message that is told, in bytes.
const LONGEST: usize = 500;

/// Why an answer is a failure; none where it is none. The scope knows the answer.
pub(super) fn failure(
    title: &str,
    errors: &Errors,
    answer: &Incoming,
    scope: &Scope<'_>,
    now: Millis,
    mask: &Mask,
) -> Option<StepError> {
    let refused = !answer.status.is_success();
    let failed = || errors.failed.as_ref().is_some_and(|failed| failed.found(scope) == Value::Bool(true));
    if !refused && !failed() {
        return None;
    }
    let found = |code: &Option<super::template::Code>| code.as_ref().map(|code| code.found(scope)).unwrap_or_default();
    let code = text(&found(&errors.code));
    let mut error = status_error(answer, now, mask);
    if !refused {
        error.code = code.clone().filter(|code| is_name(code)).unwrap_or_else(|| "api_error".to_owned());
        error.recovery = Recovery::Permanent;
    }
    if let Some(message) = text(&found(&errors.message)) {
        let status = answer.status.as_str();
        let code = code.as_ref().filter(|code| *code != status && *code != &message);
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        error.message = mask.text(&preview(&format!("{}: {message}{code}", title), LONGEST));
    }
    if found(&errors.retry) == Value::Bool(true) {
        error.recovery = Recovery::Retry;
    }
    let wait = found(&errors.wait);
    if let Some(seconds) = wait.as_f64().or_else(|| wait.as_str()?.parse().ok()).filter(|wait| *wait >= 0.0) {
        error.retry_after = Some((seconds * 1000.0).min(86_400_000.0) as u64);
    }
    let hint = code.as_ref().and_then(|code| errors.hints.get(code));
    let hint = hint.or_else(|| errors.hints.get(answer.status.as_str()));
    Some(match hint {
        Some(hint) => error.hint(hint.en.clone()),
        None => error,
    })
}

/// A value as a text; none where it says nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) if items.is_empty() => None,
        other => Some(other.to_string()),
    }
}

/// Whether a handler can compare it: small letters, digits and underscores.
fn is_name(code: &str) -> bool {
    code.len() <= 64 && super::read::is_snake_case(code)
}
