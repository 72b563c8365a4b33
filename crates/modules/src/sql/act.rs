//! What all modules over databases do around what each of them does.

use super::database::{Answer, Database, Dialect, Mode, Statement, Work, patience};
use crate::catalog::Shared;
use crate::connections::{Remote, incomplete, required};
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
    /// Its names in the families of PostgreSQL and MySQL.
    const NAMES: [&'static str; 2];
    /// What its statements may do.
    const MODE: Mode;

    /// An example of the parameters, and of the output.
    fn shown(dialect: Dialect) -> (Value, Value);

    /// As many rows of each answer are read.
    fn limit(&self) -> usize;

    /// What is asked of the database.
    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError>;

    /// The step's output.
    fn output(&self, answers: Vec<Answer>) -> Value;
}

/// One of the modules.
pub(super) struct Operation<D, A> {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
    kind: PhantomData<fn() -> (D, A)>,
}

impl<D: Database, A: Act> Operation<D, A> {
    pub(super) fn module(shared: &Arc<Shared>) -> Arc<dyn Module> {
        let (mut example, sample) = A::shown(D::DIALECT);
        if let Some(example) = example.as_object_mut() {
            example.insert("connection".to_owned(), "shop-db".into());
        }
        let name = A::NAMES[D::DIALECT as usize];
        let connections: &'static [&'static str] = match D::DIALECT {
            Dialect::Postgres => &["postgres"],
            Dialect::Mysql => &["mysql"],
        };
        let about = About { name, example, sample, connections, needs_connection: true, ..About::default() };
        let mut spec = describe::<A>(about);
        if D::DIALECT == Dialect::Mysql {
            // MySQL gives back no rows that it wrote.
            let properties = Arc::make_mut(&mut spec).parameters["properties"].as_object_mut();
            properties.and_then(|properties| properties.shift_remove("returning"));
        }
        Arc::new(Self { spec, shared: Arc::clone(shared), kind: PhantomData })
    }

    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let act: A = parameters(&call)?;
        let name = required(call.connection)?;
        let connection = self.shared.connections.remote(name, D::PROTOCOL)?;
        let statements = act.statements(D::DIALECT)?;
        let sent = call.parameters.clone();
        if connection.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let remote = connection.remote.as_ref().ok_or_else(incomplete)?;
        let work = Work { statements, limit: act.limit(), mode: A::MODE, timeout: patience(call.timeout) };
        let answers = in_time(call.timeout, remote, self.performed(&work, name, remote)).await?;
        Ok(Outcome { output: act.output(answers), sent, delivery: Delivery::Real })
    }

    async fn performed(&self, work: &Work, name: &str, remote: &Remote) -> Result<Vec<Answer>, StepError> {
        if work.statements.is_empty() {
            return Ok(Vec::new());
        }
        let lease = D::pool(&self.shared).lease(name).await;
        let mut session = match lease.open() {
            Some(session) => session,
            None => D::open(remote).await?,
        };
        let answers = session.run(work).await;
        lease.leave(session);
        answers
    }
}

impl<D: Database, A: Act> Module for Operation<D, A> {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.perform(call))
    }
}
