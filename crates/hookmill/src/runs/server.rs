//! A server's API, as a program asks it.

use super::Place;
use anyhow::Context;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::path::Path;
use url::Url;

/// Where a server listens unless it is told otherwise.
const USUAL: &str = "http://127.0.0.1:8080";

/// The environment's name for the token.
const TOKEN: &str = "HOOKMILL_TOKEN";

/// A server, and what opens it.
pub(crate) struct Server {
    client: reqwest::Client,
    base: Url,
    token: String,
}

impl Server {
    /// The server that the command names, or the usual one.
    pub(crate) fn of(place: &Place) -> anyhow::Result<Self> {
        let base = place.server.clone().map_or_else(|| Url::parse(USUAL), Ok)?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { client, base, token: token(&place.data)? })
    }

    /// What the API answers to `GET /api/v1{path}`.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(self.client.get(self.url(path)?)).await
    }

    /// What the API answers to `POST /api/v1{path}` with this body; null where it says nothing.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(self.client.post(self.url(path)?).json(body)).await
    }

    /// What the API answers to `PUT /api/v1{path}` with this body.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(self.client.put(self.url(path)?).json(body)).await
    }

    /// Has the API delete what is at `/api/v1{path}`.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.ask(self.client.delete(self.url(path)?)).await.map(drop)
    }

    /// What the API answers to `POST /api/v1{path}` with a file of this media type.
    pub(crate) async fn send(&self, path: &str, kind: &'static str, file: Vec<u8>) -> anyhow::Result<Value> {
        self.ask(self.client.post(self.url(path)?).header("content-type", kind).body(file)).await
    }

    /// The file that the API gives at `GET /api/v1{path}`.
    pub(crate) async fn file(&self, path: &str) -> anyhow::Result<Response> {
        let asked = self.client.get(self.url(path)?).bearer_auth(&self.token).send().await;
        let answer = asked.with_context(|| self.silence())?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = answer.bytes().await?;
        Err(self.refusal(status, &serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// What the API streams at `GET /api/v1{path}`.
    pub(crate) async fn stream(&self, path: &str) -> anyhow::Result<Response> {
        let asked = self.client.get(self.url(path)?).bearer_auth(&self.token).send().await;
        let answer = asked.with_context(|| self.silence())?;
        anyhow::ensure!(answer.status().is_success(), "{} answers {}", self.base, answer.status());
        Ok(answer)
    }

    fn url(&self, path: &str) -> anyhow::Result<Url> {
        Ok(self.base.join(&format!("api/v1{path}"))?)
    }

    fn silence(&self) -> String {
        format!("no server answers at {}; `--server URL` or HOOKMILL_SERVER names another", self.base)
    }

    async fn ask(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.bearer_auth(&self.token).send().await.with_context(|| self.silence())?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let told: Value = serde_json::from_slice(&body)
            .with_context(|| format!("{} does not answer as a Hookmill server does", self.base))?;
        if !status.is_success() {
            return Err(self.refusal(status, &told));
        }
        Ok(told)
    }

    fn refusal(&self, status: StatusCode, told: &Value) -> anyhow::Error {
        let why = told["detail"].as_str().or(told["title"].as_str()).unwrap_or("no reason given");
        anyhow::anyhow!("{} answers {status}: {why}", self.base)
    }
}

fn token(data: &Path) -> anyhow::Result<String> {
    if let Ok(token) = std::env::var(TOKEN) {
        return Ok(token);
    }
    let file = data.join("token");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("set {TOKEN} to the server's token; {} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}
