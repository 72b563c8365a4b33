//! What started a run, as the API shows it: without what callers prove themselves with.

use crate::api::value;
use run::entry;
use run::input::{self, Source};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Stands in for what is not shown.
const MASK: &str = "•••";

/// Headers that carry proof of who the caller is, whatever they hold.
const PROOFS: &[&str] = &["authorization", "cookie", "proxy-authorization"];

/// A header or query name with one of these words in it carries such a proof.
const TELLING: &[&str] = &["token", "secret", "password", "signature", "api-key", "api_key", "apikey"];

/// What started a run.
#[derive(Serialize, ToSchema)]
#[schema(as = RunInput)]
pub(super) struct Input {
    /// Which kind of trigger.
    #[schema(value_type = RunSource)]
    source: Source,
    /// The request's method.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The request's path below `/hook/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The request's query: names and values, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    query: Option<Vec<(String, String)>>,
    /// The request's headers: names and values, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    headers: Option<Vec<(String, String)>>,
    /// `trigger.body`.
    #[schema(value_type = serde_json::Value)]
    body: Box<RawValue>,
}

/// What kind of trigger started a run.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `run`'s `Source`, which knows no API document")]
enum RunSource {
    /// A request.
    Webhook,
    /// The clock.
    Schedule,
    /// A person, the API or the command line.
    Manual,
    /// A `call` step of another scenario's run.
    Call,
    /// The failure of another scenario's run.
    Failure,
    /// A mail.
    Mail,
    /// Something new in an answer that is asked for now and then.
    Poll,
}

/// What the delivery of a run was recognised as.
#[derive(Serialize, ToSchema)]
#[schema(as = RunDelivery)]
pub(super) struct Recognised {
    /// The preset by which its sender was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    /// What it tells of, in the sender's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    /// What the sender calls it, in all its attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Which item of the request it is, where each starts a run: its place, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    /// How many items the request carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
}

impl From<&entry::Recognised> for Recognised {
    fn from(recognised: &entry::Recognised) -> Self {
        let entry::Recognised { provider, event, id, item, .. } = recognised.clone();
        let (index, count) = (item.as_ref().map(|item| item.index), item.as_ref().map(|item| item.count));
        Self { provider, event, id, index, count }
    }
}

impl From<&input::Input> for Input {
    fn from(input: &input::Input) -> Self {
        let request = input.request.as_deref();
        Self {
            source: input.source,
            method: request.map(|request| request.method.clone()),
            path: request.map(|request| request.path.clone()),
            query: request.map(|request| masked(&request.query)),
            headers: request.map(|request| masked(&request.headers)),
            body: value::shown(&input.body),
        }
    }
}

fn masked(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let shown = |(name, value): &(String, String)| {
        let value = if proves(name) { MASK.to_owned() } else { value.clone() };
        (name.clone(), value)
    };
    pairs.iter().map(shown).collect()
}

fn proves(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PROOFS.contains(&name.as_str()) || TELLING.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a2_what_callers_prove_themselves_with_is_not_shown() {
        for name in ["authorization", "Cookie", "x-shop-signature", "X-Hub-Signature-256", "access_token", "x-api-key"]
        {
            assert!(proves(name), "{name}");
        }
        for name in ["content-type", "user-agent", "order", "author", "x-request-id"] {
            assert!(!proves(name), "{name}");
        }
    }
}
