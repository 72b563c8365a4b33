//! Does runs again: all of them or from a step on, as they were or with another version or input.

use crate::course::Course;
use crate::intake::{Refused, admit, start};
use crate::scenarios::UnknownVersion;
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::{Created, Entry, Recognised, Replayed, Trial};
use run::id::{Millis, RunId, Spot};
use run::input::Input;
use run::payload::Payload;
use run::replay::{Misfit, Prefix, failed_at, prefix, reached, translate};
use run::tables::StoreError;
use scenario::plan::{Kind, Plan};
use std::sync::Arc;

/// After how many seconds a replay is tried again that was not taken in.
const BUSY: u32 = 5;

/// How a run is done again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Where it begins.
    pub from: Begin,
    /// With which version of its scenario.
    pub version: Which,
    /// What it is given as `trigger.body` instead.
    pub input: Option<Payload>,
    /// Who asks for it.
    pub by: String,
}

/// Where a replay begins. What lies before it comes from the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the beginning.
    Anew,
    /// At the step that the run failed at.
    Failure,
    /// At this step.
    Step {
        /// Its id, or its label.
        step: String,
        /// Its turn of each loop around it, outermost first; none: the first in which it was reached.
        turns: Option<Vec<u32>>,
    },
}

/// Which version of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one the run was of.
    Same,
    /// The one that takes new runs now.
    Current,
}

/// Why a run cannot be done again.
#[derive(Debug, thiserror::Error)]
pub enum Unreplayable {
    /// There is no such run.
    #[error("there is no such run")]
    Unknown,
    /// Its scenario takes no runs now, so there is no current version.
    #[error("the run's scenario has no current version: it takes no runs")]
    NoCurrent,
    /// Its version is not to be had.
    #[error(transparent)]
    Version(#[from] UnknownVersion),
    /// The run did not come to where the replay is to begin.
    #[error("the run did not reach {0}")]
    NotReached(String),
    /// What lies before the step does not fit the version.
    #[error("what lies before the step does not fit the version: {}", list(.0))]
    Misfits(Vec<Misfit>),
    /// It is not taken in now.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<StoreError> for Unreplayable {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refused::Store(error))
    }
}

impl Handle {
    /// Does a run again, as a new one, which is on disk when this comes back. It answers nobody but for its journal.
    /// Calls of steps before its beginning are not made; those from there on are, with idempotency keys of their own.
    pub async fn replay(&self, run: RunId, replay: Replay) -> Result<RunId, Unreplayable> {
        admit(&self.shared, 1)?;
        let handle = self.clone();
        let prepared = tokio::task::spawn_blocking(move || handle.prepare(run, replay)).await;
        let course = prepared.unwrap_or(Err(Unreplayable::Refused(Refused::Store(StoreError::Closed))))?;
        let id = course.state().run();
        start(&self.shared, course).await.map_err(|error| match error {
            StoreError::Busy => Refused::Busy { retry_after: BUSY },
            error => Refused::Store(error),
        })?;
        Ok(id)
    }

    /// The new run with all that is known of it. Blocks for the disk.
    fn prepare(&self, run: RunId, replay: Replay) -> Result<Course, Unreplayable> {
        let (_, entries) = self.journal(run)?.ok_or(Unreplayable::Unknown)?;
        let Some(Entry::Created(created)) = entries.first() else { return Err(Unreplayable::Unknown) };
        let old = self.version(&created.scenario, &created.version)?;
        let new = match replay.version {
            Which::Same => Arc::clone(&old),
            Which::Current => Arc::clone(&self.deployment(&created.scenario).ok_or(Unreplayable::NoCurrent)?.plan),
        };
        let from = beginning(&entries, &old, &replay.from)?;
        let cut = match &from {
            None => Prefix { entries: Vec::new(), cut: 1 },
            Some(spot) => prefix(&entries, &old, spot).ok_or_else(|| not_reached(&replay.from))?,
        };
        let original = Original { run, created, entries: &entries, plan: old };
        original.again(&self.shared, new, cut, from, replay)
    }
}

/// A run that is done again.
struct Original<'e> {
    run: RunId,
    created: &'e Arc<Created>,
    entries: &'e [Entry],
    plan: Arc<Plan>,
}

impl Original<'_> {
    fn again(
        &self,
        shared: &Arc<Shared>,
        plan: Arc<Plan>,
        cut: Prefix,
        from: Option<Spot>,
        replay: Replay,
    ) -> Result<Course, Unreplayable> {
        let at = shared.now();
        let by = replay.by.clone();
        let replayed = self.replayed(shared, &cut, from, replay.by, at);
        let mut entries = vec![Entry::Created(Arc::clone(self.created))];
        entries.extend(Recognised::of(self.entries).map(|recognised| Entry::Recognised(Box::new(recognised.clone()))));
        // Done again as it was, it is tried again.
        let trial = Trial::of(self.entries).filter(|_| plan.version == self.plan.version);
        entries.extend(trial.map(|trial| {
            let pins = trial.pins.clone();
            Entry::Tried(Box::new(Trial { until: None, pins, vars: trial.vars.clone(), given: 0, by: by.clone(), at }))
        }));
        entries.push(Entry::Replayed(Box::new(replayed)));
        entries.extend(cut.entries.into_iter().map(|entry| as_of(entry, at)));
        if plan.version != self.plan.version {
            entries = translate(&entries, &self.plan, &plan).map_err(Unreplayable::Misfits)?;
        }
        let input = given(&self.created.input, replay.input);
        let created = Created { scenario: self.created.scenario.clone(), version: plan.version.clone(), at, input };
        let mut course =
            Course::begin(shared.naming.next(at), plan, Arc::new(created), Arc::clone(&shared.options.setting));
        entries.into_iter().skip(1).for_each(|entry| course.record(entry));
        Ok(course)
    }

    /// What the new run sees again: in the terms of the old version.
    fn replayed(&self, shared: &Shared, cut: &Prefix, from: Option<Spot>, by: String, at: Millis) -> Replayed {
        let setting = Arc::clone(&shared.options.setting);
        let mut state = State::new(self.run, Arc::clone(&self.plan), Arc::clone(self.created), setting);
        self.entries[1..cut.cut].iter().for_each(|entry| state.apply(entry));
        let draws = self.entries.iter().find_map(|entry| match entry {
            Entry::Replayed(replayed) => Some(replayed.draws),
            _ => None,
        });
        let mut times = state.decided(&self.entries[cut.cut..]);
        // What is sent, waited for or started is of the present.
        times.retain(|decided| {
            let kind = &self.plan.step(decided.spot.step).kind;
            !matches!(kind, Kind::Call(_) | Kind::Wait(_) | Kind::WaitFor(_) | Kind::Invoke(_))
        });
        let copied = cut.entries.len() as u32;
        Replayed { of: self.run, draws: draws.unwrap_or(self.run), from, copied, times, by, at }
    }
}

/// A wait around the step that is begun with has all of its time before it once more.
fn as_of(entry: Entry, now: Millis) -> Entry {
    match entry {
        Entry::Awaiting { spot, until, at } => {
            Entry::Awaiting { spot, until: until.saturating_add(now.saturating_sub(at)), at }
        }
        entry => entry,
    }
}

/// The step to begin with; none: the beginning.
fn beginning(entries: &[Entry], plan: &Plan, from: &Begin) -> Result<Option<Spot>, Unreplayable> {
    let found = match from {
        Begin::Anew => return Ok(None),
        Begin::Failure => failed_at(entries),
        Begin::Step { step, turns } => reached(entries, plan, step, turns.as_deref()),
    };
    found.map(Some).ok_or_else(|| not_reached(from))
}

fn not_reached(from: &Begin) -> Unreplayable {
    Unreplayable::NotReached(match from {
        Begin::Anew => "its beginning".to_owned(),
        Begin::Failure => "a step that failed for good".to_owned(),
        Begin::Step { step, turns: None } => format!("a step `{step}`"),
        Begin::Step { step, turns: Some(turns) } => format!("a step `{step}` in turns {turns:?}"),
    })
}

/// What came in, with another body where one is given.
fn given(input: &Input, body: Option<Payload>) -> Input {
    match body {
        None => input.clone(),
        // The bytes as they came, and the files in them, are not of this body.
        Some(body) => Input { body, raw: None, files: None, ..input.clone() },
    }
}

fn list(misfits: &[Misfit]) -> String {
    misfits.iter().map(Misfit::to_string).collect::<Vec<_>>().join("; ")
}
