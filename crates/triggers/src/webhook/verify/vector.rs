//! Test vectors in JSON: a request, what is set for it, and what must come of it. One entry is what bug reports and
//! other implementations exchange.

mod decryption;
mod expectation;

pub use decryption::Decryption;
pub use expectation::Expectation;

use super::notation;
use super::{Fault, Greeting, Incoming, Settings};
use crate::webhook::providers::{self, Provider};
use run::id::Millis;
use serde_json::Value;

/// Where a request goes when the entry does not say it.
const URL: &str = "https://hooks.example.com/hook/vector";

/// One entry that was read.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, empty where it has none.
    pub id: String,
    /// The preset.
    pub provider: &'static Provider,
    /// What is set for it.
    pub settings: Settings,
    /// What should come of it, as far as the entry says.
    pub expectation: Expectation,
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    now: Millis,
}

/// What came of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is an event and passes.
    Valid,
    /// It is a handshake, which is answered.
    Greeted(Greeting),
    /// It is refused.
    Invalid(Fault),
}

impl Case {
    /// Reads an entry; `now` is the time where it says none. What cannot be read is told in one sentence.
    pub fn read(entry: &Value, now: Millis) -> Result<Self, String> {
        let name = text(entry, "provider").ok_or("the entry has no `provider`")?;
        let provider = providers::find(name).ok_or_else(|| format!("there is no preset `{name}`"))?;
        // Handshakes have the request in an object of its own.
        let request = entry.get("request").unwrap_or(entry);
        let query = text(request, "query").unwrap_or_default();
        let url = text(request, "url").map_or_else(|| with_query(URL, query), |url| with_query(url, query));
        Ok(Self {
            id: text(entry, "id").unwrap_or_default().to_owned(),
            provider,
            settings: settings(provider, request)?,
            expectation: Expectation::read(entry),
            method: text(request, "method").unwrap_or("POST").to_owned(),
            url,
            headers: headers(request)?,
            body: body(request)?,
            now: request.get("now").and_then(Value::as_f64).map_or(now, |seconds| (seconds * 1_000.0) as Millis),
        })
    }

    /// Verifies the request and answers it, if it is a handshake.
    pub fn outcome(&self) -> Outcome {
        self.with_incoming(|incoming| {
            let verdict = self.provider.verify(&self.settings, incoming, None);
            match (self.provider.handshake(&self.settings, incoming, &verdict), verdict) {
                (Some(greeting), _) => Outcome::Greeted(greeting),
                (None, Ok(())) => Outcome::Valid,
                (None, Err(fault)) => Outcome::Invalid(fault),
            }
        })
    }

    /// Whether the request passes, whatever it is.
    pub fn verdict(&self) -> Result<(), Fault> {
        self.with_incoming(|incoming| self.provider.verify(&self.settings, incoming, None))
    }

    /// Calls with the request.
    pub fn with_incoming<T>(&self, work: impl FnOnce(&Incoming<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        work(&Incoming {
            method: &self.method,
            url: &self.url,
            query,
            headers: &headers,
            body: &self.body,
            now: self.now,
        })
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn with_query(url: &str, query: &str) -> String {
    if query.is_empty() || url.contains('?') { url.to_owned() } else { format!("{url}?{query}") }
}

fn headers(request: &Value) -> Result<Vec<(String, Vec<u8>)>, String> {
    let Some(list) = request.get("headers") else { return Ok(Vec::new()) };
    let pairs = list.as_array().ok_or("`headers` is no list")?;
    let read = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(name), Value::String(value)]) => Ok((name.clone(), value.clone().into_bytes())),
        _ => Err("a header is no pair of texts".to_owned()),
    };
    pairs.iter().map(read).collect()
}

fn body(request: &Value) -> Result<Vec<u8>, String> {
    match text(request, "body_base64") {
        Some(encoded) => notation::read_key(encoded).ok_or_else(|| "`body_base64` is no base64".to_owned()),
        None => Ok(text(request, "body").unwrap_or_default().as_bytes().to_vec()),
    }
}

/// The settings of a preset, from the names that entries use for all of them.
fn settings(provider: &Provider, request: &Value) -> Result<Settings, String> {
    let mut settings = Settings::default();
    let main = match text(request, "mode") {
        Some("signing_token") => "signing_token",
        _ => provider.settings.first().map_or("secret", |setting| setting.name),
    };
    for secret in secrets(request)? {
        settings.add(main, secret.as_bytes());
    }
    for (name, setting) in [("scheme_version", "version")].into_iter().chain(PLAIN.map(|name| (name, name))) {
        if let Some(value) = text(request, name) {
            settings.add(setting, value.as_bytes());
        }
    }
    for (name, value) in request.get("config").and_then(Value::as_object).into_iter().flatten() {
        let name = if name == "timestamp_header" { "timestamp" } else { name };
        settings.add(name, value.as_str().unwrap_or_default().as_bytes());
    }
    match request.get("tolerance_s").and_then(Value::as_u64) {
        Some(seconds) => settings.add("tolerance", format!("{seconds}s").as_bytes()),
        None => settings = settings.timeless(),
    }
    Ok(settings)
}

/// Names that are the same in entries and in settings.
const PLAIN: [&str; 5] = ["public_key", "audience", "service_account", "webhook_id", "verify_token"];

fn secrets(request: &Value) -> Result<Vec<&str>, String> {
    match request.get("secrets") {
        None => Ok(text(request, "secret").into_iter().collect()),
        Some(list) => {
            let texts = list.as_array().map(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
            texts.flatten().ok_or_else(|| "`secrets` is no list of texts".to_owned())
        }
    }
}
