//! What all modules of Redis do around what each of them does.

use super::session::Session;
use crate::catalog::Shared;
use crate::connections::{Protocol, Remote, incomplete, required};
use crate::spec::{About, describe, parameters};
use crate::wire::in_time;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::marker::PhantomData;
use std::sync::Arc;

/// What one module does. Its fields are the module's parameters.
pub(super) trait Act: JsonSchema + DeserializeOwned + Send + Sync + 'static {
    /// `redis.get`.
    const NAME: &'static str;

    /// An example of the parameters, and of the output.
    fn shown() -> (Value, Value);

    /// Does it.
    fn run(self, session: &mut Session) -> impl Future<Output = Result<Value, StepError>> + Send;
}

/// One of the modules.
pub(super) struct Operation<A> {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
    act: PhantomData<fn() -> A>,
}

impl<A: Act> Operation<A> {
    pub(super) fn module(shared: &Arc<Shared>) -> Arc<dyn Module> {
        let (mut example, sample) = A::shown();
        if let Some(example) = example.as_object_mut() {
            example.insert("connection".to_owned(), "cache".into());
        }
        let connections = &["redis"];
        let about = About { name: A::NAME, example, sample, connections, needs_connection: true, ..About::default() };
        Arc::new(Self { spec: describe::<A>(about), shared: Arc::clone(shared), act: PhantomData })
    }

    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let act: A = parameters(&call)?;
        let name = required(call.connection)?;
        let connection = self.shared.connections.remote(name, Protocol::Redis)?;
        let sent = call.parameters.clone();
        if connection.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let remote = connection.remote.as_ref().ok_or_else(incomplete)?;
        let output = in_time(call.timeout, remote, self.performed(act, name, remote)).await?;
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }

    async fn performed(&self, act: A, name: &str, remote: &Remote) -> Result<Value, StepError> {
        let lease = self.shared.redis.lease(name).await;
        let mut session = match lease.open() {
            Some(session) => session,
            None => Session::open(remote).await?,
        };
        let output = act.run(&mut session).await;
        lease.leave(session);
        output
    }
}

impl<A: Act> Module for Operation<A> {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.perform(call))
    }
}
