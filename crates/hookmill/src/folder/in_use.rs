//! Puts texts into use, and remembers which were good.

use super::Folder;
use run::id::ScenarioId;
use run::tables::{Expected, StoreError};
use scenario::plan::{Plan, Version};
use server::library::Entry;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, PoisonError};

/// The table that tells which version of a scenario last took runs.
const SERVING: &str = "serving";

/// How many texts are put into use side by side.
const AT_ONCE: usize = 64;

/// A text that is new, or no longer what it was.
pub(super) struct Changed {
    pub(super) id: ScenarioId,
    pub(super) file: String,
    pub(super) text: Arc<str>,
    /// What there was before.
    pub(super) known: Option<Entry>,
}

impl Folder {
    /// Checks these scenarios again, though their texts are the same.
    pub(super) fn serve_again(
        &self,
        scenarios: &mut BTreeMap<ScenarioId, Entry>,
        which: impl Fn(&Entry) -> bool,
    ) -> Result<(), StoreError> {
        for entry in scenarios.values_mut().filter(|entry| which(entry)) {
            *entry = self.serve(&entry.id, &entry.file, Arc::clone(&entry.text), Some(entry))?;
        }
        Ok(())
    }

    /// Takes a scenario out of use.
    pub(super) fn forget(&self, id: &ScenarioId) -> Result<(), StoreError> {
        self.handle.withdraw(id);
        self.tables.delete(SERVING, id.as_str(), Expected::Any).map(|_| ())
    }

    /// Does so with many, side by side: each waits for the disk, and those that wait together share a sync.
    pub(super) fn serve_all(&self, changed: &[Changed]) -> Result<Vec<Entry>, StoreError> {
        let one = |it: &Changed| self.serve(&it.id, &it.file, Arc::clone(&it.text), it.known.as_ref());
        let each = changed.len().div_ceil(AT_ONCE).max(1);
        std::thread::scope(|scope| {
            let working = changed.chunks(each).map(|some| scope.spawn(move || some.iter().map(one).collect()));
            let working: Vec<_> = working.collect();
            let done = working.into_iter().map(|some| some.join().unwrap_or_else(|panic| resume_unwind(panic)));
            let done: Result<Vec<Vec<Entry>>, StoreError> = done.collect();
            Ok(done?.into_iter().flatten().collect())
        })
    }

    /// Checks a text and puts it into use if it is good.
    pub(super) fn serve(
        &self,
        id: &ScenarioId,
        file: &str,
        text: Arc<str>,
        known: Option<&Entry>,
    ) -> Result<Entry, StoreError> {
        let catalog = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        let (plan, diagnostics) = scenario::lint::review(&text, &catalog);
        let version = Version::of(&text);
        let plan = match plan {
            Some(plan) => {
                let plan = Arc::new(plan);
                self.handle.deploy(id.clone(), &text, Arc::clone(&plan))?;
                self.note_serving(id, &version)?;
                Some(plan)
            }
            None => match known.and_then(|known| known.plan.clone()) {
                Some(plan) => Some(plan),
                None => self.last_good(id)?,
            },
        };
        Ok(Entry {
            id: id.clone(),
            file: file.to_owned(),
            text,
            version,
            diagnostics,
            plan,
            hooks: Vec::new(),
            addresses: Vec::new(),
            next: Vec::new(),
            polls: Vec::new(),
        })
    }

    fn note_serving(&self, id: &ScenarioId, version: &Version) -> Result<(), StoreError> {
        let noted = self.tables.get(SERVING, id.as_str())?;
        if noted.is_none_or(|noted| *noted.value != *version.0.as_bytes()) {
            self.tables.put(SERVING, id.as_str(), version.0.as_bytes(), Expected::Any)?;
        }
        Ok(())
    }

    /// The version that took runs before the process was started anew with a broken text.
    fn last_good(&self, id: &ScenarioId) -> Result<Option<Arc<Plan>>, StoreError> {
        let Some(version) = self.noted(id)? else { return Ok(None) };
        let Ok(plan) = self.handle.version(id, &version) else { return Ok(None) };
        if let Ok(text) = self.handle.version_text(id, &version) {
            self.handle.deploy(id.clone(), &text, Arc::clone(&plan))?;
        }
        Ok(Some(plan))
    }

    /// The text of that version.
    pub(super) fn last_good_text(&self, id: &ScenarioId) -> Result<Option<String>, StoreError> {
        let version = self.noted(id)?;
        Ok(version.and_then(|version| self.handle.version_text(id, &version).ok()).map(|text| text.to_string()))
    }

    fn noted(&self, id: &ScenarioId) -> Result<Option<Version>, StoreError> {
        let record = self.tables.get(SERVING, id.as_str())?;
        Ok(record.map(|record| Version(String::from_utf8_lossy(&record.value).into())))
    }
}
