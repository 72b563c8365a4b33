//! `line.reply`.

use super::{Answered, Posted, messages, output, post};
use crate::catalog::Shared;
use crate::mask::Mask;
use crate::spec::{About, describe, parameters};
use crate::status::status_error;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Answers somebody who wrote to an official account of LINE, which costs nothing. The output has `sent_messages` and
/// `request_id`.
///
/// The reply token comes with the event (`replyToken`), is good for about a minute and once: a call that may have been made
/// is not to be made again (`after_crash: hold`), and after a pause `line.push` is the way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The event's `replyToken`.
    reply_token: String,
    /// One message of text.
    text: Option<String>,
    /// One to five messages, as LINE documents them.
    messages: Option<Vec<Map<String, Value>>>,
    /// Whether people get no notification.
    #[serde(default)]
    silent: bool,
}

/// The module.
pub(crate) struct Reply {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Reply {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "line.reply",
            example: json!({
                "connection": "line",
                "reply_token": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
                "text": "We are open from nine to six.",
            }),
            sample: super::sample(),
            connections: &["bearer"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn reply(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let body = json!({
            "replyToken": parameters.reply_token,
            "messages": messages(parameters.text.as_ref(), parameters.messages.as_ref())?,
            "notificationDisabled": parameters.silent,
        });
        let posted = Posted { path: "v2/bot/message/reply", body, retry_key: None };
        match post(&self.shared, &self.spec, &call, posted).await? {
            Answered::Sandboxed(outcome) => Ok(outcome),
            Answered::Here(answer, sent) if answer.status.is_success() => {
                Ok(Outcome { output: output(&answer), sent, delivery: Delivery::Real })
            }
            Answered::Here(answer, _) => Err(status_error(&answer, call.now, &Mask::default())),
        }
    }
}

impl Module for Reply {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.reply(call))
    }
}
