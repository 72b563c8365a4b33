//! `rss.read`.

mod feed;

use crate::auth;
use crate::catalog::Shared;
use crate::client::{Bounds, Outgoing, USER_AGENT};
use crate::computed::Content;
use crate::connections::HttpAccess;
use crate::http::request::{take_userinfo, url};
use crate::mask::header_text;
use crate::own_hooks;
use crate::spec::{About, describe, invalid, parameters};
use crate::status::status_error;
use crate::xml;
use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::input::DEPTH_HEADER;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The longest feed, in bytes.
const MOST: u64 = 8 * 1024 * 1024;

/// Reads the articles of a feed: RSS, Atom or JSON Feed, from an address or a text. The output has the feed's `title` and
/// `url`, and `items`, newest first: each with `id`, `title`, `url`, `published`, `updated`, `author`, `summary`, `content`,
/// `categories`, `enclosures` (each with `url`, `type` and `length`) and `image`.
///
/// Times are RFC 3339, in UTC; what an article does not say is null. A host that comes out of data may not be a private
/// address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The feed's address. Or give `text`.
    url: Option<String>,
    /// The feed itself, as a text or a file: what `http.request` has fetched with a connection, for example.
    text: Option<Content>,
    /// How many articles at most.
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 1000))]
    limit: usize,
    /// Only those published after this time, such as `2026-11-22` or `2026-11-22T08:00:00Z`; those without a time are
    /// left out then.
    since: Option<String>,
}

/// The module.
pub(crate) struct Read {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Read {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "rss.read",
            example: json!({ "url": "https://example.com/feed.xml", "limit": 10, "since": "2026-11-22" }),
            sample: json!({
                "title": "News",
                "url": "https://example.com/",
                "items": [{
                    "id": "https://example.com/1",
                    "title": "One",
                    "url": "https://example.com/1",
                    "published": "2026-11-22T08:00:00Z",
                    "updated": null,
                    "author": "Editors",
                    "summary": "What happened.",
                    "content": "<p>What happened.</p>",
                    "categories": ["today"],
                    "enclosures": [],
                    "image": null,
                }],
            }),
            url_parameter: Some("url"),
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn read(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let Parameters { url, text, limit, since } = parameters(&call)?;
        let since = since.as_deref().map(feed::since).transpose()?;
        let (text, base, sent) = match (url, text) {
            (Some(url), None) => self.fetched(&url, &call).await?,
            (None, Some(content)) => {
                let files = self.shared.client.files().clone();
                let text = tokio::task::spawn_blocking(move || content.text(&files, None)).await;
                (text.map_err(|_| invalid("the text cannot be read"))??, None, json!({}))
            }
            _ => return Err(invalid("give the feed's `url`, or its `text`")),
        };
        let read = tokio::task::spawn_blocking(move || feed::read(&text, base.as_ref())).await;
        let mut feed = read.map_err(|_| invalid("the feed cannot be read"))??;
        feed.newest(limit, since);
        Ok(Outcome { output: feed.into_value(), sent, delivery: Delivery::Real })
    }

    async fn fetched(&self, address: &str, call: &Call<'_>) -> Result<(String, Option<url::Url>, Value), StepError> {
        let access = HttpAccess::anonymous();
        let mut url = url(address, &access)?;
        let mut headers = HeaderMap::new();
        take_userinfo(&mut url, &mut headers)?;
        let kinds =
            "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";
        headers.insert(header::ACCEPT, HeaderValue::from_static(kinds));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(DEPTH_HEADER, own_hooks::depth(call)?);
        let request = Outgoing { method: Method::GET, url: url.clone(), headers, body: Bytes::new().into() };
        let pass = access.pass(None, access.trust(call.author_host, &url), call.now);
        self.shared.client.admit(&request, pass.trust)?;
        let sent = access.mask().request(&request);
        let bounds = Bounds { redirects: 5, max_response: MOST, timeout: call.timeout };
        let is_error = |status: StatusCode| !status.is_success();
        let auth::Told { answer, mask } = auth::send(&self.shared, request, pass, bounds, is_error).await?;
        if is_error(answer.status) {
            return Err(status_error(&answer, call.now, &mask));
        }
        let kind = answer.headers.get(header::CONTENT_TYPE).map(header_text).unwrap_or_default();
        let charset = kind
            .to_ascii_lowercase()
            .split_once("charset=")
            .map(|(_, rest)| rest.split(';').next().unwrap_or_default().trim_matches(['"', '\'', ' ']).to_owned());
        Ok((xml::read(&answer.body, charset.as_deref())?, Some(url), sent))
    }
}

impl Module for Read {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.read(call))
    }
}

fn twenty() -> usize {
    20
}
