//! `surveycake.fetch`: the answer that a webhook of SurveyCake only points at (github.com/SurveyCake/webhook).

mod cipher;

use crate::auth::{self, Pass, Scheme};
use crate::catalog::Shared;
use crate::client::{Bounds, Outgoing, USER_AGENT};
use crate::connections::{SurveyCake, incomplete};
use crate::guard::Trust;
use crate::mask::Mask;
use crate::spec::{About, describe, invalid, parameters};
use crate::status::status_error;
use bytes::Bytes;
use cipher::Keys;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 10 * 1024 * 1024;

/// Where surveys are, unless the author says otherwise.
const DOMAIN: &str = "www.surveycake.com";

/// Fetches the answer to a survey of SurveyCake and decrypts it. The webhook says `svid` and `hash` only; the survey's
/// settings show both keys. The output is the answer as SurveyCake documents it: `svid`, `title`, `submitTime`, and `result`,
/// a list with `sn`, `subject`, `type` and `answer` of each question. Questions are known by `sn`, not by their order.
///
/// That the answer can be decrypted shows that it is SurveyCake's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The webhook's `svid`, as `{{ trigger.body.svid }}`.
    svid: String,
    /// The webhook's `hash`.
    hash: String,
    /// The survey's Hash key: 16 characters; both keys may stand in the connection.
    #[schemars(extend("x-secret" = true))]
    hash_key: Option<String>,
    /// The survey's IV key: 16 characters.
    #[schemars(extend("x-secret" = true))]
    iv_key: Option<String>,
    /// Where the survey is: `www.surveycake.com`, or another name of SurveyCake's. The `base` of a connection counts more.
    domain: Option<String>,
}

/// The module.
pub(crate) struct Fetch {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Fetch {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "surveycake.fetch",
            example: json!({
                "svid": "{{ trigger.body.svid }}",
                "hash": "{{ trigger.body.hash }}",
                "hash_key": "{{ secrets.survey_hash }}",
                "iv_key": "{{ secrets.survey_iv }}",
            }),
            sample: json!({
                "svid": "aB3dE",
                "title": "How was it?",
                "submitTime": "2026-11-22 09:30:00",
                "result": [
                    { "subject": "Your name", "type": "TXTSHORT", "sn": 0, "answer": ["Ann"] },
                    { "subject": "Your address", "type": "TXTSHORT", "sn": 1, "answer": ["ann@example.com"] },
                ],
            }),
            connections: &["surveycake"],
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn fetch(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let survey = call.connection.map(|name| self.shared.connections.surveycake(name)).transpose()?;
        let base = survey.and_then(|survey| survey.base.as_ref());
        let request = build(&parameters, base)?;
        let trust = Trust { endpoint: base, ..Trust::default() };
        self.shared.client.admit(&request, trust)?;
        let sent = Mask::default().request(&request);
        let delivery = survey.map_or(Delivery::Real, |survey| survey.delivery);
        if delivery == Delivery::Sandbox && !self.shared.client.is_rehearsed() {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let keys = keys(&parameters, survey)?;
        let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: call.timeout };
        let pass = Pass { connection: call.connection, scheme: &Scheme::None, scopes: &[], trust, now: call.now };
        let told = auth::send(&self.shared, request, pass, bounds, |status| !status.is_success()).await?;
        let answer = told.answer;
        if !answer.status.is_success() {
            return Err(status_error(&answer, call.now, &Mask::default()));
        }
        Ok(Outcome { output: keys.decrypt(&answer.body)?, sent, delivery: Delivery::Real })
    }
}

impl Module for Fetch {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.fetch(call))
    }
}

/// The keys of the step, else of its connection.
fn keys(parameters: &Parameters, survey: Option<&SurveyCake>) -> Result<Keys, StepError> {
    match (&parameters.hash_key, &parameters.iv_key, survey) {
        (Some(hash_key), Some(iv_key), _) => Keys::new(hash_key, iv_key),
        (None, None, Some(survey)) => {
            let (hash_key, iv_key) = survey.keys.as_ref().ok_or_else(incomplete)?;
            Keys::new(hash_key.reveal(), iv_key.reveal())
        }
        _ => Err(invalid("`hash_key` and `iv_key` must be given, here or by a connection")),
    }
}

/// `svid` and `hash` come from outside: as letters and digits they cannot lead anywhere else.
fn build(parameters: &Parameters, base: Option<&Url>) -> Result<Outgoing, StepError> {
    for (name, value) in [("svid", &parameters.svid), ("hash", &parameters.hash)] {
        if value.is_empty() || !value.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(invalid(format!("`{name}` must be letters and digits")));
        }
    }
    let root = match base {
        Some(base) => base.clone(),
        None => domain(parameters.domain.as_deref().unwrap_or(DOMAIN))?,
    };
    let url = root
        .join(&format!("webhook/v0/{}/{}", parameters.svid, parameters.hash))
        .map_err(|_| invalid("`domain` is no name of a host"))?;
    let headers = HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(USER_AGENT))]);
    Ok(Outgoing { method: Method::GET, url, headers, body: Bytes::new().into() })
}

/// A host of SurveyCake's: the domain may come out of data, and then must lead nowhere else.
fn domain(name: &str) -> Result<Url, StepError> {
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let is_theirs = name == "surveycake.com" || name.ends_with(".surveycake.com");
    let url = Url::parse(&format!("https://{name}/")).ok().filter(|_| is_name && is_theirs);
    url.ok_or_else(|| {
        invalid(format!("`domain`: {name:?} is no name of SurveyCake's"))
            .hint("for another host, use a connection of the type `http` with a `base`")
    })
}

#[cfg(test)]
mod tests;
