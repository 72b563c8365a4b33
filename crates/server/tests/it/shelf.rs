//! Scenarios kept in memory, checked and deployed as the real library does it.

use engine::Handle;
use run::id::ScenarioId;
use scenario::catalog::Catalog;
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, Trigger, Version};
use server::library::{Basis, Entry, Library, LibraryError, Switch};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Debug)]
pub(crate) struct Shelf {
    handle: Handle,
    catalog: Arc<Catalog>,
    entries: Mutex<BTreeMap<ScenarioId, Entry>>,
    layouts: Mutex<BTreeMap<ScenarioId, String>>,
}

impl Shelf {
    pub(crate) fn new(handle: Handle, catalog: Arc<Catalog>) -> Self {
        Self { handle, catalog, entries: Mutex::default(), layouts: Mutex::default() }
    }

    /// Keeps a text as a folder does: whatever is in it.
    pub(crate) fn drop_in(&self, id: &str, text: &str) -> Entry {
        let id: ScenarioId = id.parse().unwrap();
        let (plan, diagnostics) = scenario::check(text, &self.catalog);
        let mut entries = self.entries.lock().unwrap();
        let last_good = entries.get(&id).and_then(|entry| entry.plan.clone());
        if let Some(plan) = &plan {
            self.handle.deploy(id.clone(), text, Arc::new(plan.clone())).unwrap();
        }
        let plan = plan.map(Arc::new).or(last_good);
        let triggers = || plan.iter().flat_map(|plan| &plan.triggers);
        let entry = Entry {
            file: format!("{id}.yaml"),
            text: text.into(),
            version: Version::of(text),
            diagnostics,
            hooks: triggers()
                .filter_map(|trigger| match trigger {
                    Trigger::Webhook(webhook) => webhook.path.as_deref().map(str::to_owned),
                    _ => None,
                })
                .collect(),
            addresses: triggers()
                .filter_map(|trigger| match trigger {
                    Trigger::Mailhook(mailhook) => mailhook.address.as_deref().map(str::to_owned),
                    _ => None,
                })
                .collect(),
            next: triggers()
                .filter(|trigger| matches!(trigger, Trigger::Schedule(_)))
                .map(|_| Some(1_000_000_000_000))
                .collect(),
            polls: Vec::new(),
            plan: plan.clone(),
            id: id.clone(),
        };
        self.handle.tell_changed(id.clone(), Some(entry.version.clone()));
        entries.insert(id, entry.clone());
        entry
    }
}

impl Library for Shelf {
    fn list(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().values().cloned().collect()
    }

    fn get(&self, id: &ScenarioId) -> Option<Entry> {
        self.entries.lock().unwrap().get(id).cloned()
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    fn check(&self, text: &str) -> Vec<Diagnostic> {
        scenario::check(text, &self.catalog).1
    }

    fn put(&self, id: &ScenarioId, text: &str, basis: &Basis) -> Result<Entry, LibraryError> {
        basis.allows(id, self.get(id).map(|entry| entry.version).as_ref())?;
        let diagnostics = self.check(text);
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(LibraryError::Invalid(diagnostics));
        }
        Ok(self.drop_in(id.as_str(), text))
    }

    fn delete(&self, id: &ScenarioId) -> Result<(), LibraryError> {
        self.handle.withdraw(id);
        self.entries.lock().unwrap().remove(id).map(drop).ok_or_else(|| LibraryError::Unknown(id.clone()))
    }

    fn layout(&self, id: &ScenarioId) -> Result<Option<String>, LibraryError> {
        Ok(self.layouts.lock().unwrap().get(id).cloned())
    }

    fn put_layout(&self, id: &ScenarioId, layout: &str) -> Result<(), LibraryError> {
        self.layouts.lock().unwrap().insert(id.clone(), layout.to_owned());
        Ok(())
    }

    fn drop_layout(&self, id: &ScenarioId) {
        self.layouts.lock().unwrap().remove(id);
    }

    fn hook_paths(&self, _: &ScenarioId, plan: &Plan) -> Result<Vec<String>, LibraryError> {
        let path = |trigger: &Trigger| match trigger {
            Trigger::Webhook(webhook) => Some(webhook.path.as_deref().unwrap_or("made-up").to_owned()),
            _ => None,
        };
        Ok(plan.triggers.iter().filter_map(path).collect())
    }

    fn switch(&self, id: &ScenarioId, enabled: Switch) -> Result<Entry, LibraryError> {
        let entry = self.get(id).ok_or_else(|| LibraryError::Unknown(id.clone()))?;
        let (from, to) = match enabled {
            Switch::On => ("enabled: false", "enabled: true"),
            Switch::Off => ("enabled: true", "enabled: false"),
        };
        self.put(id, &entry.text.replace(from, to), &Basis::Something)
    }
}
