//! Receivers that answered 410: they want no more, and are not asked again until someone says so.

use run::data_store::{Act, DataStores, Put};
use run::error::StepError;
use run::id::{Millis, RunId};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

/// The data store that remembers them: one record for each URL.
const TABLE: &str = "gone-endpoints";

/// What is remembered.
#[derive(Clone)]
pub(super) struct Gone {
    stores: DataStores,
}

impl Gone {
    pub(super) fn new(stores: &DataStores) -> Self {
        Self { stores: stores.clone() }
    }

    /// An error where the URL is known to be gone.
    pub(super) async fn check(&self, url: &Url, now: Millis) -> Result<(), StepError> {
        let (stores, key) = (self.stores.clone(), key(url));
        let asked = key.clone();
        let found = tokio::task::spawn_blocking(move || stores.get(TABLE, &asked, now)).await;
        match found {
            Ok(Ok(Some(_))) => Err(gone(url, &key, "has answered 410 before: it wants no more webhooks")),
            // Whoever cannot look it up finds out by sending.
            _ => Ok(()),
        }
    }

    /// Remembers that the URL is gone, and says so.
    pub(super) async fn note(&self, url: &Url, run: RunId, now: Millis) -> StepError {
        let (stores, key) = (self.stores.clone(), key(url));
        let value = json!({ "host": url.host_str(), "since": now, "run": run.to_string() });
        let noted = key.clone();
        let written = tokio::task::spawn_blocking(move || {
            let act = Act { now, idempotency_key: None };
            stores.put(TABLE, &noted, &Put { value, ttl: None, condition: None }, act)
        });
        // If it cannot be noted, the next webhook is told 410 again.
        drop(written.await);
        gone(url, &key, "answered 410: it wants no more webhooks")
    }
}

fn gone(url: &Url, key: &str, what: &str) -> StepError {
    let host = url.host_str().unwrap_or_default();
    StepError::permanent("gone", format!("{host} {what}"))
        .status(410)
        .hint(format!("if it does again, delete the record `{key}` of the data store `{TABLE}`"))
}

/// The URL may hold a secret, so that its hash stands for it.
fn key(url: &Url) -> String {
    let hash = Sha256::digest(url.as_str().as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
