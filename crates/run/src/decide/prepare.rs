//! Makes calls and scripts ready: everything rendered, nothing done.

use super::failure;
use crate::call::{Delivery, Outcome};
use crate::error::StepError;
use crate::id::Spot;
use crate::names::View;
use rhai::Dynamic;
use scenario::data;
use scenario::expression::{Moment, Names, Script, Template};
use scenario::plan::{CallStep, Step};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a call may take whose step says nothing.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A call of a module, rendered.
#[derive(Clone, Debug)]
pub struct PreparedCall {
    /// Which step in which turn.
    pub spot: Spot,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// `http.request`.
    pub module: Arc<str>,
    /// The connection named in the step.
    pub connection: Option<Arc<str>>,
    /// The rendered parameters.
    pub parameters: Value,
    /// The host the author wrote literally.
    pub author_host: Option<Arc<str>>,
    /// How long it may take.
    pub timeout: Duration,
    /// Stays the same over retries and resumes.
    pub idempotency_key: String,
}

/// A script with the values it reads.
#[derive(Debug)]
pub struct Job {
    /// Which step in which turn.
    pub spot: Spot,
    /// Which attempt, from 1.
    pub attempt: u32,
    script: Script,
    values: Values,
    moment: Moment,
}

impl Job {
    /// Runs the script. Takes as long as the script does, within its limits.
    pub fn run(&self) -> Result<Outcome, StepError> {
        let value = self.script.eval(&self.values, &self.moment).map_err(failure)?;
        Ok(Outcome { output: data::to_json(&value), sent: Value::Null, delivery: Delivery::Real })
    }
}

#[derive(Debug)]
struct Values(BTreeMap<String, Dynamic>);

impl Names for Values {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.0.get(name).cloned()
    }
}

pub(super) fn call(
    step: &Step,
    call: &CallStep,
    spot: Spot,
    attempt: u32,
    view: &View,
    moment: &Moment,
) -> Result<PreparedCall, StepError> {
    let parameters = match &call.parameters {
        Template::Literal(value) => value.clone(),
        template => template.render(view, moment).map_err(failure)?,
    };
    Ok(PreparedCall {
        idempotency_key: idempotency_key(view, &spot),
        spot,
        attempt,
        module: Arc::clone(&step.module),
        connection: call.connection.clone(),
        parameters,
        author_host: call.author_host.clone(),
        timeout: step.timeout.unwrap_or(TIMEOUT),
    })
}

pub(super) fn job(script: &Script, spot: Spot, attempt: u32, view: &View, moment: &Moment) -> Result<Job, StepError> {
    let values = script.names().iter().filter_map(|(name, _)| Some((name.clone(), view.get(name)?))).collect();
    Ok(Job { spot, attempt, script: script.clone(), values: Values(values), moment: *moment })
}

/// The run, the step and the turns: what stays the same however often the step is tried.
fn idempotency_key(view: &View, spot: &Spot) -> String {
    let mut key = format!("{}-{}", view.state.run().0.simple(), spot.step.0);
    for turn in &spot.turns {
        key.push_str(&format!(".{turn}"));
    }
    key
}
