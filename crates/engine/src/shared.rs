//! The engine itself: what its tasks share, how it is started and stopped, and the handle that others hold.

use crate::alarms::Alarms;
use crate::claims::Claims;
use crate::clock::{Clock, Presence, SystemClock};
use crate::damage;
use crate::full_disk::FullDisk;
use crate::gates::Gates;
use crate::health::{Health, Healths};
use crate::heartbeats::{self, Beats};
use crate::lines::Lines;
use crate::mail::Mail;
use crate::naming::Naming;
use crate::news::Watchers;
use crate::paces::Paces;
use crate::queues::Queues;
use crate::repeats::Tally;
use crate::scenarios::{Deployment, KeptVersion, Scenarios, UnknownVersion};
use crate::timers::Timers;
use crate::{driver, repeats, resume, retention, turns};
use run::call::Module;
use run::entry::{self, Entry};
use run::id::{Millis, RunId, ScenarioId};
use run::replay::{Unmovable, brought_up};
use run::retention::Keep;
use run::scope::Scope;
use run::setting::Setting;
use run::tables::StoreError;
use scenario::catalog::Catalog;
use scenario::plan::{Plan, Rate, Version};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use store::{Filter, Head, Journaled, Store};
use tokio::runtime;
use tokio::sync::watch;

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many runs whose callers wait for an answer are worked on at once; further ones wait on disk.
    pub attended_runs: u32,
    /// How many other runs are worked on at once: the most that a crash can leave in flight of them, and the most
    /// that far sides are asked at a time.
    pub unattended_runs: u32,
    /// How many runs may wait, for their turn, for a slot or for a time, before callers are refused: what bounds the
    /// memory that they take.
    pub waiting_runs: usize,
    /// How long runs are kept once they are over, where their scenarios say nothing.
    pub keep: Keep,
    /// How many bytes all runs may take on disk, without large values; none: any number. Beyond it the oldest go.
    pub keep_bytes: Option<u64>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What runs see of the place they run at.
    pub setting: Arc<Setting>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            attended_runs: 2_000,
            unattended_runs: 64,
            waiting_runs: 2_000_000,
            keep: Keep::default(),
            keep_bytes: None,
            clock: Arc::new(SystemClock),
            setting: Arc::default(),
        }
    }
}

/// The modules that steps can call, by name.
pub(crate) type Modules = HashMap<String, Arc<dyn Module>>;

/// What the engine's tasks share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) store: Store,
    pub(crate) scenarios: Scenarios,
    pub(crate) queues: Queues,
    pub(crate) timers: Timers,
    pub(crate) mail: Mail,
    pub(crate) claims: Arc<Claims>,
    pub(crate) lines: Lines,
    pub(crate) gates: Gates,
    pub(crate) naming: Naming,
    pub(crate) paces: Paces,
    pub(crate) healths: Healths,
    pub(crate) repeats: Tally,
    pub(crate) alarms: Alarms,
    pub(crate) watchers: Watchers,
    pub(crate) beats: Beats,
    pub(crate) full_disk: FullDisk,
    pub(crate) runtime: runtime::Handle,
    pub(crate) stopping: watch::Sender<bool>,
    /// When this engine was started.
    pub(crate) started: Millis,
    presence: Presence,
    modules: RwLock<Arc<Modules>>,
}

impl Shared {
    /// Now, in milliseconds since 1970.
    pub(crate) fn now(&self) -> Millis {
        self.options.clock.now()
    }

    /// Since when runs could have been carried on.
    pub(crate) fn present_since(&self) -> Millis {
        self.presence.since(&*self.options.clock)
    }

    /// How a run stands; none where there is no such run. Blocks for the disk.
    pub(crate) fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
        self.store.journal.head(run)
    }

    pub(crate) fn module(&self, name: &str) -> Option<Arc<dyn Module>> {
        self.modules.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).field("store", &self.store).finish_non_exhaustive()
    }
}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
}

impl Engine {
    /// Starts an engine on the runtime of the caller: it takes up every run that is not over and waits for more.
    pub fn start(
        store: Store,
        catalog: Arc<Catalog>,
        modules: impl IntoIterator<Item = Arc<dyn Module>>,
        options: Options,
    ) -> Self {
        let shared = Arc::new(Shared {
            queues: Queues::new(&options),
            scenarios: Scenarios::new(Arc::clone(&store.tables), catalog),
            timers: Timers::default(),
            mail: Mail::default(),
            claims: Arc::default(),
            lines: Lines::default(),
            gates: Gates::new(Arc::clone(&store.tables)),
            naming: Naming::default(),
            paces: Paces::default(),
            healths: Healths::default(),
            repeats: Tally::new(Arc::clone(&store.tables)),
            alarms: Alarms::new(Arc::clone(&store.tables)),
            watchers: Watchers::default(),
            beats: Beats::default(),
            full_disk: FullDisk::default(),
            runtime: runtime::Handle::current(),
            stopping: watch::Sender::new(false),
            started: options.clock.now(),
            presence: Presence::from_now(&*options.clock),
            modules: RwLock::new(Arc::new(by_name(modules))),
            options,
            store,
        });
        Self { shared }
    }

    /// Takes up the runs that were not over when the last process ended, and begins to work. Scenarios should be
    /// deployed before, so that resumed runs find their plans at hand; triggers should be opened after, so that no new
    /// run is taken for an old one. Gives the number of runs taken up. Blocks for the disk.
    pub fn resume(&self) -> Result<usize, StoreError> {
        // What runs come to is told by what is known already.
        self.shared.alarms.load()?;
        damage::tell(&self.shared);
        self.shared.gates.load()?;
        self.shared.gates.paused().iter().for_each(|scenario| self.shared.queues.pause(scenario));
        let taken = resume::take_up(&self.shared)?;
        self.shared.runtime.spawn(driver::dispatch(Arc::clone(&self.shared), |queues| &queues.attended));
        self.shared.runtime.spawn(driver::dispatch(Arc::clone(&self.shared), |queues| &queues.unattended));
        self.shared.runtime.spawn(resume::wake(Arc::clone(&self.shared)));
        self.shared.runtime.spawn(repeats::keep(Arc::clone(&self.shared)));
        self.shared.runtime.spawn(heartbeats::keep(Arc::clone(&self.shared)));
        self.shared.runtime.spawn(retention::keep(Arc::clone(&self.shared)));
        Ok(taken)
    }

    /// A way in.
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// Stops: no new runs, calls in flight get until `grace` to end, everything decided is on disk. What is not over
    /// goes on at the next start.
    pub async fn stop(self, grace: std::time::Duration) -> Result<(), StoreError> {
        self.shared.stopping.send_replace(true);
        let _ = tokio::time::timeout(grace, self.shared.queues.idle()).await;
        let shared = Arc::clone(&self.shared);
        let close = move || {
            shared.repeats.write();
            shared.store.journal.close()
        };
        tokio::task::spawn_blocking(close).await.unwrap_or(Err(StoreError::Closed))
    }
}

fn by_name(modules: impl IntoIterator<Item = Arc<dyn Module>>) -> Modules {
    modules.into_iter().map(|module| (module.name().to_owned(), module)).collect()
}

/// The way in to an engine. Clones are cheap; methods may be called from any thread.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl Handle {
    /// Makes this the scenario's current version. Blocks for the disk the first time a version is seen.
    pub fn deploy(&self, id: ScenarioId, text: &str, plan: Arc<Plan>) -> Result<(), StoreError> {
        self.shared.scenarios.deploy(id.clone(), text, plan, self.shared.now())?;
        // Those who wait go by the limits as they are now.
        turns::advance_by_name(&self.shared, &id);
        Ok(())
    }

    /// Takes no more runs for this scenario. Those that have begun go on.
    pub fn withdraw(&self, id: &ScenarioId) {
        self.shared.scenarios.withdraw(id);
    }

    /// The scenario's current version, if it takes runs.
    pub fn deployment(&self, id: &ScenarioId) -> Option<Arc<Deployment>> {
        self.shared.scenarios.current(id)
    }

    /// The plan of any version that was ever deployed. May block for the disk.
    pub fn version(&self, id: &ScenarioId, version: &Version) -> Result<Arc<Plan>, UnknownVersion> {
        self.shared.scenarios.version(id, version)
    }

    /// The text of any version that was ever deployed. May block for the disk.
    pub fn version_text(&self, id: &ScenarioId, version: &Version) -> Result<String, UnknownVersion> {
        self.shared.scenarios.text(id, version)
    }

    /// The versions that were ever deployed or tried, by digest. Blocks for the disk.
    pub fn versions(&self, id: &ScenarioId) -> Result<Vec<KeptVersion>, StoreError> {
        self.shared.scenarios.versions(id)
    }

    /// From now on, older versions are checked against this catalogue when a run needs them.
    pub fn use_catalog(&self, catalog: Arc<Catalog>) {
        self.shared.scenarios.use_catalog(catalog);
    }

    /// Replaces the modules that steps call, after connections changed.
    pub fn use_modules(&self, modules: impl IntoIterator<Item = Arc<dyn Module>>) {
        let modules = Arc::new(by_name(modules));
        *self.shared.modules.write().unwrap_or_else(PoisonError::into_inner) = modules;
    }

    /// From now on, steps call over these connections no faster than this; over all others as fast as they can.
    pub fn use_rates(&self, rates: HashMap<String, Rate>) {
        self.shared.paces.use_rates(rates);
    }

    /// How connections fare that were used since the start, by name.
    pub fn connection_health(&self) -> BTreeMap<Box<str>, Health> {
        self.shared.healths.all()
    }

    /// The time by which the engine acts.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.shared.options.clock)
    }

    /// Comes back if the store fails, with why. It accepts nothing more until another process opens it anew.
    pub async fn store_failed(&self) -> StoreError {
        let mut failure = self.shared.store.journal.failure();
        let told = failure.wait_for(Option::is_some).await.map(|error| error.clone());
        match told {
            Ok(Some(error)) => error,
            // A store that is gone has nothing more to say.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Runs that fit, newest first. Blocks for the disk.
    pub fn runs(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        self.shared.store.journal.list(filter, limit)
    }

    /// The newest run of a scenario. May block for the disk.
    pub fn last_run(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
        self.shared.store.journal.last(scenario)
    }

    /// A run's journal with large values read back, in the terms of the version that the run is of now; none where
    /// there is no such run. Blocks for the disk.
    pub fn journal(&self, run: RunId) -> Result<Option<(Head, Vec<Entry>)>, StoreError> {
        let Some(journaled) = self.shared.store.journal.read(run)? else { return Ok(None) };
        Ok(Some((journaled.head.clone(), self.entries(&journaled)?)))
    }

    /// What the expressions of a run's steps could see, as far as it has come; none where there is no such run. Blocks for
    /// the disk.
    pub fn scope(&self, run: RunId) -> Result<Option<Scope>, UnknownVersion> {
        let Some((_, entries)) = self.journal(run)? else { return Ok(None) };
        let Some(Entry::Created(created)) = entries.first() else { return Ok(None) };
        let plan = self.version(&created.scenario, &created.version)?;
        Ok(Scope::of(&entries, &plan))
    }

    /// The names of the variables of the environment that expressions may read.
    pub fn environment(&self) -> impl Iterator<Item = String> {
        self.shared.options.setting.env.keys().cloned()
    }

    /// A run's journal, how it stands, and the number of its pieces.
    pub(crate) fn pieces(&self, run: RunId) -> Result<Option<(Head, u32, Vec<Entry>)>, StoreError> {
        let Some(journaled) = self.shared.store.journal.read(run)? else { return Ok(None) };
        let entries = self.entries(&journaled)?;
        Ok(Some((journaled.head, journaled.pieces.len() as u32, entries)))
    }

    fn entries(&self, journaled: &Journaled) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for piece in &journaled.pieces {
            entries.extend(entry::decode(piece).map_err(|error| StoreError::Corrupt(error.to_string().into()))?);
        }
        entries.iter_mut().try_for_each(|entry| entry.load(&*self.shared.store.blobs))?;
        brought_up(entries, |created, version| self.version(&created.scenario, version)).map_err(|unmovable| {
            StoreError::Failed(match unmovable {
                Unmovable::Version(UnknownVersion::Store(error)) => return error,
                Unmovable::Version(error) => error.to_string().into(),
                Unmovable::Misfits(misfits) => format!("a move does not fit any more: {misfits:?}").into(),
            })
        })
    }
}
