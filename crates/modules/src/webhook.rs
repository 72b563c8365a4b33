//! `webhook.send`: outgoing webhooks by Standard Webhooks (standardwebhooks.com, "Signature scheme" and "Operational
//! considerations").

mod batch;
mod delivery;
mod gone;
mod signature;

use crate::catalog::Shared;
use crate::client::{Outgoing, USER_AGENT};
use crate::connections::{self, Chosen, HttpAccess, Secret};
use crate::http::content::content_of;
use crate::http::request;
use crate::own_hooks;
use crate::spec::{About, describe, given, invalid, parameters};
use batch::{Batch, Gatherer};
use delivery::{Deliverer, Message};
use gone::Gone;
use reqwest::header::{self, HeaderValue};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::data_store::DataStores;
use run::error::StepError;
use run::input::DEPTH_HEADER;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use signature::Key;
use std::sync::Arc;
use std::time::Duration;

/// How long a receiver has to answer: Standard Webhooks asks senders for 15 to 30 seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pauses between attempts that Standard Webhooks suggests, in seconds: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and
/// 24 hours; three days in all.
const PAUSES: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The longest id, in bytes.
const LONGEST_ID: usize = 256;

/// Sends a webhook, signed as [Standard Webhooks](https://www.standardwebhooks.com) says, where the step or its connection has
/// a `secret`; without one it goes out unsigned. Every request carries `webhook-id`, which stays the same over all attempts,
/// `webhook-timestamp`, and with `secret` `webhook-signature`. The output has `id`, `status` and `body`.
///
/// The receiver takes it with a status from 200 to 299, within 30 seconds. Networks that fail, time-outs and the statuses
/// 408, 425, 429 and 5xx are tried again: without `retry` after 5 s, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, each
/// pause drawn between its half and its whole, or longer where the receiver asks for it (`Retry-After`). Meanwhile the run
/// waits on disk. Any other status fails at once, redirects among them: they are not followed. 410 says that the receiver
/// wants no more: the step fails with `gone`, and so do later ones to the same URL, without a request, until its record in
/// the data store `gone-endpoints` is deleted. A host that comes out of data may not be a private address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Where to send it: `https://…` or `http://…`. With a connection that has a `base`, a path is enough.
    #[schemars(extend("x-secret" = true))]
    url: String,
    /// What signs it: `whsec_…` (HMAC-SHA256, `v1`) or `whsk_…` (Ed25519, `v1a`), in base64; or a list, while receivers
    /// change from one to the next. A connection of the type `webhook` may have it, too. With neither, nothing is signed.
    #[schemars(extend("x-secret" = true))]
    secret: Option<Secrets>,
    /// POST, PUT, PATCH, … Without it: POST.
    method: Option<String>,
    /// A value to send as JSON.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Value", extend("x-secret" = true))]
    json: Option<Value>,
    /// A text to send, as `text/plain; charset=utf-8` unless `headers` say otherwise.
    #[schemars(extend("x-secret" = true))]
    text: Option<String>,
    /// Further headers by name. Null is left out.
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    headers: Map<String, Value>,
    /// What receivers know repeats by, `webhook-id`: without spaces and full stops. Without it, one is made of the run, the
    /// step and the turns.
    id: Option<String>,
    /// What several runs send to this URL goes out together, as one request whose body is a list. Each step waits for it, and
    /// holds one of the server's slots meanwhile.
    batch: Option<Batch>,
}

/// One secret, or several at a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Secrets {
    /// One.
    One(String),
    /// Several: each signs.
    Several(Vec<String>),
}

/// The module.
pub(crate) struct Send {
    spec: Arc<ModuleSpec>,
    deliverer: Deliverer,
    gatherer: Gatherer,
}

impl Send {
    pub(crate) fn new(shared: &Arc<Shared>, stores: &DataStores) -> Self {
        let spec = describe::<Parameters>(About {
            name: "webhook.send",
            example: json!({
                "url": "https://partner.example.com/webhooks",
                "secret": "{{ secrets.partner }}",
                "json": { "type": "order.shipped", "data": { "number": "A1" } },
            }),
            sample: json!({ "id": "msg_0190d2a47c1b7e118000000000000000-3", "status": 204, "body": null }),
            connections: connections::FOR_WEBHOOKS,
            url_parameter: Some("url"),
            retry_pauses: &PAUSES,
            ..About::default()
        });
        let deliverer = Deliverer { shared: Arc::clone(shared), gone: Gone::new(stores) };
        Self { spec, deliverer, gatherer: Gatherer::default() }
    }

    async fn send(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let access = self.deliverer.access(call.connection)?;
        let client = &self.deliverer.shared.client;
        let message = message(&parameters, &access, &call)?;
        client.admit(&message.request, access.trust(call.author_host, &message.request.url))?;
        let sent = access.mask().request(&message.request);
        if access.delivery() == Delivery::Sandbox && !client.is_rehearsed() {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let id = message.id.clone();
        let output = match &parameters.batch {
            None => {
                let told = self.deliverer.deliver(message).await?;
                json!({ "id": id, "status": told.status, "body": told.body })
            }
            Some(batch) => {
                let data = parameters.json.ok_or_else(|| invalid("a batch gathers `json`, and there is none"))?;
                let shared = self.gatherer.send(&self.deliverer, message, data, batch).await?;
                let batch = json!({ "id": shared.id, "size": shared.size });
                json!({ "id": id, "status": shared.told.status, "body": shared.told.body, "batch": batch })
            }
        };
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

/// The webhook that the parameters describe, signed for an attempt now.
fn message(parameters: &Parameters, access: &HttpAccess<'_>, call: &Call<'_>) -> Result<Message, StepError> {
    let id = id(parameters, call)?;
    let (kind, body) = content_of(parameters.json.as_ref(), parameters.text.as_ref())?;
    let method = request::method(Some(parameters.method.as_deref().unwrap_or("POST")), true)?;
    let mut url = request::url(&parameters.url, access)?;
    let mut headers = request::headers(&parameters.headers)?;
    request::take_userinfo(&mut url, &mut headers)?;
    if let Some(kind) = kind {
        headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(kind));
    }
    headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
    headers.insert(DEPTH_HEADER, own_hooks::depth(call)?);
    let mut request = Outgoing { method, url, headers, body: body.clone().into() };
    access.sign(&mut request, Chosen::of(call))?;
    let mut message = Message {
        id,
        request,
        body,
        keys: keys(parameters.secret.as_ref(), access.signing())?,
        connection: call.connection.map(str::to_owned),
        author_host: call.author_host.map(str::to_owned),
        run: call.origin.run,
        timeout: call.timeout,
        now: call.now,
    };
    message.sign()?;
    Ok(message)
}

/// The id of the webhook: full stops separate it from what else is signed, so it holds none.
fn id(parameters: &Parameters, call: &Call<'_>) -> Result<String, StepError> {
    let Some(id) = &parameters.id else {
        return Ok(format!("msg_{}", call.idempotency_key.replace('.', "_")));
    };
    let fits = !id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(|c| c.is_ascii_graphic() && c != '.');
    if fits {
        return Ok(id.clone());
    }
    Err(invalid(format!("`id` must be a text of 1 to {LONGEST_ID} characters without spaces and full stops")))
}

/// What signs: what the step says, else what its connection does.
fn keys(secrets: Option<&Secrets>, usual: &[Secret]) -> Result<Vec<Key>, StepError> {
    let texts = match secrets {
        None => return usual.iter().map(|secret| secret.reveal().parse()).collect(),
        Some(Secrets::One(text)) => std::slice::from_ref(text),
        Some(Secrets::Several(texts)) => texts,
    };
    if texts.is_empty() {
        return Err(StepError::permanent("invalid_secret", "`secret` is an empty list")
            .hint("leave `secret` out to send what is not signed"));
    }
    texts.iter().map(|text| text.parse()).collect()
}

#[cfg(test)]
mod tests;
