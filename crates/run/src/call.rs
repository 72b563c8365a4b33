//! The contract of modules: one call in, one outcome out.

use crate::error::StepError;
use crate::id::{Millis, RunId, ScenarioId, Spot};
use scenario::catalog::ModuleSpec;
use scenario::secret::Mask;
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A boxed future, as object-safe asynchronous traits need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something a step can do.
pub trait Module: Send + Sync {
    /// What it is, as data.
    fn spec(&self) -> &Arc<ModuleSpec>;
    /// Its name. A module that is described when it is first asked for knows it before.
    fn name(&self) -> &str {
        &self.spec().name
    }
    /// Does it once. Cancelled by dropping the future. It keeps to `call.timeout` where it can say more than "took
    /// too long"; the engine ends it a little later in any case.
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>>;
}

/// One call of a module.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The rendered parameters, as the module's schema describes them.
    pub parameters: &'a Value,
    /// The connection named in the step.
    pub connection: Option<&'a str>,
    /// Stays the same over retries and resumes of this step in this run; the module sends it along as
    /// `Idempotency-Key` where the protocol has a place for it.
    pub idempotency_key: &'a str,
    /// The `host[:port]` that the scenario's author wrote literally into the URL parameter, lower-case. Only this one
    /// may be a private address without being allowed.
    pub author_host: Option<&'a str>,
    /// How long the call may take.
    pub timeout: Duration,
    /// Now, in milliseconds since 1970: for tokens and dates; modules do not look at a clock of their own.
    pub now: Millis,
    /// On whose behalf.
    pub origin: Origin<'a>,
}

/// On whose behalf a module is called: for logs and message ids.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Which scenario.
    pub scenario: &'a ScenarioId,
    /// Which run.
    pub run: RunId,
    /// Which step in which turn.
    pub spot: &'a Spot,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How many runs called each other's hooks up to this one ([`Input::depth`](crate::input::Input::depth)).
    pub depth: u32,
}

/// What a successful call gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The step's output.
    pub output: Value,
    /// What was sent, for people to look at, with every secret replaced by `•••`; null where there is nothing to see.
    pub sent: Value,
    /// Whether the call really left the machine.
    pub delivery: Delivery,
}

impl Outcome {
    /// The same without secrets, wherever the far side or the module put them.
    #[must_use]
    pub fn masked(self, mask: &Mask) -> Self {
        if mask.is_empty() {
            return self;
        }
        Self { output: mask.value(self.output), sent: mask.value(self.sent), delivery: self.delivery }
    }
}

/// Whether a call really left the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It was made.
    Real,
    /// The connection is a sandbox: the request was built, nothing was sent, and the output is the module's sample.
    Sandbox,
}
