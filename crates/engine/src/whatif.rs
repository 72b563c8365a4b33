//! What another text of a scenario would have made of its last real inputs. Nothing leaves the machine: both texts are
//! walked with what others answered then, with the time and the chance of then, and the two walks are compared.

mod compare;
mod recorded;

use crate::clock::Clock;
use crate::rehearsal::{Rehearsal, Stage};
use crate::shared::Handle;
use recorded::Recorded;
use run::State;
use run::entry::{Created, Decided, Entry, Recognised};
use run::id::{Millis, RunId, ScenarioId};
use run::replay::times;
use run::tables::StoreError;
use scenario::diagnostic::Diagnostic;
use scenario::plan::Plan;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use store::{Filter, Status};

/// How many runs are asked for at a time.
const PAGE: usize = 200;

/// How long all walks of one question may take, in milliseconds: they hold a thread.
const LONGEST: Millis = 60_000;

/// Why a walk ended, or did not begin, when that time was over.
const OUT_OF_TIME: &str = "the time for comparing was over";

/// Which runs are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// How many, the last ones that are over.
    pub last: usize,
    /// Those alone that ended so.
    pub status: Option<Status>,
}

/// A run, and what would be different.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The run.
    pub run: String,
    /// When it was created, in milliseconds since 1970.
    pub created: Millis,
    /// What would be different: nothing where both walks are the same.
    pub differences: Vec<Difference>,
    /// What is not known, because nobody answered it then, or because it would take too long: the walk ends there.
    pub unknown: Option<String>,
}

/// One thing that would be different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The step, with its turns in brackets; `answer` or `end`.
    pub at: String,
    /// What of it: `status`, `output.total`, `sent.body.total`…
    pub path: String,
    /// What it was; left out where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    /// What it would be; left out where there would be nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_be: Option<Value>,
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum Incomparable {
    /// The scenario has no current version, and no text was given.
    #[error("the scenario has no version that can run")]
    NoCurrent,
    /// The text has errors.
    #[error("the text has errors")]
    Invalid(Vec<Diagnostic>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Handle {
    /// Compares a text, the current one unless given, with what the last runs did. Blocks for the disk.
    pub fn what_if(&self, id: &ScenarioId, text: Option<&str>, sample: Sample) -> Result<Vec<Compared>, Incomparable> {
        let plan = match text {
            None => Arc::clone(&self.deployment(id).ok_or(Incomparable::NoCurrent)?.plan),
            Some(text) => {
                let (plan, findings) = self.shared.scenarios.check(text);
                Arc::new(plan.ok_or(Incomparable::Invalid(findings))?)
            }
        };
        let runs = self.last_runs(id, sample)?;
        let clock = &*self.shared.options.clock;
        let patience = Patience { clock, until: clock.now().saturating_add(LONGEST) };
        runs.into_iter().map(|run| self.compare(run, &plan, patience)).collect()
    }

    fn last_runs(&self, id: &ScenarioId, sample: Sample) -> Result<Vec<RunId>, StoreError> {
        let mut found = Vec::new();
        let mut filter = Filter { scenario: Some(id.clone()), status: sample.status, ..Filter::default() };
        loop {
            let page = self.runs(&filter, PAGE)?;
            let over = page.iter().filter(|(_, head)| head.status.is_over()).map(|(run, _)| *run);
            found.extend(over.take(sample.last - found.len()));
            match page.last() {
                Some((last, _)) if page.len() == PAGE && found.len() < sample.last => filter.before = Some(*last),
                _ => return Ok(found),
            }
        }
    }

    fn compare(&self, run: RunId, new: &Arc<Plan>, patience: Patience<'_>) -> Result<Compared, Incomparable> {
        let unknown = |why: String| Compared {
            run: run.to_string(),
            created: run.created(),
            differences: Vec::new(),
            unknown: Some(why),
        };
        if patience.is_over() {
            return Ok(unknown(OUT_OF_TIME.to_owned()));
        }
        let Some((_, entries)) = self.journal(run)? else { return Ok(unknown("the run is not kept any more".into())) };
        let Some(Entry::Created(created)) = entries.first() else {
            return Ok(unknown("the journal has no beginning".into()));
        };
        let old = match self.version(&created.scenario, &created.version) {
            Ok(old) => old,
            Err(error) => return Ok(unknown(error.to_string())),
        };
        let original = Original { handle: self, run, created, entries: &entries, old: &old, patience };
        let (was, would_be) = (original.walk(&old), original.walk(new));
        Ok(Compared {
            differences: compare::differences(&was, &would_be, &old),
            unknown: would_be.unknown.or(was.unknown),
            ..unknown(String::new())
        })
    }
}

/// A run as it was.
struct Original<'e> {
    handle: &'e Handle,
    run: RunId,
    created: &'e Arc<Created>,
    entries: &'e [Entry],
    old: &'e Arc<Plan>,
    patience: Patience<'e>,
}

/// Until when walks go on.
#[derive(Clone, Copy, Debug)]
struct Patience<'c> {
    clock: &'c dyn Clock,
    until: Millis,
}

impl Patience<'_> {
    fn is_over(self) -> bool {
        self.clock.now() >= self.until
    }
}

/// A walk with what is on record.
struct Walk {
    plan: Arc<Plan>,
    rehearsal: Rehearsal,
    calls: Vec<recorded::Made>,
    unknown: Option<String>,
}

impl Original<'_> {
    fn walk(&self, plan: &Arc<Plan>) -> Walk {
        let setting = Arc::clone(&self.handle.shared.options.setting);
        let created = Created { version: plan.version.clone(), ..Created::clone(self.created) };
        let mut stage = Stage::of(self.run, plan, created, setting);
        stage.recognise(Recognised::of(self.entries).cloned());
        stage.recall(self.draws(), times(self.decided(), self.old, plan));
        let mut cast = Recorded::of(self.entries, self.old, plan, self.patience);
        let (rehearsal, _) = stage.walk(&mut cast);
        let Recorded { calls, unknown, .. } = cast;
        Walk { plan: Arc::clone(plan), rehearsal, calls, unknown }
    }

    /// The run whose random values it drew.
    fn draws(&self) -> RunId {
        let draws = self.entries.iter().find_map(|entry| match entry {
            Entry::Replayed(replayed) => Some(replayed.draws),
            _ => None,
        });
        draws.unwrap_or(self.run)
    }

    fn decided(&self) -> Vec<Decided> {
        let setting = Arc::clone(&self.handle.shared.options.setting);
        State::new(self.run, Arc::clone(self.old), Arc::clone(self.created), setting).decided(&self.entries[1..])
    }
}
