//! `store.*`: named tables of values that outlive runs, shared by all scenarios.

mod add;
mod condition;
mod count;
mod delete;
mod get;
mod put;
mod search;

use crate::spec::{About, describe, parameters};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::data_store::{Act, DataError, DataStores};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// What one of the modules does, on a thread that may wait.
type Work<P> = fn(&DataStores, P, Act<'_>) -> Result<Value, StepError>;

/// All of them, in the order of their names.
pub(crate) fn all(stores: &DataStores) -> [Arc<dyn Module>; 6] {
    [
        Arc::new(Operation { spec: add::spec(), stores: stores.clone(), access: Access::Change, work: add::add }),
        Arc::new(Operation { spec: count::spec(), stores: stores.clone(), access: Access::Read, work: count::count }),
        Arc::new(Operation {
            spec: delete::spec(),
            stores: stores.clone(),
            access: Access::Change,
            work: delete::delete,
        }),
        Arc::new(Operation { spec: get::spec(), stores: stores.clone(), access: Access::Read, work: get::get }),
        Arc::new(Operation { spec: put::spec(), stores: stores.clone(), access: Access::Change, work: put::put }),
        Arc::new(Operation {
            spec: search::spec(),
            stores: stores.clone(),
            access: Access::Read,
            work: search::search,
        }),
    ]
}

/// One of the modules.
struct Operation<P> {
    spec: Arc<ModuleSpec>,
    stores: DataStores,
    access: Access,
    work: Work<P>,
}

/// Whether records change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Change,
}

impl<P: DeserializeOwned + Send + 'static> Operation<P> {
    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: P = parameters(&call)?;
        let (stores, work) = (self.stores.clone(), self.work);
        let (now, key) = (call.now, call.idempotency_key.to_owned());
        // The tables wait for the disk.
        let result =
            tokio::task::spawn_blocking(move || work(&stores, parameters, Act { now, idempotency_key: Some(&key) }));
        let result = tokio::time::timeout(call.timeout, result).await.map_err(|_| {
            StepError::passing("timeout", format!("the data store took more than {} s", call.timeout.as_secs_f64()))
        })?;
        let output =
            result.map_err(|_| StepError::passing("store_failed", "the work on the data store was broken off"))??;
        if self.access == Access::Change {
            let stores = self.stores.clone();
            // Nobody waits for this; what is not swept now is swept later.
            drop(tokio::task::spawn_blocking(move || stores.sweep(now)));
        }
        Ok(Outcome { output, sent: call.parameters.clone(), delivery: Delivery::Real })
    }
}

impl<P: DeserializeOwned + Send + 'static> Module for Operation<P> {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.perform(call))
    }
}

/// The description of one of the modules.
fn spec<P: JsonSchema>(name: &'static str, example: Value, sample: Value) -> Arc<ModuleSpec> {
    describe::<P>(About { name, example, sample, connections: &[], needs_connection: false, ..About::default() })
}

/// The error of a store as a step's, with what to try.
fn failure(error: DataError) -> StepError {
    let hint = match &error {
        DataError::Conflict(_) => "`on_error` says what happens then: `stop`, `ignore`, or steps of its own",
        DataError::InvalidName(_) => "take a name such as `customers` or `seen-orders`",
        DataError::TooLarge(_) => "narrow it down with `prefix` or `where`, or keep less in one record",
        DataError::InvalidRecord(_) => "the columns of the data store say what a record holds; change one of the two",
        DataError::WrongType(_) => "`store.put` replaces a record of another kind",
        _ => return error.into(),
    };
    StepError::from(error).hint(hint)
}
