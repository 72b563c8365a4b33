//! `http.request`: any HTTP call.

pub(crate) mod content;
pub(crate) mod request;
pub(crate) mod response;

use crate::auth;
use crate::catalog::Shared;
use crate::client::{Bounds, Fetched, Outgoing};
use crate::connections::{self, HttpAccess};
use crate::file::FileParameter;
use crate::spec::{About, describe, given, parameters};
use crate::status::status_error;
use content::Raw;
use reqwest::StatusCode;
use response::{ErrorStatuses, ResponseAs};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Sends an HTTP request and gives the answer. The output has `status`, `headers` (lower-case names) and `body`,
/// which is parsed by the answer's content type: JSON becomes a value, text stays text, anything else is base64.
/// With `response: file` it is a file.
///
/// A status from 400 to 599 is an error unless `errors` says otherwise; 408, 425, 429 and 5xx may be tried again
/// (`retry`), after the pause that the answer asks for. Calls other than GET and HEAD carry an `Idempotency-Key` that
/// stays the same over all attempts. A host that comes out of data may not be a private address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Where to send it: `https://…` or `http://…`. With a connection that has a `base`, a path is enough.
    #[schemars(extend("x-secret" = true))]
    url: String,
    /// GET, POST, PUT, PATCH, DELETE, … Without it: POST where there is something to send, else GET.
    method: Option<String>,
    /// Values added to the URL's query. A list gives one pair for each item; null is left out.
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    query: Map<String, Value>,
    /// Headers by name. Null is left out.
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    headers: Map<String, Value>,
    /// A value to send as JSON.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Value", extend("x-secret" = true))]
    json: Option<Value>,
    /// Fields to send as a form (`application/x-www-form-urlencoded`). A list gives one field for each item.
    #[schemars(extend("x-secret" = true))]
    form: Option<Map<String, Value>>,
    /// A text to send as `text/plain; charset=utf-8`.
    #[schemars(extend("x-secret" = true))]
    text: Option<String>,
    /// A text, or `{ base64: … }` for bytes, to send as it is, with the `content-type` of `headers`.
    #[schemars(extend("x-secret" = true))]
    body: Option<Raw>,
    /// A file to send as it is, with its type: `trigger.file`, one of `trigger.files`, or the `body` of a step with
    /// `response: file`. It is read while it is sent, whatever its size.
    file: Option<FileParameter>,
    /// Fields and files to send as `multipart/form-data`. A list gives one part for each item; null is left out.
    #[schemars(extend("x-secret" = true))]
    multipart: Option<Map<String, Value>>,
    /// How many redirects to follow; 0: an answer that redirects is the output.
    #[serde(default = "default_redirects")]
    #[schemars(range(max = 20))]
    redirects: u32,
    /// Which statuses are errors: `never`, or a list of statuses and ranges such as `[404, 500-599]`.
    #[serde(default)]
    errors: ErrorStatuses,
    /// How to read the answer's body: by its content type, or always as JSON, text or base64; or not at all but keep it
    /// as a `file`, which other steps can send on.
    #[serde(default)]
    response: ResponseAs,
    /// The longest answer in bytes, decompressed; a longer one is an error. Without it 10 MiB, and 100 MiB for files.
    max_response: Option<u64>,
}

/// The longest answer that becomes a value, in bytes, where the author says nothing.
const MOST_OF_A_VALUE: u64 = 10 * 1024 * 1024;

/// The longest answer that becomes a file, in bytes, where the author says nothing.
const MOST_OF_A_FILE: u64 = 100 * 1024 * 1024;

/// The module.
pub(crate) struct Request {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Request {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "http.request",
            example: json!({
                "url": "https://api.example.com/orders",
                "query": { "notify": true },
                "json": { "number": "A1", "total": 6 },
            }),
            sample: json!({
                "status": 200,
                "headers": { "content-type": "application/json" },
                "body": { "ok": true },
            }),
            connections: connections::FOR_HTTP,
            needs_connection: false,
            url_parameter: Some("url"),
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn request(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let access = match call.connection {
            Some(name) => self.shared.connections.http(name)?,
            None => HttpAccess::anonymous(),
        };
        let request = request::build(&parameters, &access, &call, self.shared.client.files())?;
        let url = request.url.clone();
        let pass = access.pass(call.connection, access.trust(call.author_host, &url), call.now);
        self.shared.client.admit(&request, pass.trust)?;
        let sent = access.mask().request(&request);
        if access.delivery() == Delivery::Sandbox && !self.shared.client.is_rehearsed() {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        match parameters.response {
            ResponseAs::File => self.fetch(request, pass, &parameters, &call, sent).await,
            _ => self.exchange(request, pass, &parameters, &call, sent).await,
        }
    }

    async fn exchange(
        &self,
        request: Outgoing,
        pass: auth::Pass<'_>,
        parameters: &Parameters,
        call: &Call<'_>,
        sent: Value,
    ) -> Result<Outcome, StepError> {
        let errors = parameters.errors.read()?;
        let is_error = |status: StatusCode| errors.contain(status);
        let told = auth::send(&self.shared, request, pass, parameters.bounds(call), is_error).await?;
        let auth::Told { answer, mask } = told;
        if is_error(answer.status) {
            return Err(status_error(&answer, call.now, &mask));
        }
        let output = response::output(&answer, parameters.response, &mask)?;
        Ok(mask.outcome(Outcome { output, sent, delivery: Delivery::Real }))
    }

    async fn fetch(
        &self,
        request: Outgoing,
        pass: auth::Pass<'_>,
        parameters: &Parameters,
        call: &Call<'_>,
        sent: Value,
    ) -> Result<Outcome, StepError> {
        let errors = parameters.errors.read()?;
        let is_error = |status: StatusCode| errors.contain(status);
        let told = auth::fetch(&self.shared, request, pass, parameters.bounds(call), is_error).await?;
        let auth::Told { answer, mask } = told;
        match answer {
            Fetched::Kept(download) => {
                let output = response::kept(&download);
                Ok(mask.outcome(Outcome { output, sent, delivery: Delivery::Real }))
            }
            Fetched::Whole(answer) => Err(status_error(&answer, call.now, &mask)),
        }
    }
}

impl Module for Request {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.request(call))
    }
}

fn default_redirects() -> u32 {
    5
}

impl Parameters {
    fn bounds(&self, call: &Call<'_>) -> Bounds {
        let usual = if matches!(self.response, ResponseAs::File) { MOST_OF_A_FILE } else { MOST_OF_A_VALUE };
        let max_response = self.max_response.unwrap_or(usual);
        Bounds { redirects: self.redirects, max_response, timeout: call.timeout }
    }
}
