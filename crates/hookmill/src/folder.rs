//! The watched folder of scenarios: its files are the truth, and what they say is what runs.

mod files;
mod hooks;
mod in_use;
mod mailhooks;
mod starting;
pub(crate) mod switch;
mod watch;

use crate::home::mentions_call;
use crate::starters::Starters;
use engine::Handle;
use files::Found;
use in_use::Changed;
use run::id::ScenarioId;
use run::mailbox::Mailboxes;
use run::tables::{StoreError, Tables};
use scenario::catalog::{Callee, Catalog};
use scenario::diagnostic::{Diagnostic, Severity};
use scenario::plan::{Plan, Version};
use server::library::{Basis, Entry, Library, LibraryError, Switch};
use starting::{armed, polls, watched};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use triggers::webhook::hooks::HookTable;
pub(crate) use watch::{Credentials, watch};

/// What a folder serves, and to whom it tells changes.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    handle: Handle,
    tables: Arc<dyn Tables>,
    hooks: HookTable,
    starters: Starters,
    /// The catalogue without scenarios.
    base: RwLock<Arc<Catalog>>,
    /// The same with the folder's own scenarios, which can call each other.
    catalog: RwLock<Arc<Catalog>>,
    scenarios: Mutex<BTreeMap<ScenarioId, Entry>>,
    /// Scenarios whose files the last reading did not find.
    missing: Mutex<BTreeSet<ScenarioId>>,
    /// Held while files are read or written, so that one change sees the other.
    changing: Mutex<Announced>,
}

/// What came of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All that is there is in use.
    Settled,
    /// Files are missing that were there before: another reading is to tell whether they are gone, or being written anew.
    Unsettled,
}

/// Whether gateway and scheduler know of every change.
#[derive(Debug, Default, PartialEq, Eq)]
enum Announced {
    #[default]
    All,
    NotAll,
}

/// Whether something about the scenarios that can be called is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Learnt {
    Something,
    Nothing,
}

/// What a folder works with.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) path: PathBuf,
    pub(crate) handle: Handle,
    pub(crate) tables: Arc<dyn Tables>,
    pub(crate) hooks: HookTable,
    pub(crate) starters: Starters,
    pub(crate) catalog: Arc<Catalog>,
}

impl Folder {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { path, handle, tables, hooks, starters, catalog } = parts;
        let (base, catalog) = (RwLock::new(Arc::clone(&catalog)), RwLock::new(catalog));
        Self {
            path,
            handle,
            tables,
            hooks,
            starters,
            base,
            catalog,
            scenarios: Mutex::default(),
            missing: Mutex::default(),
            changing: Mutex::default(),
        }
    }

    /// Files in subfolders, which other commands look into, and which are not served.
    pub(crate) fn left_out(&self) -> Vec<PathBuf> {
        let files = crate::sources::scenario_files(&self.path).unwrap_or_default();
        files.into_iter().filter(|file| file.parent() != Some(&self.path)).collect()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From now on, texts are checked against this catalogue; all are checked again.
    pub(crate) fn use_catalog(&self, catalog: Arc<Catalog>) -> Result<(), StoreError> {
        let mut announced = self.changing();
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = catalog;
        let mut scenarios = self.scenarios();
        *announced = Announced::NotAll;
        self.learn(callees(scenarios.values().map(|entry| (&entry.id, &*entry.text))));
        self.serve_again(&mut scenarios, |_| true)?;
        self.announce(&mut scenarios, &mut announced)
    }

    /// From now on these are the mailboxes that triggers watch.
    pub(crate) fn use_mailboxes(&self, mailboxes: Arc<dyn Mailboxes>) {
        self.starters.postman.use_mailboxes(mailboxes);
    }

    /// Reads the folder and puts what changed into use. A broken text leaves the last good version serving, and so
    /// does a file that cannot be read; one that is gone takes its scenario out of use when it is missing twice.
    pub(crate) fn reload(&self) -> anyhow::Result<Reading> {
        let mut announced = self.changing();
        let mut files = files::read(&self.path)?;
        let mut scenarios = self.scenarios();
        let missing: BTreeSet<ScenarioId> = scenarios.keys().filter(|id| !files.contains_key(*id)).cloned().collect();
        let before = std::mem::replace(&mut *self.missing(), missing.clone());
        for id in missing.intersection(&before) {
            *announced = Announced::NotAll;
            self.forget(id)?;
            self.handle.tell_changed(id.clone(), None);
            scenarios.remove(id);
        }
        let still_there = scenarios.iter().filter(|(id, _)| missing.contains(*id));
        let still_there: Vec<_> = still_there.map(|(id, entry)| (id.clone(), Found::still_there(entry))).collect();
        let reading = if still_there.is_empty() { Reading::Settled } else { Reading::Unsettled };
        files.extend(still_there);
        for (id, file) in files.iter_mut().filter(|(_, file)| file.text.is_none()) {
            let known = scenarios.get(id).map(|known| known.text.to_string());
            file.text = known.map_or_else(|| self.last_good_text(id), |text| Ok(Some(text)))?;
        }
        let learnt = self.learn(callees(files.iter().filter_map(|(id, file)| Some((id, file.text.as_deref()?)))));
        let changed = files.into_iter().filter_map(|(id, file)| {
            let known = scenarios.get(&id);
            let text = file.text.filter(|text| known.is_none_or(|known| *known.text != **text))?;
            Some(Changed { file: file.name, text: text.into(), known: known.cloned(), id })
        });
        for entry in self.serve_all(&changed.collect::<Vec<_>>())? {
            *announced = Announced::NotAll;
            self.handle.tell_changed(entry.id.clone(), Some(entry.version.clone()));
            scenarios.insert(entry.id.clone(), entry);
        }
        if learnt == Learnt::Something {
            *announced = Announced::NotAll;
            self.serve_again(&mut scenarios, |entry| mentions_call(&entry.text))?;
        }
        if *announced == Announced::NotAll {
            self.announce(&mut scenarios, &mut announced)?;
        }
        Ok(reading)
    }

    /// Takes note of which scenarios can be called, and how.
    fn learn(&self, callees: BTreeMap<String, Callee>) -> Learnt {
        let base = Library::catalog(self);
        let mut catalog = self.catalog.write().unwrap_or_else(PoisonError::into_inner);
        let news = catalog.scenarios() != Some(&callees);
        *catalog = Arc::new((*base).clone().with_scenarios(callees));
        if news { Learnt::Something } else { Learnt::Nothing }
    }

    /// Tells the gateway, the scheduler and the postman what there is now. Where that fails, it is still to be done.
    fn announce(
        &self,
        scenarios: &mut BTreeMap<ScenarioId, Entry>,
        announced: &mut Announced,
    ) -> Result<(), StoreError> {
        *announced = Announced::NotAll;
        self.hooks.replace(hooks::table(&self.handle, &*self.tables, scenarios)?);
        self.starters.mailhooks.replace(mailhooks::table(&self.handle, &*self.tables, scenarios)?);
        self.starters.scheduler.arm(scenarios.values().flat_map(|entry| armed(&self.handle, entry)).collect())?;
        self.starters.poller.arm(scenarios.values().flat_map(|entry| polls(&self.handle, entry)).collect())?;
        self.starters.postman.arm(scenarios.values().flat_map(|entry| watched(&self.handle, entry)).collect());
        *announced = Announced::All;
        Ok(())
    }

    fn scenarios(&self) -> MutexGuard<'_, BTreeMap<ScenarioId, Entry>> {
        self.scenarios.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn missing(&self) -> MutexGuard<'_, BTreeSet<ScenarioId>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, Announced> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a text that was found good, and puts it into use.
    fn keep(&self, id: &ScenarioId, file: &str, text: &str, announced: &mut Announced) -> Result<Entry, LibraryError> {
        files::replace(&self.path.join(file), text)
            .map_err(|error| LibraryError::Write { file: file.to_owned(), reason: error.to_string() })?;
        let mut scenarios = self.scenarios();
        let failed = |error: StoreError| LibraryError::Unused { file: file.to_owned(), reason: error.to_string() };
        *announced = Announced::NotAll;
        let others = scenarios.values().filter(|entry| entry.id != *id).map(|entry| (&entry.id, &*entry.text));
        let learnt = self.learn(callees(others.chain([(id, text)])));
        let entry = self.serve(id, file, text.into(), scenarios.get(id)).map_err(failed)?;
        scenarios.insert(id.clone(), entry.clone());
        self.handle.tell_changed(id.clone(), Some(entry.version.clone()));
        if learnt == Learnt::Something {
            self.serve_again(&mut scenarios, |entry| mentions_call(&entry.text)).map_err(failed)?;
        }
        self.announce(&mut scenarios, announced).map_err(failed)?;
        Ok(self.with_next(scenarios.get(id).cloned().unwrap_or(entry)))
    }

    /// The text in a scenario's file, which may be newer than what was read; of a file that cannot be read, the text that is
    /// known. None: there is no such file.
    fn on_disk(&self, file: &str, known: Option<&Entry>) -> Result<Option<Arc<str>>, LibraryError> {
        let path = self.path.join(file);
        match (files::text(&path), known) {
            (Ok(text), _) => Ok(Some(text.into())),
            (Err(_), Some(entry)) => Ok(Some(Arc::clone(&entry.text))),
            (Err(_), None) if path.symlink_metadata().is_ok() => Err(LibraryError::Occupied(file.to_owned())),
            (Err(_), None) => Ok(None),
        }
    }

    /// What is wrong with a text that is to be this scenario: it may call itself, though it is not there yet.
    fn check_as(&self, id: &ScenarioId, text: &str) -> Vec<Diagnostic> {
        let catalog = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        let mut callees = catalog.scenarios().cloned().unwrap_or_default();
        callees.insert(id.to_string(), Callee::of(text));
        scenario::lint::review(text, &(*catalog).clone().with_scenarios(callees)).1
    }

    /// The entry, with the times at which its schedules are due.
    fn with_next(&self, mut entry: Entry) -> Entry {
        entry.next = self.starters.scheduler.next_of(&entry.id);
        entry.polls = self.starters.poller.standing_of(&entry.id);
        entry
    }
}

impl Folder {
    /// Removes a file that was kept beside a scenario: a picture of what is gone says nothing, nor does its origin. That it
    /// is left behind would do no harm.
    fn drop_beside(&self, file: &str) {
        if let Err(error) = files::remove(&self.path.join(file))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file, %error, "it was not removed");
        }
    }
}

impl Library for Folder {
    fn list(&self) -> Vec<Entry> {
        let entries: Vec<Entry> = self.scenarios().values().cloned().collect();
        entries.into_iter().map(|entry| self.with_next(entry)).collect()
    }

    fn get(&self, id: &ScenarioId) -> Option<Entry> {
        let entry = self.scenarios().get(id).cloned()?;
        Some(self.with_next(entry))
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.base.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn check(&self, text: &str) -> Vec<Diagnostic> {
        let catalog = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        scenario::lint::review(text, &catalog).1
    }

    fn put(&self, id: &ScenarioId, text: &str, basis: &Basis) -> Result<Entry, LibraryError> {
        let diagnostics = self.check_as(id, text);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(LibraryError::Invalid(diagnostics));
        }
        if let Some(reason) = files::reserved(id) {
            return Err(LibraryError::Reserved { id: id.clone(), reason });
        }
        let mut announced = self.changing();
        let known = self.scenarios().get(id).cloned();
        let file = known.as_ref().map_or_else(|| format!("{id}.yaml"), |entry| entry.file.clone());
        let there = self.on_disk(&file, known.as_ref())?;
        basis.allows(id, there.map(|text| Version::of(&text)).as_ref())?;
        self.keep(id, &file, text, &mut announced)
    }

    fn delete(&self, id: &ScenarioId) -> Result<(), LibraryError> {
        let mut announced = self.changing();
        let mut scenarios = self.scenarios();
        let file = scenarios.get(id).ok_or_else(|| LibraryError::Unknown(id.clone()))?.file.clone();
        files::remove(&self.path.join(&file))
            .map_err(|error| LibraryError::Write { file: file.clone(), reason: error.to_string() })?;
        let failed = |error: StoreError| LibraryError::Unused { file: file.clone(), reason: error.to_string() };
        *announced = Announced::NotAll;
        self.forget(id).map_err(failed)?;
        scenarios.remove(id);
        self.handle.tell_changed(id.clone(), None);
        self.drop_layout(id);
        self.drop_beside(&files::imported(id));
        self.learn(callees(scenarios.values().map(|entry| (&entry.id, &*entry.text))));
        let again = self.serve_again(&mut scenarios, |entry| mentions_call(&entry.text));
        again.and_then(|()| self.announce(&mut scenarios, &mut announced)).map_err(failed)
    }

    fn hook_paths(&self, id: &ScenarioId, plan: &Plan) -> Result<Vec<String>, LibraryError> {
        let unused = |error: StoreError| LibraryError::Unused { file: format!("{id}.yaml"), reason: error.to_string() };
        hooks::paths(&*self.tables, id, plan).map_err(unused)
    }

    fn layout(&self, id: &ScenarioId) -> Result<Option<String>, LibraryError> {
        let file = files::layout(id);
        match files::text(&self.path.join(&file)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                tracing::warn!(file, %error, "the layout cannot be read");
                Ok(None)
            }
        }
    }

    fn put_layout(&self, id: &ScenarioId, layout: &str) -> Result<(), LibraryError> {
        let file = files::layout(id);
        let _one_at_a_time = self.changing();
        files::replace(&self.path.join(&file), layout)
            .map_err(|error| LibraryError::Write { file, reason: error.to_string() })
    }

    fn drop_layout(&self, id: &ScenarioId) {
        self.drop_beside(&files::layout(id));
    }

    fn switch(&self, id: &ScenarioId, enabled: Switch) -> Result<Entry, LibraryError> {
        let mut announced = self.changing();
        let entry = self.get(id).ok_or_else(|| LibraryError::Unknown(id.clone()))?;
        let text = self.on_disk(&entry.file, Some(&entry))?.unwrap_or_else(|| Arc::clone(&entry.text));
        let text = switch::switched(&text, enabled);
        let diagnostics = self.check_as(id, &text);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(LibraryError::Invalid(diagnostics));
        }
        self.keep(id, &entry.file, &text, &mut announced)
    }
}

/// What `call` steps may know of these texts.
fn callees<'t>(texts: impl Iterator<Item = (&'t ScenarioId, &'t str)>) -> BTreeMap<String, Callee> {
    texts.map(|(id, text)| (id.to_string(), Callee::of(text))).collect()
}
