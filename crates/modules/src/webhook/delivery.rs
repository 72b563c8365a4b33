//! One webhook on its way: the request, what signs it, and what its answer means.

use super::gone::Gone;
use super::signature::{Key, Signed};
use crate::auth;
use crate::catalog::Shared;
use crate::client::{Body, Bounds, Incoming, Outgoing};
use crate::connections::HttpAccess;
use crate::http::response;
use crate::mask::Mask;
use crate::spec::invalid;
use crate::status::status_error;
use bytes::Bytes;
use reqwest::header::HeaderValue;
use run::error::{Recovery, StepError};
use run::id::{Millis, RunId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// How much of an answer is read, in bytes.
const MAX_ANSWER: u64 = 1024 * 1024;

/// A webhook that can be sent as often as it takes.
pub(super) struct Message {
    /// `webhook-id`.
    pub(super) id: String,
    /// Without time and signatures.
    pub(super) request: Outgoing,
    /// What is signed.
    pub(super) body: Bytes,
    pub(super) keys: Vec<Key>,
    /// By which it goes.
    pub(super) connection: Option<String>,
    /// As the author wrote it.
    pub(super) author_host: Option<String>,
    /// For which run.
    pub(super) run: RunId,
    /// How long the step may take.
    pub(super) timeout: Duration,
    /// The time of the attempt.
    pub(super) now: Millis,
}

/// What a receiver said that took it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Message {
    /// Puts the time and the signatures on the request.
    pub(super) fn sign(&mut self) -> Result<(), StepError> {
        let timestamp = self.now.div_euclid(1000);
        let headers = &mut self.request.headers;
        let id = HeaderValue::from_str(&self.id).map_err(|_| invalid("`id` holds characters that no header can"))?;
        headers.insert("webhook-id", id);
        headers.insert("webhook-timestamp", HeaderValue::from(timestamp));
        if self.keys.is_empty() {
            return Ok(());
        }
        let signed = Signed { id: &self.id, timestamp, body: &self.body };
        let signatures: Vec<String> = self.keys.iter().map(|key| key.sign(&signed)).collect();
        let value = HeaderValue::from_str(&signatures.join(" ")).map_err(|_| invalid("the signature is no text"))?;
        headers.insert("webhook-signature", value);
        Ok(())
    }

    /// The same, some milliseconds later.
    pub(super) fn later(self, pause: Millis) -> Self {
        Self { now: self.now.saturating_add(pause), ..self }
    }

    /// The same with another id and body.
    pub(super) fn refilled(mut self, id: &str, body: &Value) -> Result<Self, StepError> {
        self.body = body.to_string().into();
        self.request.body = Body::Bytes(self.body.clone());
        id.clone_into(&mut self.id);
        self.sign()?;
        Ok(self)
    }

    /// What two messages have in common that may go as one: everything but what they say, and when.
    pub(super) fn destination(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update(bytes.len().to_be_bytes());
            hash.update(bytes);
        };
        part(self.request.method.as_str().as_bytes());
        part(self.request.url.as_str().as_bytes());
        part(self.connection.as_deref().unwrap_or_default().as_bytes());
        part(self.author_host.as_deref().unwrap_or_default().as_bytes());
        let own = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        for (name, value) in self.request.headers.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
            part(name.as_str().as_bytes());
            part(value.as_bytes());
        }
        // What signs alike is the same key.
        let nothing = Signed { id: "", timestamp: 0, body: b"" };
        self.keys.iter().for_each(|key| part(key.sign(&nothing).as_bytes()));
        hash.finalize().into()
    }
}

/// Sends messages.
#[derive(Clone)]
pub(super) struct Deliverer {
    pub(super) shared: Arc<Shared>,
    pub(super) gone: Gone,
}

impl Deliverer {
    /// Sends a message that is signed.
    pub(super) async fn deliver(&self, message: Message) -> Result<Told, StepError> {
        let access = self.access(message.connection.as_deref())?;
        let url = message.request.url.clone();
        self.gone.check(&url, message.now).await?;
        let trust = access.trust(message.author_host.as_deref(), &url);
        let pass = access.pass(message.connection.as_deref(), trust, message.now);
        let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: message.timeout.min(super::PATIENCE) };
        // Whether it was taken is said by the status: a body without end must not have it sent again.
        let told = auth::send(&self.shared, message.request, pass, bounds, |_| true).await?;
        let auth::Told { answer, mask } = told;
        if answer.status.is_success() {
            let body = response::body_or_text(&answer, &mask);
            return Ok(Told { status: answer.status.as_u16(), body });
        }
        match answer.status.as_u16() {
            410 => Err(self.gone.note(&url, message.run, message.now).await),
            _ => Err(refusal(&answer, message.now, &mask)),
        }
    }

    /// The connection of this name, or none.
    pub(super) fn access(&self, connection: Option<&str>) -> Result<HttpAccess<'_>, StepError> {
        match connection {
            Some(name) => self.shared.connections.http(name),
            None => Ok(HttpAccess::anonymous()),
        }
    }
}

/// What a status means that is none of success.
fn refusal(answer: &Incoming, now: Millis, mask: &Mask) -> StepError {
    let error = status_error(answer, now, mask);
    if !answer.status.is_redirection() {
        return error;
    }
    StepError { code: "redirected".to_owned(), recovery: Recovery::Permanent, ..error }
        .hint("webhooks follow no redirects: ask the receiver for its present URL")
}
