//! `slack.send`: messages by an incoming webhook of Slack (docs.slack.dev, "Sending messages using incoming webhooks").

use crate::auth::{self, Pass, Scheme};
use crate::catalog::Shared;
use crate::client::{Bounds, Outgoing, USER_AGENT};
use crate::connections::{HttpAccess, Slack, incomplete};
use crate::guard::Trust;
use crate::http::request;
use crate::mask::Mask;
use crate::spec::{About, describe, invalid, parameters};
use crate::status::status_error;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::Url;

/// The longest answer, in bytes: it is a word.
const MAX_ANSWER: u64 = 64 * 1024;

/// Sends a message to a channel of Slack, or of a service that takes the same messages. The output has `status` and
/// `answer`, which is `ok`.
///
/// In `text`, Slack reads `&`, `<` and `>` as its own signs: `<!channel>` calls everybody. What comes out of data is
/// escaped with `.replace("&", "&amp;").replace("<", "&lt;")`.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The webhook's URL as Slack gives it, `https://hooks.slack.com/services/…`, which is a secret; or it stands in the
    /// connection.
    #[serde(skip_serializing)]
    #[schemars(extend("x-secret" = true))]
    url: Option<String>,
    /// The message, in Slack's `mrkdwn`; beside `blocks`, what notifications show.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The message in blocks (Block Kit), as Slack documents them.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<Vec<Map<String, Value>>>,
    /// The message that this one answers: its `ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<String>,
}

/// The module.
pub(crate) struct Send {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Send {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "slack.send",
            example: json!({ "url": "{{ secrets.slack }}", "text": "Order A1 has been shipped." }),
            sample: json!({ "status": 200, "answer": "ok" }),
            connections: &["slack"],
            url_parameter: Some("url"),
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn send(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let slack = call.connection.map(|name| self.shared.connections.slack(name)).transpose()?;
        let delivery = slack.map_or(Delivery::Real, |slack| slack.delivery);
        let endpoint = slack.and_then(Slack::url);
        let request = build(&parameters, slack, endpoint.as_ref())?;
        let trust = Trust { author_host: call.author_host, endpoint: endpoint.as_ref(), ..Trust::default() };
        self.shared.client.admit(&request, trust)?;
        let mask = slack.map_or_else(Mask::default, Slack::mask);
        let sent = mask.request(&request);
        if delivery == Delivery::Sandbox && !self.shared.client.is_rehearsed() {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: call.timeout };
        let pass = Pass { connection: call.connection, scheme: &Scheme::None, scopes: &[], trust, now: call.now };
        let told = auth::send(&self.shared, request, pass, bounds, |status| !status.is_success()).await?;
        let answer = told.answer;
        if !answer.status.is_success() {
            return Err(explained(status_error(&answer, call.now, &mask)));
        }
        let told = mask.text(&String::from_utf8_lossy(&answer.body));
        let output = json!({ "status": answer.status.as_u16(), "answer": told });
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

fn build(parameters: &Parameters, slack: Option<&Slack>, endpoint: Option<&Url>) -> Result<Outgoing, StepError> {
    if parameters.text.is_none() && parameters.blocks.is_none() {
        return Err(invalid("a message needs `text` or `blocks`"));
    }
    let body = serde_json::to_vec(parameters).map_err(|error| invalid(error.to_string()))?;
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
    ]);
    let url = match (&parameters.url, slack, endpoint) {
        (Some(url), None, _) => request::url(url, &HttpAccess::anonymous())?,
        (None, Some(_), Some(url)) => url.clone(),
        // A sandbox was not told where its messages would go.
        (None, Some(slack), None) if slack.delivery == Delivery::Sandbox => {
            Url::parse("https://hooks.slack.com/services/").map_err(|_| incomplete())?
        }
        (None, Some(_), None) => return Err(incomplete()),
        _ => return Err(invalid("one of `url` and `connection` must be given, and not both")),
    };
    Ok(Outgoing { method: Method::POST, url, headers, body: body.into() })
}

/// What Slack's statuses mean.
fn explained(error: StepError) -> StepError {
    match error.status {
        Some(404) => error.hint("the webhook was revoked: make a new one in Slack"),
        Some(410) => error.hint("the channel is archived: choose another one in Slack"),
        Some(403) => error.hint("an administrator of the workspace does not allow it"),
        _ => error,
    }
}
