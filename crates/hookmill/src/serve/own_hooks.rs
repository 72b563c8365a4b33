//! Calls of the server's own webhooks by its own runs: straight to the gateway, which is there a moment later than the
//! modules that call.

use modules::far_side::Answer;
use modules::own_hooks::{HookRequest, Hooks};
use run::call::BoxFuture;
use run::error::StepError;
use server::Gateway;
use std::sync::OnceLock;

/// The gateway, once it is there.
#[derive(Debug, Default)]
pub(super) struct Inside(OnceLock<Gateway>);

impl Inside {
    /// From now on, calls get there.
    pub(super) fn lead_to(&self, gateway: Gateway) {
        // It is called once, at the start; a second gateway would be another server's.
        let _ = self.0.set(gateway);
    }
}

impl Hooks for Inside {
    fn request(&self, request: HookRequest) -> BoxFuture<'_, Result<Answer, StepError>> {
        Box::pin(async move {
            let HookRequest { method, target, headers, body } = request;
            let Some(gateway) = self.0.get() else {
                return Err(StepError::passing("not_ready", "the server is still starting"));
            };
            let fields: Vec<(&str, &[u8])> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let told = gateway.call(method.as_str(), &target, &fields, body).await;
            let headers = told.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            Ok(Answer { status: told.status, headers, body: told.body.to_vec() })
        })
    }
}
