//! Documents that others publish for everyone, such as the keys of those who send webhooks.

use crate::client::{Body, Bounds, Client, Outgoing, USER_AGENT};
use crate::guard::{Guard, Trust};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::error::StepError;
use run::files::Files;
use std::time::Duration;
use url::Url;

/// The longest document, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// How long one may take to come.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a file of a stranger may lie elsewhere, and how long it may take to come.
const REDIRECTS: u32 = 5;
const LONG_TIMEOUT: Duration = Duration::from_secs(30);

/// Fetches published documents.
#[derive(Debug)]
pub struct Documents(Client);

impl Documents {
    /// By the same way out as the calls of steps.
    pub fn new(options: &crate::Options, files: &Files) -> Self {
        let guard = Guard::new(options.allow_private.clone()).listening(options.listeners.clone());
        Self(Client::new(guard, files.clone()))
    }

    /// What is at a URL that somebody has entered, of at most so many bytes. Its host is not trusted, nor is one that it
    /// redirects to: private addresses are refused unless the operator allows them.
    pub async fn fetch(&self, url: &Url, most: u64) -> Result<Bytes, StepError> {
        let agent = (header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        let (headers, body) = (HeaderMap::from_iter([agent]), Body::Bytes(Bytes::new()));
        let request = Outgoing { method: Method::GET, url: url.clone(), headers, body };
        let bounds = Bounds { redirects: REDIRECTS, max_response: most, timeout: LONG_TIMEOUT };
        let answer = self.0.send(request, Trust::default(), bounds).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        let host = url.host_str().unwrap_or_default();
        Err(StepError::permanent("http_status", format!("{host} answers {}", answer.status)))
    }

    /// What is at this URL, without following redirects, at most a megabyte. The URL must be one that the author of a
    /// scenario wrote or that the program knows: its host is trusted.
    pub async fn get(&self, url: &str) -> Result<Bytes, StepError> {
        let invalid =
            |error: url::ParseError| StepError::permanent("invalid_url", format!("`{url}` is no URL: {error}"));
        let url = Url::parse(url).map_err(invalid)?;
        let written = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        let trust = Trust { author_host: Some(&written), ..Trust::default() };
        let request = Outgoing { method: Method::GET, url, headers: HeaderMap::new(), body: Body::Bytes(Bytes::new()) };
        let bounds = Bounds { redirects: 0, max_response: LONGEST, timeout: TIMEOUT };
        let answer = self.0.send(request, trust, bounds).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(StepError::permanent("not_published", format!("the answer is {}", answer.status)))
    }
}
