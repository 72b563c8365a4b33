//! `line.reply` and `line.push`: messages by the Messaging API of LINE (developers.line.biz, "Messaging API reference").

mod push;
mod reply;

pub(crate) use push::Push;
pub(crate) use reply::Reply;

use crate::auth;
use crate::catalog::Shared;
use crate::client::{Bounds, Incoming, Outgoing, USER_AGENT};
use crate::connections::{Chosen, HttpAccess, incomplete, required};
use crate::guard::Trust;
use crate::spec::invalid;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::call::{Call, Delivery, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use serde_json::{Map, Value, json};
use url::Url;

/// Where the API is, unless the connection has a `base`.
const ENDPOINT: &str = "https://api.line.me/";

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 1024 * 1024;

/// How many messages one call may have.
const MOST: usize = 5;

/// What is posted.
struct Posted {
    /// Below the API's address.
    path: &'static str,
    body: Value,
    retry_key: Option<String>,
}

/// What came of a call.
enum Answered {
    /// The answer, and what was sent.
    Here(Incoming, Value),
    /// The connection is a sandbox.
    Sandboxed(Outcome),
}

/// The messages of a call: one text, or a list as LINE documents it.
fn messages(text: Option<&String>, messages: Option<&Vec<Map<String, Value>>>) -> Result<Value, StepError> {
    match (text, messages) {
        (Some(text), None) => Ok(json!([{ "type": "text", "text": text }])),
        (None, Some(list)) if (1..=MOST).contains(&list.len()) => Ok(json!(list)),
        (None, Some(list)) => Err(invalid(format!("`messages` has {}, and must have 1 to {MOST}", list.len()))),
        _ => Err(invalid("one of `text` and `messages` must be given, and not both")),
    }
}

/// Posts to the API, over the step's connection.
async fn post(shared: &Shared, spec: &ModuleSpec, call: &Call<'_>, posted: Posted) -> Result<Answered, StepError> {
    let connection = required(call.connection)?;
    let access = shared.connections.http(connection)?;
    let (request, endpoint) = request(&access, posted)?;
    let trust = Trust { endpoint: Some(&endpoint), ..Trust::default() };
    shared.client.admit(&request, trust)?;
    let sent = access.mask().request(&request);
    if access.delivery() == Delivery::Sandbox && !shared.client.is_rehearsed() {
        let output = spec.sample.clone();
        return Ok(Answered::Sandboxed(Outcome { output, sent, delivery: Delivery::Sandbox }));
    }
    let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: call.timeout };
    let pass = access.pass(Some(connection), trust, call.now);
    let told = auth::send(shared, request, pass, bounds, |status| !status.is_success()).await?;
    Ok(Answered::Here(told.answer, sent))
}

fn request(access: &HttpAccess<'_>, posted: Posted) -> Result<(Outgoing, Url), StepError> {
    let Posted { path, body, retry_key } = posted;
    let endpoint = match access.base() {
        Some(base) => base.clone(),
        None => Url::parse(ENDPOINT).map_err(|_| incomplete())?,
    };
    let url = endpoint.join(path).map_err(|_| incomplete())?;
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
    ]);
    if let Some(key) = retry_key {
        headers.insert("x-line-retry-key", HeaderValue::from_str(&key).map_err(|_| invalid("the key is no text"))?);
    }
    let mut request = Outgoing { method: Method::POST, url, headers, body: body.to_string().into() };
    access.sign(&mut request, Chosen::ByAuthor)?;
    Ok((request, endpoint))
}

/// The output of a call that was taken.
fn output(answer: &Incoming) -> Value {
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let messages = told.get("sentMessages").cloned().unwrap_or_else(|| json!([]));
    let request = answer.headers.get("x-line-request-id").and_then(|id| id.to_str().ok());
    json!({ "sent_messages": messages, "request_id": request })
}

fn sample() -> Value {
    json!({
        "sent_messages": [{ "id": "461230966842064897", "quoteToken": "IStG5h1Tz7b" }],
        "request_id": "f70dd685-499a-4231-a441-f24b8d4fba21",
    })
}
