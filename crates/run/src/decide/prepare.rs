//! Makes calls and scripts ready: everything rendered, nothing done.

use super::failure;
use crate::call::{Delivery, Outcome};
use crate::error::StepError;
use crate::id::Spot;
use crate::names::View;
use crate::setting::{Secrets, Setting};
use rhai::Dynamic;
use scenario::data;
use scenario::expression::{Hole, Moment, Names, Script, Sealed};
use scenario::plan::{CallStep, Step};
use scenario::secret::{Mask, Secret, Unavailable};
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
    /// The rendered parameters, with `•••` where secrets belong until [`PreparedCall::unseal`] puts them in.
    pub parameters: Value,
    /// Where secrets belong.
    pub holes: Vec<Hole>,
    /// The host the author wrote literally.
    pub author_host: Option<Arc<str>>,
    /// How long it may take.
    pub timeout: Duration,
    /// Stays the same over retries and resumes.
    pub idempotency_key: String,
}

impl PreparedCall {
    /// Puts secrets into the parameters, right before the call is made. Gives what hides them in whatever comes of it.
    pub fn unseal(&mut self, secrets: &dyn Secrets) -> Result<Mask, StepError> {
        let mut used = Vec::new();
        let mut read = |name: &str| {
            let secret = secrets.secret(name)?;
            used.push(secret.clone());
            Ok(secret)
        };
        for hole in std::mem::take(&mut self.holes) {
            hole.fill(&mut self.parameters, &mut read)
                .map_err(|why: Unavailable| StepError::permanent("secret", why.message).hint(why.hint))?;
        }
        Ok(Mask::over_secrets(&used))
    }
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
struct Values {
    named: BTreeMap<String, Dynamic>,
    setting: Arc<Setting>,
}

impl Names for Values {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.named.get(name).cloned()
    }

    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        self.setting.secrets.secret(name)
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
    let Sealed { value: parameters, holes } = call.parameters.seal(view, moment).map_err(failure)?;
    Ok(PreparedCall {
        idempotency_key: idempotency_key(view, step, &spot),
        spot,
        attempt,
        module: Arc::clone(&step.module),
        connection: call.connection.clone(),
        parameters,
        holes,
        author_host: call.author_host.clone(),
        timeout: step.timeout.unwrap_or(TIMEOUT),
    })
}

pub(super) fn job(script: &Script, spot: Spot, attempt: u32, view: &View, moment: &Moment) -> Result<Job, StepError> {
    let named = script.names().iter().filter_map(|(name, _)| Some((name.clone(), view.get(name)?))).collect();
    let values = Values { named, setting: Arc::clone(&view.state.setting) };
    Ok(Job { spot, attempt, script: script.clone(), values, moment: *moment })
}

/// The run, the step and the turns: what stays the same however often the step is tried, and under whichever version.
fn idempotency_key(view: &View, step: &Step, spot: &Spot) -> String {
    let mut key = format!("{}-{:x}", view.state.run().0.simple(), step.identity);
    for turn in &spot.turns {
        key.push_str(&format!(".{turn}"));
    }
    key
}
