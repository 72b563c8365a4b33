//! Modules that compute from their parameters alone: they read and write formats, and reach nobody.
//!
//! What expressions can do, too, is done by the same functions, within the limits of a script.

use crate::file::{FileParameter, failed, text, whole};
use crate::spec::{About, describe_pure, parameters};
use rhai::Dynamic;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::files::Files;
use run::tables::StoreError;
use scenario::catalog::ModuleSpec;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Moment, Names, Script};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// The longest text that is read, in bytes: no expression makes a longer one.
const MOST: u64 = 8 * 1024 * 1024;

/// What one of the modules does, on a thread that may wait.
type Work<P> = fn(P, &Files) -> Result<Value, StepError>;

/// A module that computes.
pub(crate) struct Computed<P> {
    spec: Arc<ModuleSpec>,
    files: Files,
    work: Work<P>,
}

impl<P: JsonSchema + DeserializeOwned + Send + 'static> Computed<P> {
    /// The module of this name, ready to be listed.
    pub(crate) fn listed(
        files: &Files,
        name: &'static str,
        work: Work<P>,
        example: Value,
        sample: Value,
    ) -> Arc<dyn Module> {
        let spec = describe_pure::<P>(About { name, example, sample, ..About::default() });
        Arc::new(Self { spec, files: files.clone(), work })
    }

    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: P = parameters(&call)?;
        let (files, work) = (self.files.clone(), self.work);
        let worked = tokio::task::spawn_blocking(move || work(parameters, &files));
        let worked = tokio::time::timeout(call.timeout, worked).await.map_err(|_| {
            StepError::passing("timeout", format!("the work took more than {} s", call.timeout.as_secs_f64()))
        })?;
        let output = worked.unwrap_or_else(|_| Err(failed(&StoreError::Closed)))?;
        Ok(Outcome { output, sent: without_bytes(call.parameters), delivery: Delivery::Real })
    }
}

impl<P: JsonSchema + DeserializeOwned + Send + 'static> Module for Computed<P> {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.perform(call))
    }
}

/// What people see of parameters: not the bytes of files.
fn without_bytes(parameters: &Value) -> Value {
    let mut shown = parameters.clone();
    for value in shown.as_object_mut().into_iter().flat_map(|shown| shown.values_mut()) {
        let items = match value {
            Value::Array(items) => items.as_mut_slice(),
            value => std::slice::from_mut(value),
        };
        for file in items.iter_mut().filter_map(Value::as_object_mut) {
            file.shift_remove("base64");
        }
    }
    shown
}

/// A text, or a file with one.
#[derive(Debug)]
pub(crate) enum Content {
    Text(String),
    File(Box<FileParameter>),
}

impl Content {
    /// The text; that of a file is in this character set.
    pub(crate) fn text(self, files: &Files, charset: Option<&str>) -> Result<String, StepError> {
        match self {
            Self::Text(written) => Ok(written),
            Self::File(file) => text(&whole(files, &file, MOST)?, charset),
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            file @ Value::Object(_) => {
                serde_json::from_value(file).map(|file| Self::File(Box::new(file))).map_err(D::Error::custom)
            }
            other => Err(D::Error::custom(format!("a text or a file is wanted, not {}", kind(&other)))),
        }
    }
}

impl JsonSchema for Content {
    fn schema_name() -> Cow<'static, str> {
        "Content".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Array(_) => "a list",
        Value::String(_) | Value::Object(_) => "this",
    }
}

/// The values that an expression of our own reads.
struct Given(Vec<(&'static str, Dynamic)>);

impl Names for Given {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone())
    }
}

/// What an expression of our own gives, with these values for its names.
pub(crate) fn evaluated<const N: usize>(
    source: &'static str,
    given: [(&'static str, Value); N],
) -> Result<Value, StepError> {
    let script = Script::compile(source, &|_| Place { line: 1, column: 1 });
    let script = script.map_err(|error| StepError::permanent("expression", error.message))?;
    let given = Given(given.into_iter().map(|(name, value)| (name, data::of(&value))).collect());
    let value = script.eval(&given, &Moment { now: 0, seed: 0, first_line: 1 });
    value.map(|value| data::to_json(&value)).map_err(|error| {
        let failed = StepError::permanent(error.code, error.message);
        match error.hint {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    })
}
