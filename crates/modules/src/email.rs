//! `email.send`: a mail by SMTP.

mod mailer;
mod message;

pub(crate) use mailer::{Mailers, knock};

use crate::catalog::Shared;
use crate::connections::{incomplete, required};
use crate::mask::preview;
use crate::spec::{About, describe, parameters};
use lettre::message::Mailboxes;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How much of a text is shown, in bytes.
const PREVIEW: usize = 4096;

/// Sends a mail. With `text` and `html`, readers see the one they prefer. The output has `message_id`, `accepted` (the
/// addresses the server took) and `response` (what it said).
///
/// The message's id stays the same over all attempts of a run, so that a mail that was sent twice can be recognised.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Who gets it: `a@example.com`, `Ann <a@example.com>`, or a list of such.
    to: Addresses,
    /// Who gets a copy.
    #[serde(default)]
    cc: Addresses,
    /// Who gets a copy without the others seeing it.
    #[serde(default)]
    bcc: Addresses,
    /// Who gets the answers, if not the sender.
    #[serde(default)]
    reply_to: Addresses,
    /// The sender. Without it: the connection's `from`, or its user where that is an address.
    from: Option<String>,
    /// What it is about: one line.
    #[serde(default)]
    subject: String,
    /// The text.
    text: Option<String>,
    /// The text as HTML.
    html: Option<String>,
}

/// Addresses: one text, with commas between them, or a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Addresses {
    One(String),
    Many(Vec<String>),
}

impl Default for Addresses {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// The module.
pub(crate) struct Send {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Send {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "email.send",
            example: json!({
                "connection": "shop-mail",
                "to": ["warehouse@example.com"],
                "subject": "Big order A1",
                "text": "Please pack it today.",
            }),
            sample: json!({
                "message_id": "<0190d2a4-7c1b-7e11-8000-000000000000.3@example.com>",
                "accepted": ["warehouse@example.com"],
                "response": "2.0.0 Ok: queued",
            }),
            connections: &["smtp"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn send(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let connection = required(call.connection)?;
        let smtp = self.shared.connections.smtp(connection)?;
        let mail = message::build(&parameters, smtp, &call)?;
        let sent = shown(&parameters, &mail);
        if smtp.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let server = smtp.server.as_ref().ok_or_else(incomplete)?;
        let response = self.shared.mailers.send(connection, server, &mail.message, call.timeout).await?;
        let accepted: Vec<String> = mail.message.envelope().to().iter().map(ToString::to_string).collect();
        let output = json!({ "message_id": mail.id, "accepted": accepted, "response": response });
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }
}

impl Module for Send {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.send(call))
    }
}

fn shown(parameters: &Parameters, mail: &message::Mail) -> Value {
    let list = |mailboxes: &Mailboxes| mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "message_id": mail.id,
        "from": mail.from.to_string(),
        "to": list(&mail.to),
        "cc": list(&mail.cc),
        "bcc": list(&mail.bcc),
        "reply_to": list(&mail.reply_to),
        "subject": parameters.subject,
        "text": parameters.text.as_deref().map(|text| preview(text, PREVIEW)),
        "html": parameters.html.as_deref().map(|html| preview(html, PREVIEW)),
    })
}
