//! The signature doctor: why a request was refused, which bytes were signed, and which of the usual mistakes it is. A
//! mistake is only named when undoing it makes the signature fit.

mod bodies;
mod clock;
mod credentials;
mod secrets;
mod senders;
mod shown;
mod trial;
mod urls;
mod ways;

use super::{Fault, Incoming, Settings, configured};
use crate::webhook::providers::Provider;
use crate::webhook::redact;
use serde::Serialize;
use std::fmt;
use trial::Trial;

/// What is known about a request that was refused. It may be shown to the author of the webhook: of signatures it has the
/// first characters, of secrets nothing, and what looks like a credential is masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The code of the fault.
    pub code: &'static str,
    /// What is wrong, in one sentence without a final dot.
    pub detail: String,
    /// How the sender is to have signed: `HMAC-SHA256 in hex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The beginning of the signed text, with escapes for what cannot be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// How many bytes the signed text has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_length: Option<usize>,
    /// The first characters of the signature that was expected, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The first characters of the signature that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// The mistakes that explain it, the likeliest first; empty: none of the usual ones.
    pub findings: Vec<Finding>,
}

/// A mistake that explains why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is, for programs: `body_reformatted`.
    pub code: &'static str,
    /// What it is, in one sentence without a final dot.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Finding {
    fn new(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }
}

/// Says why `fault` came of this request. It tries a few dozen signatures, which takes milliseconds: for a person who
/// looks, not for each request of a flood. What is shown of the request has credentials masked, as where it is kept: by
/// their names, and in the query those among `secret_parameters`.
pub fn diagnose(
    provider: &Provider,
    settings: &Settings,
    incoming: &Incoming<'_>,
    fault: &Fault,
    secret_parameters: &[String],
) -> Diagnosis {
    let settings = configured::with_file(settings).unwrap_or(std::borrow::Cow::Borrowed(settings));
    let (url, body) = (redact::target(incoming.url, secret_parameters), shown::body(incoming));
    let masked = Incoming { url: &url, body: &body, ..*incoming };
    let trial = Trial { provider, settings: &settings, incoming: *incoming, masked, secret_parameters };
    let shown = shown::of(&trial);
    Diagnosis {
        code: fault.code,
        detail: fault.detail.clone(),
        method: shown.method,
        signed: shown.signed,
        signed_length: shown.length,
        expected: shown.expected,
        received: shown.received,
        findings: findings(&trial, fault),
    }
}

fn findings(trial: &Trial<'_>, fault: &Fault) -> Vec<Finding> {
    let found = match fault.code {
        "no_secret" | "bad_secret" => secrets::unusable(fault),
        _ if let Some(masked) = credentials::masked(trial) => vec![masked],
        "duplicate_header" => vec![duplicate(fault)],
        "stale_timestamp" | "future_timestamp" => clock::explain(trial, fault),
        "malformed_timestamp" => clock::unreadable(trial),
        "missing_header" | "missing_parameter" => credentials::absent(trial, fault),
        "wrong_scheme" if trial.provider.challenge().is_some() => {
            credentials::misspelt(trial, fault).into_iter().collect()
        }
        "bad_signature" | "malformed_signature" | "wrong_scheme" | "bad_token" | "bad_body_hash" => mismatch(trial),
        _ => Vec::new(),
    };
    if found.is_empty() { usual(trial, fault) } else { found }
}

/// One mistake that makes it fit is enough: the first is the likeliest.
fn mismatch(trial: &Trial<'_>) -> Vec<Finding> {
    if !trial.is_searchable() {
        return vec![too_long(trial)];
    }
    let searches: [fn(&Trial<'_>) -> Option<Finding>; 5] =
        [secrets::explain, ways::explain, bodies::explain, urls::explain, senders::fitting];
    searches.iter().find_map(|search| search(trial)).into_iter().collect()
}

fn too_long(trial: &Trial<'_>) -> Finding {
    let message = format!("the body has {} bytes, which is too long to search for mistakes", trial.incoming.body.len());
    Finding::new("body_too_long", message, "have the sender send a short one, and look at that")
}

fn duplicate(fault: &Fault) -> Finding {
    let hint = "have the proxy in front, or the sender, set the header once: which of them is right cannot be told";
    Finding::new("duplicate_header", fault.detail.clone(), hint)
}

/// What is left to say where no mistake is found.
fn usual(trial: &Trial<'_>, fault: &Fault) -> Vec<Finding> {
    let (code, message, hint) = match fault.code {
        "bad_signature" if trial.signs_url() => (
            "unknown_secret",
            "none of the usual mistakes explains it: the secret or the URL is another one, or the body was changed",
            "the sender signs the URL that it called: give it with `--url` to `hookmill verify`, with `--public-url` to the \
             server; then copy the secret again from the sender's page",
        ),
        "bad_signature" => (
            "unknown_secret",
            "none of the usual mistakes explains it: the secret is another one, or the body was changed on its way",
            "copy the secret again from the sender's page; if it fits, look for a proxy that changes bodies",
        ),
        "bad_token" => (
            "unknown_token",
            "what came is none of the values that are set",
            "copy the value again from the sender's page",
        ),
        "missing_header" => (
            "unsigned",
            "the request has no signature of any sender that is known",
            "set the secret on the sender's page, so that it signs; or someone else is calling",
        ),
        _ => return Vec::new(),
    };
    vec![Finding::new(code, message, hint)]
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.code, self.detail)?;
        let length = self.signed_length.map(|length| format!("{length} bytes"));
        let facts = [
            ("method", &self.method),
            ("signed", &self.signed),
            ("length", &length),
            ("expected", &self.expected),
            ("received", &self.received),
        ];
        for (name, fact) in facts {
            if let Some(fact) = fact {
                writeln!(f, "  {name:<9} {fact}")?;
            }
        }
        for Finding { code, message, hint } in &self.findings {
            writeln!(f, "{code}: {message}\n  {hint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
