//! A refused request, on its way to the signature doctor: that takes milliseconds, in which nobody else is to wait.

use crate::webhook::providers::Provider;
use crate::webhook::verify::{Diagnosis, Fault, Incoming, Settings, diagnose};
use bytes::Bytes;
use run::id::Millis;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// A request that was refused, and what it was held against.
#[derive(Debug)]
pub(super) struct Patient {
    pub(super) provider: &'static Provider,
    pub(super) settings: Settings,
    pub(super) fault: Fault,
    /// Parameters of the query that carry a secret of the webhook.
    pub(super) secret_parameters: Arc<[String]>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Bytes,
    pub(super) now: Millis,
}

impl Patient {
    /// What is wrong with it; none where that cannot be found out any more, because the server ends.
    pub(super) async fn diagnosis(self) -> Option<Box<Diagnosis>> {
        spawn_blocking(move || Box::new(self.look())).await.ok()
    }

    fn look(&self) -> Diagnosis {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let Self { method, url, query, body, now, .. } = self;
        let incoming = Incoming { method, url, query, headers: &headers, body, now: *now };
        diagnose(self.provider, &self.settings, &incoming, &self.fault, &self.secret_parameters)
    }
}
