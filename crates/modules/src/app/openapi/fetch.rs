//! Descriptions that stand in the web.

use super::MOST;
use crate::catalog::Options;
use crate::client::{Body, Bounds, Client, Outgoing, USER_AGENT};
use crate::guard::{Guard, Trust};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::error::StepError;
use run::files::Files;
use std::time::Duration;
use url::Url;

/// What reading one may cost.
const BOUNDS: Bounds = Bounds { redirects: 5, max_response: MOST as u64, timeout: Duration::from_secs(60) };

/// The text at this URL, which someone chose who may reach wherever it leads.
pub async fn fetch(url: &Url, files: &Files, options: Options) -> Result<String, StepError> {
    let client = Client::new(Guard::new(options.allow_private).listening(options.listeners), files.clone());
    let accepted = HeaderValue::from_static("application/json, application/yaml, text/yaml, */*;q=0.5");
    let headers = [(header::USER_AGENT, HeaderValue::from_static(USER_AGENT)), (header::ACCEPT, accepted)];
    let (headers, body) = (HeaderMap::from_iter(headers), Body::from(Bytes::new()));
    let request = Outgoing { method: Method::GET, url: url.clone(), headers, body };
    let answer = client.send(request, Trust { endpoint: Some(url), ..Trust::default() }, BOUNDS).await?;
    if !answer.status.is_success() {
        let host = url.host_str().unwrap_or_default();
        return Err(StepError::permanent("http_status", format!("{host} answers {}", answer.status)));
    }
    String::from_utf8(answer.body.into()).map_err(|_| StepError::permanent("no_text", "what it answers is no text"))
}
