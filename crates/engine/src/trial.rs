//! Tries texts that take no runs of their own: each is a run like any other, of a version of its own, but it stands in
//! nobody's line, claims no delivery, and nobody hears of its failure.

use crate::course::Course;
use crate::delivery::Delivery;
use crate::intake::{Answer, Refused, admit, start_apart};
use crate::lines::Place;
use crate::scenarios::{Deployment, UnknownVersion};
use crate::shared::Handle;
use run::alone::{NotAlone, given};
use run::entry::{Entry, Recognised, Trial};
use run::id::{RunId, ScenarioId};
use run::input::Input;
use run::payload::Payload;
use run::scope::Scope;
use run::tables::StoreError;
use scenario::data;
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, StepNo};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// What is tried, and how far.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What starts it.
    pub from: Start,
    /// The step after which it ends, by id, label or `#NUMBER`; none: its last.
    pub until: Option<String>,
    /// The step that is run without those before it.
    pub only: Option<String>,
    /// Steps that are not done, and what they give instead.
    pub pins: Map<String, Value>,
    /// What steps gave that are not run, `item` and `vars`. It outweighs what the run has that it is started from.
    pub scope: Map<String, Value>,
    /// Who tries.
    pub by: String,
}

/// What starts a trial.
#[derive(Clone, Debug)]
pub enum Start {
    /// This.
    Input(Box<Delivery>),
    /// What started this run.
    Run(RunId),
}

/// Why a text is not tried.
#[derive(Debug, thiserror::Error)]
pub enum Untriable {
    /// The text has errors.
    #[error("the text has errors")]
    Invalid(Vec<Diagnostic>),
    /// It has no such step.
    #[error("the text has no step `{0}`")]
    NoSuchStep(String),
    /// A step cannot be run by itself.
    #[error(transparent)]
    NotAlone(#[from] NotAlone),
    /// There is no such run to start from.
    #[error("there is no such run")]
    UnknownRun,
    /// The version of the run to start from is not to be had.
    #[error(transparent)]
    Version(#[from] UnknownVersion),
    /// It is not taken in now.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<StoreError> for Untriable {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refused::Store(error))
    }
}

impl Handle {
    /// A text as what may be tried: it takes no runs of their own accord. Blocks for the disk.
    pub fn keep_for_trial(&self, id: ScenarioId, text: &str) -> Result<Deployment, Untriable> {
        let (plan, diagnostics) = self.shared.scenarios.check(text);
        let plan = Arc::new(plan.ok_or(Untriable::Invalid(diagnostics))?);
        self.shared.scenarios.keep(&id, text, &plan, self.shared.now())?;
        Ok(Deployment { id, plan })
    }

    /// Tries a text; the run is on disk when this comes back.
    pub async fn try_text(&self, id: ScenarioId, text: String, attempt: Attempt) -> Result<RunId, Untriable> {
        admit(&self.shared, 1)?;
        let handle = self.clone();
        let prepared = tokio::task::spawn_blocking(move || handle.prepare_trial(id, &text, attempt)).await;
        let course = prepared.unwrap_or(Err(StoreError::Closed.into()))?;
        let run = course.state().run();
        start_apart(&self.shared, course).await?;
        Ok(run)
    }

    /// Tries what was [kept for it](Self::keep_for_trial) with a delivery, and waits for the answer, at most `wait`.
    pub async fn deliver_trial(
        &self,
        deployment: &Deployment,
        delivery: Delivery,
        by: String,
        wait: Duration,
    ) -> Result<Answer, Refused> {
        admit(&self.shared, 1)?;
        let mut course = self.begin_apart(deployment, delivery.input, delivery.recognised);
        let (at, nothing) = (self.shared.now(), Vec::new);
        let trial = Trial { until: None, pins: Vec::new(), vars: nothing(), given: 0, by, at };
        course.record(Entry::Tried(Box::new(trial)));
        self.carry_on(course, Place::Inside, wait).await
    }

    /// The new run with all that is given to it. Blocks for the disk.
    fn prepare_trial(&self, id: ScenarioId, text: &str, attempt: Attempt) -> Result<Course, Untriable> {
        let deployment = self.keep_for_trial(id, text)?;
        let plan = &deployment.plan;
        let Attempt { from, until, only, pins, scope, by } = attempt;
        let only = only.map(|name| find(plan, &name)).transpose()?;
        let until = until.map(|name| find(plan, &name)).transpose()?;
        let pinned = |(name, value): (&String, &Value)| Ok((find(plan, name)?, Payload::of_value(value)));
        let pins = pins.iter().map(pinned).collect::<Result<Vec<_>, Untriable>>()?;
        let (input, recognised, before) = self.starting(from)?;
        let known = |name: &str| known(name, &scope, before.as_ref());
        let at = self.shared.now();
        let entries = only.map_or(Ok(Vec::new()), |step| given(plan, step, &known, at))?;
        let vars = known("vars").filter(|_| only.is_some());
        let trial = Trial {
            until: only.or(until),
            pins: pins.into_iter().filter(|(step, _)| Some(*step) != only).collect(),
            vars: vars.as_ref().map(fields).unwrap_or_default(),
            given: entries.len() as u32,
            by,
            at,
        };
        let mut course = self.begin_apart(&deployment, input, recognised);
        course.record(Entry::Tried(Box::new(trial)));
        entries.into_iter().for_each(|entry| course.record(entry));
        Ok(course)
    }

    /// What starts a trial, and what is known of the run that it is started from.
    fn starting(&self, from: Start) -> Result<(Input, Option<Recognised>, Option<Scope>), Untriable> {
        let run = match from {
            Start::Input(delivery) => return Ok((delivery.input, delivery.recognised, None)),
            Start::Run(run) => run,
        };
        let (_, entries) = self.journal(run)?.ok_or(Untriable::UnknownRun)?;
        let Some(Entry::Created(created)) = entries.first() else { return Err(Untriable::UnknownRun) };
        let plan = self.version(&created.scenario, &created.version)?;
        Ok((created.input.clone(), Recognised::of(&entries).cloned(), Scope::of(&entries, &plan)))
    }
}

/// The value of a name: as given, else as the run had it.
fn known(name: &str, given: &Map<String, Value>, before: Option<&Scope>) -> Option<Payload> {
    if let Some(value) = given.get(name) {
        return Some(Payload::of_value(value));
    }
    let before = before?;
    match name {
        "vars" => Some(before.vars.clone()),
        name => before.loops.get(name).or_else(|| before.steps.get(name)).cloned(),
    }
}

/// The fields of a map.
fn fields(map: &Payload) -> Vec<(String, Payload)> {
    let value = data::to_json(&map.value());
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), Payload::of_value(value))).collect()
}

/// The step of this id, of this label, or of this number: `#0`, in the order of the text.
fn find(plan: &Plan, name: &str) -> Result<StepNo, Untriable> {
    let number = name.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
    let by_number = number.and_then(|number| plan.steps.get(number));
    let by_id = || plan.steps.iter().find(|step| step.id.as_deref() == Some(name));
    let by_label = || plan.steps.iter().find(|step| *step.label == *name);
    let found = by_number.or_else(by_id).or_else(by_label);
    found.map(|step| step.no).ok_or_else(|| Untriable::NoSuchStep(name.to_owned()))
}
