//! Sends a request on as it came, so that the program at the other end can verify its signature itself.

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use serde_json::Value;
use std::time::{Duration, Instant};
use url::Url;

/// How long the program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Header fields that are of a connection and not of the request (RFC 9110 §7.6.1), or that the client makes itself.
const HOP_BY_HOP: [&str; 11] = [
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    "http2-settings",
];

/// A program that gets requests.
pub(super) struct Forward {
    client: Client,
    to: Url,
}

impl Forward {
    /// The program that listens there.
    pub(super) fn to(to: Url) -> anyhow::Result<Self> {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(PATIENCE).build()?;
        Ok(Self { client, to })
    }

    /// Sends a request on, and says what came back.
    pub(super) async fn send(&self, request: &Value) -> String {
        let began = Instant::now();
        match self.try_send(request).await {
            Ok(status) => format!("{status} in {} ms", began.elapsed().as_millis()),
            Err(error) => format!("not delivered: {error:#}"),
        }
    }

    async fn try_send(&self, request: &Value) -> anyhow::Result<u16> {
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        let body = BASE64_STANDARD.decode(text("body_base64")).context("the body cannot be read")?;
        anyhow::ensure!(request["length"] == body.len(), "the server does not have all of its body");
        let method = Method::from_bytes(text("method").as_bytes())?;
        let answer = self
            .client
            .request(method, address(&self.to, text("rest"), text("target")))
            .headers(headers(&request["headers"]))
            .body(body)
            .send()
            .await?;
        Ok(answer.status().as_u16())
    }
}

/// Where a request goes: behind the program's own path what the webhook's leaves open, and the query.
fn address(to: &Url, rest: &str, target: &str) -> Url {
    let mut address = to.clone();
    if !rest.is_empty() {
        address.set_path(&format!("{}{rest}", to.path().trim_end_matches('/')));
    }
    if let Some((_, query)) = target.split_once('?') {
        address.set_query(Some(query));
    }
    address
}

fn headers(fields: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in fields.as_array().into_iter().flatten() {
        let (name, value) = (field[0].as_str().unwrap_or_default(), field[1].as_str().unwrap_or_default());
        if HOP_BY_HOP.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn where_requests_go() {
        for (to, rest, target, expected) in [
            ("http://127.0.0.1:3000", "", "/hook/a", "http://127.0.0.1:3000/"),
            ("http://127.0.0.1:3000/in", "", "/hook/a?x=1&y", "http://127.0.0.1:3000/in?x=1&y"),
            ("http://127.0.0.1:3000/in/", "/7%2F8", "/hook/a/7%2F8", "http://127.0.0.1:3000/in/7%2F8"),
            ("http://127.0.0.1:3000", "//evil.example", "/hook/a", "http://127.0.0.1:3000//evil.example"),
            ("http://127.0.0.1:3000", "/@evil.example", "/hook/a", "http://127.0.0.1:3000/@evil.example"),
        ] {
            assert_eq!(address(&to.parse().unwrap(), rest, target).as_str(), expected);
        }
    }

    #[test]
    fn fields_of_the_connection_stay_behind() {
        let fields =
            json!([["Host", "a"], ["X-Signature", "s"], ["Transfer-Encoding", "chunked"], ["x-a", "1"], ["x-a", "2"]]);
        let sent = headers(&fields);
        let names: Vec<&str> = sent.keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["x-signature", "x-a"]);
        assert_eq!(sent.get_all("x-a").iter().count(), 2);
    }
}
