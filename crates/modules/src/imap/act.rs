//! What all modules of mailboxes do around what each of them does.

use super::{Asking, Session, open};
use crate::catalog::Shared;
use crate::connections::{Protocol, Remote, incomplete, required};
use crate::spec::{About, describe, parameters};
use crate::wire::in_time;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::marker::PhantomData;
use std::sync::Arc;

/// What one module does. Its fields are the module's parameters.
pub(super) trait Act: JsonSchema + DeserializeOwned + Send + Sync + 'static {
    /// `email.search`.
    const NAME: &'static str;

    /// An example of the parameters, and of the output.
    fn shown() -> (Value, Value);

    /// Does it. Files go to `files`.
    fn run(self, session: &mut Session, files: &Files) -> impl Future<Output = Result<Value, StepError>> + Send;
}

/// The mails that a step is about: the number that a search or a trigger gives, or a list of such.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Uids {
    /// One.
    One(u32),
    /// Several.
    Many(Vec<u32>),
}

impl Uids {
    pub(super) fn all(&self) -> &[u32] {
        match self {
            Self::One(uid) => std::slice::from_ref(uid),
            Self::Many(uids) => uids,
        }
    }
}

/// The folder where mails arrive.
pub(super) fn inbox() -> String {
    "INBOX".to_owned()
}

/// One of the modules.
pub(super) struct Operation<A> {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
    files: Files,
    act: PhantomData<fn() -> A>,
}

impl<A: Act> Operation<A> {
    pub(super) fn module(shared: &Arc<Shared>, files: &Files) -> Arc<dyn Module> {
        let (mut example, sample) = A::shown();
        if let Some(example) = example.as_object_mut() {
            example.insert("connection".to_owned(), "mailbox".into());
        }
        let connections = &["imap"];
        let about = About { name: A::NAME, example, sample, connections, needs_connection: true, ..About::default() };
        let (shared, files) = (Arc::clone(shared), files.clone());
        Arc::new(Self { spec: describe::<A>(about), shared, files, act: PhantomData })
    }

    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let act: A = parameters(&call)?;
        let name = required(call.connection)?;
        let connection = self.shared.connections.remote(name, Protocol::Imap)?;
        let sent = call.parameters.clone();
        if connection.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let remote = connection.remote.as_ref().ok_or_else(incomplete)?;
        let output = in_time(call.timeout, remote, self.performed(act, name, remote, call.now)).await?;
        Ok(Outcome { output, sent, delivery: Delivery::Real })
    }

    async fn performed(&self, act: A, name: &str, remote: &Remote, now: Millis) -> Result<Value, StepError> {
        let lease = self.shared.imap.lease(name).await;
        let mut session = match lease.open() {
            Some(session) => session,
            None => {
                let Shared { connections, client, tokens, .. } = &*self.shared;
                open(Asking { connections, client, tokens, now }, remote).await?
            }
        };
        let output = act.run(&mut session, &self.files).await;
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
