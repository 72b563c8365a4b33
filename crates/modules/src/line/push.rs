//! `line.push`.

use super::{Answered, Posted, messages, output, post};
use crate::catalog::Shared;
use crate::mask::Mask;
use crate::spec::{About, describe, invalid, parameters};
use crate::status::status_error;
use reqwest::StatusCode;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Sends messages of an official account of LINE to a person, group or room, at any time. The output has `sent_messages`
/// and `request_id`.
///
/// Every attempt carries the same `X-Line-Retry-Key`: LINE delivers once, and says 409 to a repeat, which is success here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// To whom: the `userId`, `groupId` or `roomId` of an event's `source`.
    to: String,
    /// One message of text.
    text: Option<String>,
    /// One to five messages, as LINE documents them.
    messages: Option<Vec<Map<String, Value>>>,
    /// Whether people get no notification.
    #[serde(default)]
    silent: bool,
}

/// The module.
pub(crate) struct Push {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Push {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "line.push",
            example: json!({
                "connection": "line",
                "to": "U4af4980629e1b3c5a7d9f0e2c4b6a801",
                "text": "Your parcel is on its way.",
            }),
            sample: super::sample(),
            connections: &["bearer"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn push(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        if parameters.to.is_empty() {
            return Err(invalid("`to` is empty"));
        }
        let body = json!({
            "to": parameters.to,
            "messages": messages(parameters.text.as_ref(), parameters.messages.as_ref())?,
            "notificationDisabled": parameters.silent,
        });
        let posted = Posted { path: "v2/bot/message/push", body, retry_key: Some(retry_key(call.idempotency_key)) };
        match post(&self.shared, &self.spec, &call, posted).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) if is_taken(answer.status) => {
                Ok(Outcome { output: output(&answer), sent, delivery: Delivery::Real })
            }
            Answered::Here(answer, _) => Err(status_error(&answer, call.now, &Mask::default())),
        }
    }
}

impl Module for Push {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.push(call))
    }
}

/// Whether LINE has the messages, from this attempt or an earlier one.
fn is_taken(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::CONFLICT
}

/// The key as a UUID, which LINE wants: of version 8, made of a hash (RFC 9562 §5.8).
fn retry_key(idempotency_key: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(idempotency_key.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_key_is_a_uuid_and_stays_the_same() {
        let key: uuid::Uuid = retry_key("0190-key.3").parse().unwrap();
        assert_eq!((key.get_version_num(), retry_key("0190-key.3")), (8, key.to_string()));
        assert_ne!(retry_key("0190-key.4"), key.to_string());
    }
}
