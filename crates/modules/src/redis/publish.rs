//! `redis.publish`.

use super::act::Act;
use super::session::{Reply, Session};
use super::value::kept;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Sends a message to a channel. The output has `receivers`: how many were listening at that moment; a message that
/// nobody listens for is gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    /// The channel.
    channel: String,
    /// The message: a text as it is, anything else as JSON.
    message: Value,
}

impl Act for Publish {
    const NAME: &'static str = "redis.publish";

    fn shown() -> (Value, Value) {
        (json!({ "channel": "orders", "message": { "id": "A1" } }), json!({ "receivers": 2 }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        match session.ask(&[b"PUBLISH", self.channel.as_bytes(), &kept(&self.message)]).await? {
            Reply::Integer(receivers) => Ok(json!({ "receivers": receivers })),
            _ => Err(session.unexpected()),
        }
    }
}
