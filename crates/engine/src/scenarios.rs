//! The scenarios that can run: the current plan of each, and older plans for runs that are pinned to them.

use run::id::{Millis, ScenarioId};
use run::tables::{Expected, StoreError, Tables};
use scenario::catalog::Catalog;
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, Version};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The table that keeps the text of every version that ever ran.
const TABLE: &str = "versions";

/// The table that tells when a version was first kept, and what for: JSON, under the keys of [`TABLE`]. Versions that an
/// earlier release kept are not in it.
const FACTS: &str = "version-facts";

/// How many plans of earlier versions are kept at hand.
const MOST_PINNED: usize = 1_000;

/// How many records of it are read at once.
const PAGE: usize = 100;

/// A scenario that takes new runs.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Which scenario.
    pub id: ScenarioId,
    /// Its current plan.
    pub plan: Arc<Plan>,
}

/// A version of a scenario whose text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptVersion {
    /// Digest of its text.
    pub version: Version,
    /// When it was first kept, in milliseconds since 1970; none where that is not known any more.
    pub created: Option<Millis>,
    /// Whether it was only ever tried, and never took runs of its own accord.
    pub is_trial: bool,
}

/// What is known of a version beside its text.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Facts {
    created: Millis,
    trial: bool,
}

/// What a text is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// It takes runs.
    Service,
    /// It is tried.
    Trial,
}

/// The text of a version is not to be had, or does not give a plan any more.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum UnknownVersion {
    /// It was never deployed here.
    #[error("version {} of scenario `{scenario}` is not kept here", version.0)]
    Missing { scenario: ScenarioId, version: Version },
    /// It names something that this release does not know.
    #[error("version {} of scenario `{scenario}` is not valid any more: {reason}", version.0)]
    Invalid { scenario: ScenarioId, version: Version, reason: String },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug)]
pub(crate) struct Scenarios {
    current: RwLock<HashMap<ScenarioId, Arc<Deployment>>>,
    /// Plans of earlier versions that runs still need; small, since runs end.
    pinned: Mutex<HashMap<(ScenarioId, Version), Arc<Plan>>>,
    catalog: RwLock<Arc<Catalog>>,
    tables: Arc<dyn Tables>,
}

impl Scenarios {
    pub(crate) fn new(tables: Arc<dyn Tables>, catalog: Arc<Catalog>) -> Self {
        Self { current: RwLock::default(), pinned: Mutex::default(), catalog: RwLock::new(catalog), tables }
    }

    /// Makes this the current version, after its text is kept for the runs that will be pinned to it.
    pub(crate) fn deploy(&self, id: ScenarioId, text: &str, plan: Arc<Plan>, now: Millis) -> Result<(), StoreError> {
        self.keep_text(&key(&id, &plan.version), text, Purpose::Service, now)?;
        let deployment = Arc::new(Deployment { id: id.clone(), plan });
        let replaced = self.current.write().unwrap_or_else(PoisonError::into_inner).insert(id, deployment);
        if let Some(replaced) = replaced {
            self.pin(replaced.id.clone(), Arc::clone(&replaced.plan));
        }
        Ok(())
    }

    /// Keeps a version for runs that try it. It takes no others.
    pub(crate) fn keep(&self, id: &ScenarioId, text: &str, plan: &Arc<Plan>, now: Millis) -> Result<(), StoreError> {
        self.keep_text(&key(id, &plan.version), text, Purpose::Trial, now)?;
        self.pin(id.clone(), Arc::clone(plan));
        Ok(())
    }

    /// Has the text on disk, and what is known of it: that first, so that no text is there of which nothing is known.
    fn keep_text(&self, key: &str, text: &str, purpose: Purpose, now: Millis) -> Result<(), StoreError> {
        let is_new = self.tables.get(TABLE, key)?.is_none();
        let news = match (self.facts(key)?, purpose) {
            (None, _) if is_new => Some(Facts { created: now, trial: purpose == Purpose::Trial }),
            (Some(Facts { trial: true, .. }), Purpose::Service) => Some(Facts { created: now, trial: false }),
            _ => None,
        };
        if let Some(facts) = news {
            let facts = serde_json::to_vec(&facts).map_err(|error| StoreError::Failed(error.to_string().into()))?;
            self.tables.put(FACTS, key, &facts, Expected::Any)?;
        }
        if is_new {
            match self.tables.put(TABLE, key, text.as_bytes(), Expected::Absent) {
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is known of a version beside its text. What a later release wrote differently is not.
    fn facts(&self, key: &str) -> Result<Option<Facts>, StoreError> {
        let record = self.tables.get(FACTS, key)?;
        Ok(record.and_then(|record| serde_json::from_slice(&record.value).ok()))
    }

    /// Keeps a plan for runs of its version. Past [`MOST_PINNED`] all are dropped; what is needed is read again.
    fn pin(&self, id: ScenarioId, plan: Arc<Plan>) {
        let mut pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        if pinned.len() >= MOST_PINNED {
            pinned.clear();
        }
        pinned.insert((id, plan.version.clone()), plan);
    }

    pub(crate) fn use_catalog(&self, catalog: Arc<Catalog>) {
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = catalog;
    }

    /// The plan of a text that is not kept, or what is wrong with it.
    pub(crate) fn check(&self, text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
        let catalog = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        scenario::check(text, &catalog)
    }

    /// Takes no more new runs for this scenario.
    pub(crate) fn withdraw(&self, id: &ScenarioId) {
        self.current.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Every scenario that takes runs.
    pub(crate) fn all(&self) -> Vec<Arc<Deployment>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn current(&self, id: &ScenarioId) -> Option<Arc<Deployment>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The plan that a run is pinned to.
    pub(crate) fn version(&self, id: &ScenarioId, version: &Version) -> Result<Arc<Plan>, UnknownVersion> {
        if let Some(deployment) = self.current(id).filter(|deployment| deployment.plan.version == *version) {
            return Ok(Arc::clone(&deployment.plan));
        }
        let pinned = (id.clone(), version.clone());
        if let Some(plan) = self.pinned.lock().unwrap_or_else(PoisonError::into_inner).get(&pinned) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(self.read(id, version)?);
        self.pin(id.clone(), Arc::clone(&plan));
        Ok(plan)
    }

    pub(crate) fn text(&self, id: &ScenarioId, version: &Version) -> Result<String, UnknownVersion> {
        let record = self
            .tables
            .get(TABLE, &key(id, version))?
            .ok_or_else(|| UnknownVersion::Missing { scenario: id.clone(), version: version.clone() })?;
        Ok(String::from_utf8_lossy(&record.value).into_owned())
    }

    /// Every version that was ever deployed or tried, by digest.
    pub(crate) fn versions(&self, id: &ScenarioId) -> Result<Vec<KeptVersion>, StoreError> {
        let prefix = format!("{id}/");
        let mut versions = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, &prefix, after.as_deref(), PAGE)?;
            for (key, digest) in page.iter().filter_map(|(key, _)| Some((key, key.strip_prefix(&prefix)?))) {
                let facts = self.facts(key)?;
                versions.push(KeptVersion {
                    version: Version(digest.into()),
                    created: facts.map(|facts| facts.created),
                    is_trial: facts.is_some_and(|facts| facts.trial),
                });
            }
            if page.len() < PAGE {
                return Ok(versions);
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }

    fn read(&self, id: &ScenarioId, version: &Version) -> Result<Plan, UnknownVersion> {
        let text = self.text(id, version)?;
        let (plan, diagnostics) = self.check(&text);
        plan.ok_or_else(|| UnknownVersion::Invalid {
            scenario: id.clone(),
            version: version.clone(),
            reason: diagnostics.first().map(|diagnostic| diagnostic.message.clone()).unwrap_or_default(),
        })
    }
}

fn key(id: &ScenarioId, version: &Version) -> String {
    format!("{id}/{}", version.0)
}
