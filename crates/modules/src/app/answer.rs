//! From an answer to what the expressions of an app see of it.

use super::scope::Scope;
use crate::client::Incoming;
use crate::http::response;
use crate::mask::Mask;
use serde_json::Value;

/// The body: parsed by its type, as JSON where it is that whatever its type says, else text. Nothing is null.
pub(super) fn body(answer: &Incoming, mask: &Mask) -> Value {
    let begins = answer.body.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(begins, Some(b'{' | b'[')) {
        let text = mask.text(&String::from_utf8_lossy(&answer.body));
        if let Ok(value) = serde_json::from_str(&text) {
            return value;
        }
    }
    response::body_or_text(answer, mask)
}

/// The scope with the answer in it.
pub(super) fn seen<'a>(scope: &Scope<'a>, answer: &Incoming, body: &Value) -> Scope<'a> {
    let status = Value::from(answer.status.as_u16());
    scope.clone().with("answer", body).with("status", &status).with("headers", &response::headers(&answer.headers))
}
