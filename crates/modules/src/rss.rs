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
/// Times are RFC 3339, in UTC; what an article does not say is null. `etag` and `last_modified` are what the far side said of
/// the feed. A host that comes out of data may not be a private
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
    /// What an earlier output has as `etag`: where nothing has changed since, the output has `unchanged: true`.
    etag: Option<String>,
    /// What an earlier output has as `last_modified`; as with `etag`.
    last_modified: Option<String>,
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
                "etag": "\"a1\"",
                "last_modified": null,
                "unchanged": false,
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
        let Parameters { url, text, limit, since, etag, last_modified } = parameters(&call)?;
        let since = since.as_deref().map(feed::since).transpose()?;
        let (text, base, sent, said) = match (url, text) {
            (Some(url), None) => match self.fetched(&url, [etag, last_modified], &call).await? {
                Fetched::Unchanged(output) => return Ok(output),
                Fetched::Feed { text, base, sent, said } => (text, Some(base), sent, said),
            },
            (None, Some(content)) => {
                let files = self.shared.client.files().clone();
                let text = tokio::task::spawn_blocking(move || content.text(&files, None)).await;
                (text.map_err(|_| invalid("the text cannot be read"))??, None, json!({}), Said::default())
            }
            _ => return Err(invalid("give the feed's `url`, or its `text`")),
        };
        let read = tokio::task::spawn_blocking(move || feed::read(&text, base.as_ref())).await;
        let mut feed = read.map_err(|_| invalid("the feed cannot be read"))??;
        feed.newest(limit, since);
        let mut output = feed.into_value();
        said.put(&mut output);
        output["unchanged"] = false.into();
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }

    async fn fetched(&self, address: &str, known: [Option<String>; 2], call: &Call<'_>) -> Result<Fetched, StepError> {
        let access = HttpAccess::anonymous();
        let mut url = url(address, &access)?;
        let mut headers = HeaderMap::new();
        take_userinfo(&mut url, &mut headers)?;
        let kinds =
            "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";
        headers.insert(header::ACCEPT, HeaderValue::from_static(kinds));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(DEPTH_HEADER, own_hooks::depth(call)?);
        for (name, value) in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE].into_iter().zip(known) {
            let Some(value) = value else { continue };
            let wrong = |_| invalid("`etag` or `last_modified` cannot stand in a header");
            headers.insert(name, HeaderValue::from_str(&value).map_err(wrong)?);
        }
        let request = Outgoing { method: Method::GET, url: url.clone(), headers, body: Bytes::new().into() };
        let pass = access.pass(None, access.trust(call.author_host, &url), call.now);
        self.shared.client.admit(&request, pass.trust)?;
        let sent = access.mask().request(&request);
        let bounds = Bounds { redirects: 5, max_response: MOST, timeout: call.timeout };
        let is_error = |status: StatusCode| !status.is_success() && status != StatusCode::NOT_MODIFIED;
        let auth::Told { answer, mask } = auth::send(&self.shared, request, pass, bounds, is_error).await?;
        let said = Said::of(&answer.headers);
        if answer.status == StatusCode::NOT_MODIFIED {
            let mut output = json!({ "title": null, "url": null, "items": [], "unchanged": true });
            said.put(&mut output);
            return Ok(Fetched::Unchanged(Outcome { output, sent, delivery: Delivery::Real }));
        }
        if is_error(answer.status) {
            return Err(status_error(&answer, call.now, &mask));
        }
        let kind = answer.headers.get(header::CONTENT_TYPE).map(header_text).unwrap_or_default();
        let charset = kind
            .to_ascii_lowercase()
            .split_once("charset=")
            .map(|(_, rest)| rest.split(';').next().unwrap_or_default().trim_matches(['"', '\'', ' ']).to_owned());
        Ok(Fetched::Feed { text: xml::read(&answer.body, charset.as_deref())?, base: url, sent, said })
    }
}

/// What came of asking for a feed.
enum Fetched {
    /// It is as it was.
    Unchanged(Outcome),
    /// This is it.
    Feed { text: String, base: url::Url, sent: Value, said: Said },
}

/// What the far side says of a feed, to be sent back the next time (RFC 9110, 8.8).
#[derive(Default)]
struct Said {
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Said {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
        Self { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) }
    }

    fn put(self, output: &mut Value) {
        output["etag"] = self.etag.into();
        output["last_modified"] = self.last_modified.into();
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
