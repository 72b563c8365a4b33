//! `email.send`: a mail by SMTP.

mod addresses;
mod attached;
mod content;
mod extra;
mod head;
mod mailer;
mod message;
mod thread;

pub(crate) use mailer::{Mailers, knock};

use crate::auth::Token;
use crate::catalog::Shared;
use crate::connections::{Server, incomplete, required};
use crate::imap::{self, Asking};
use crate::mask::preview;
use crate::spec::{About, describe, parameters};
use attached::{Attachments, Inline};
use extra::{List, Priority};
use lettre::message::Mailbox;
use message::{Mail, People};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::files::Files;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use thread::Answered;

/// How much of a text is shown, in bytes.
const PREVIEW: usize = 4096;

/// Sends a mail. With `text` and `html`, readers see the one they prefer. The output has `message_id`, `accepted` (the
/// addresses the server took), `response` (what it said), and `skipped` (why nothing was sent; null where it was).
///
/// The message's id stays the same over all attempts of a run, so that a mail that was sent twice can be recognised. A server
/// that refuses one recipient is given the mail for none of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Who gets it: `a@example.com`, `Ann <a@example.com>`, or a list of such. With `answers`, it can be left out.
    #[serde(default)]
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
    /// What it is about: one line. With `answers` and without this, what the other mail was about.
    subject: Option<String>,
    /// The text. Without it, it is made of `html`.
    text: Option<String>,
    /// The text as HTML. What expressions give is shown in it as it is; `raw_html(…)` makes markup of it. It shows files of
    /// `inline` by `<img src="cid:NAME">`.
    #[schemars(extend("contentMediaType" = "text/html"))]
    html: Option<String>,
    /// Files that go with it: one or a list, such as `trigger.files`; `{ file, name, content_type }` renames one. All together
    /// may have 25 MiB.
    #[serde(default)]
    attachments: Attachments,
    /// Files that `html` shows, by name.
    #[serde(default)]
    inline: Inline,
    /// The mail that this one answers, such as `trigger` of a trigger `mail`. It goes to whom that one came from, in the same
    /// conversation. Mails that programs have written are not answered.
    #[schemars(with = "Option<Map<String, Value>>")]
    answers: Option<Answered>,
    /// Answers mails that programs have written, too. Two programs that do so never end.
    #[serde(default)]
    answer_programs: bool,
    /// How much it weighs.
    #[serde(default)]
    priority: Priority,
    /// The list or newsletter that it goes out to, and how to leave that.
    list: Option<List>,
    /// Header fields of one's own: those that begin with `X-`, and some others.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Who hands it in, where that is not whom it is from.
    sender: Option<String>,
    /// Where it comes back to when it cannot be delivered, if not to the sender; `<>` for nowhere.
    return_path: Option<String>,
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
    files: Files,
}

impl Send {
    pub(crate) fn new(shared: &Arc<Shared>, files: &Files) -> Self {
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
                "skipped": null,
            }),
            connections: &["smtp"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared), files: files.clone() }
    }

    async fn send(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let connection = required(call.connection)?;
        let smtp = self.shared.connections.smtp(connection)?;
        let people = People::read(&parameters, smtp)?;
        if let Some(reason) = refusal(&parameters, &people.from) {
            let output = json!({ "message_id": null, "accepted": [], "response": null, "skipped": reason });
            return Ok(Outcome { output, sent: Value::Null, delivery: smtp.delivery });
        }
        let files = attached::read(&parameters.attachments, &parameters.inline, &self.files).await?;
        let files_shown: Vec<Value> = files.iter().map(attached::Attached::shown).collect();
        let boundary = self.files.boundary(call.idempotency_key);
        let mut mail = message::build(&parameters, people, files, boundary, &call)?;
        if let Some(signature) = smtp.dkim.as_ref().and_then(|dkim| dkim.signature(&mail.bytes)) {
            mail.bytes.splice(..0, signature.into_bytes());
        }
        let sent = shown(&parameters, &mail, files_shown);
        if smtp.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let server = smtp.server.as_ref().ok_or_else(incomplete)?;
        let response = self.handed_in(connection, server, &mail, &call).await?;
        let accepted: Vec<String> = mail.envelope.to().iter().map(ToString::to_string).collect();
        let output = json!({ "message_id": mail.id, "accepted": accepted, "response": response, "skipped": null });
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }

    /// What the server says to the mail. A token that is refused before its time is replaced once.
    async fn handed_in(
        &self,
        connection: &str,
        server: &Server,
        mail: &Mail,
        call: &Call<'_>,
    ) -> Result<String, StepError> {
        /// The login is refused (RFC 4954 §6).
        const REFUSED: u16 = 535;
        let Shared { connections, client, tokens, mailers, .. } = &*self.shared;
        let (asking, oauth) = (Asking { connections, client, tokens, now: call.now }, server.oauth.as_deref());
        let hand = async |token: Option<&Token>| {
            let login = (server, token.map(Token::access));
            mailers.send(connection, login, &mail.envelope, &mail.bytes, call.timeout).await
        };
        let token = imap::token(asking, oauth, None).await?;
        let said = hand(token.as_ref()).await;
        let is_refused = said.as_ref().is_err_and(|error| error.status == Some(REFUSED));
        match token.filter(|_| is_refused) {
            None => said,
            Some(refused) => match imap::token(asking, oauth, Some(&refused)).await? {
                Some(fresh) => hand(Some(&fresh)).await,
                None => said,
            },
        }
    }
}

/// Why no mail is sent, where that is so.
fn refusal(parameters: &Parameters, from: &Mailbox) -> Option<String> {
    let answered = parameters.answers.as_ref().filter(|_| !parameters.answer_programs)?;
    answered.refusal(from)
}

impl Module for Send {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.send(call))
    }
}

fn shown(parameters: &Parameters, mail: &Mail, files: Vec<Value>) -> Value {
    let list = |mailboxes: &[Mailbox]| mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut shown = json!({
        "message_id": mail.id,
        "from": mail.people.from.to_string(),
        "to": list(&mail.people.to),
        "cc": list(&mail.people.cc),
        "bcc": list(&mail.people.bcc),
        "reply_to": list(&mail.people.reply_to),
        "subject": mail.subject,
        "text": parameters.text.as_deref().map(|text| preview(text, PREVIEW)),
        "html": parameters.html.as_deref().map(|html| preview(html, PREVIEW)),
    });
    if !files.is_empty() {
        shown["attachments"] = files.into();
    }
    if !parameters.headers.is_empty() {
        shown["headers"] = Value::Object(parameters.headers.clone());
    }
    shown
}

#[cfg(test)]
mod tests;
