//! `mqtt.publish`: a message to a broker, and the broker's word that it has it.

mod packet;
mod session;

use crate::catalog::Shared;
use crate::connections::{Protocol, Remote, incomplete, required};
use crate::spec::{About, describe, invalid, parameters};
use crate::wire::{Pool, in_time};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use session::{Message, Session};
use std::sync::Arc;

/// The open connections to brokers.
pub(crate) type Mqtt = Pool<Session>;

/// Publishes a message on an MQTT broker. The output has `topic` and `bytes`, how long the message is.
///
/// The step ends when the broker says that it has the message; with `qos: 0`, when the broker answered something that was
/// asked after it. Where that answer is lost, the message may be there all the same: a step with `retry` may publish it
/// twice, whatever `qos` is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The topic: `shop/orders`.
    topic: String,
    /// The message: a text as it is, anything else as JSON.
    message: Value,
    /// How sure the broker and its listeners are of it: 0 (it may get lost), 1 (it may come twice) or 2 (it comes once).
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 2))]
    qos: u8,
    /// Whether the broker keeps it for those who listen later.
    #[serde(default)]
    retain: bool,
}

fn one() -> u8 {
    1
}

/// The module.
pub(crate) struct Publish {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Publish {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "mqtt.publish",
            example: json!({ "connection": "broker", "topic": "shop/orders", "message": { "id": "A1" } }),
            sample: json!({ "topic": "shop/orders", "bytes": 11 }),
            connections: &["mqtt"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn publish(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let Parameters { topic, message, qos, retain } = parameters(&call)?;
        let name = required(call.connection)?;
        let connection = self.shared.connections.remote(name, Protocol::Mqtt)?;
        let payload = match message {
            Value::String(text) => text.into_bytes(),
            other => other.to_string().into_bytes(),
        };
        let retained = if retain { packet::RETAIN } else { 0 };
        let output = json!({ "topic": topic, "bytes": payload.len() });
        let message = Message { topic: checked(topic)?, payload, qos, retained };
        if qos > 2 {
            return Err(invalid(format!("`qos` is {qos}; it is 0, 1 or 2")));
        }
        let sent = call.parameters.clone();
        if connection.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let remote = connection.remote.as_ref().ok_or_else(incomplete)?;
        in_time(call.timeout, remote, self.published(&message, name, remote)).await?;
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }

    async fn published(&self, message: &Message, name: &str, remote: &Remote) -> Result<(), StepError> {
        let lease = self.shared.mqtt.lease(name).await;
        let mut session = match lease.open() {
            Some(session) => session,
            None => Session::open(remote).await?,
        };
        let published = session.publish(message).await;
        lease.leave(session);
        published
    }
}

impl Module for Publish {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.publish(call))
    }
}

/// Connects and logs in, and publishes nothing.
pub(crate) async fn knock(remote: &Remote) -> Result<String, StepError> {
    let mut session = Session::open(remote).await?;
    session.ping().await?;
    Ok(format!("MQTT {}", session.version()))
}

/// A topic to publish on, which has no wildcards (MQTT 5 §4.7).
fn checked(topic: String) -> Result<String, StepError> {
    if topic.is_empty() || topic.len() > usize::from(u16::MAX) || topic.contains(['+', '#', '\0']) {
        return Err(invalid(format!("{topic:?} is no topic to publish on")).hint("without `+` and `#`: `shop/orders`"));
    }
    Ok(topic)
}
