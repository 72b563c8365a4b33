//! Drafts: texts that people are writing, apart from what takes runs. They may be of scenarios that do not exist yet, and
//! may be full of errors.

use run::id::{Millis, ScenarioId};
use run::tables::{Expected, Record, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The table of drafts: the id of a scenario → JSON.
const TABLE: &str = "drafts";
/// How many records of it are read at once.
const PAGE: usize = 100;

/// The drafts of all scenarios, one for each. What is kept is on disk.
#[derive(Clone, Debug)]
pub struct Drafts {
    tables: Arc<dyn Tables>,
}

/// A draft, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// The text.
    pub(crate) text: String,
    /// The version of the scenario that it began with; none: it is of a new one.
    pub(crate) basis: Option<String>,
    /// When it was saved, in milliseconds since 1970.
    pub(crate) saved: Millis,
}

/// A draft with the state that the next change of it builds upon.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) draft: Draft,
    /// Grows with each change, and is never used again for another draft of the same scenario.
    pub(crate) revision: u64,
}

/// Why a draft was not saved.
#[derive(Debug)]
pub(crate) enum Unsaved {
    /// Someone saved another one meanwhile: this. None: it was discarded or published.
    Changed(Option<Kept>),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Unsaved {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Drafts {
    /// The drafts that these tables keep.
    pub fn new(tables: Arc<dyn Tables>) -> Self {
        Self { tables }
    }

    /// The draft of a scenario. Blocks for the disk.
    pub(crate) fn get(&self, id: &ScenarioId) -> Result<Option<Kept>, StoreError> {
        self.tables.get(TABLE, id.as_str())?.as_ref().map(kept).transpose()
    }

    /// All drafts, by the ids of their scenarios. Blocks for the disk.
    pub(crate) fn list(&self) -> Result<Vec<(String, Kept)>, StoreError> {
        let mut drafts = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (id, record) in &page {
                drafts.push((id.clone(), kept(record)?));
            }
            if page.len() < PAGE {
                return Ok(drafts);
            }
            after = page.into_iter().next_back().map(|(id, _)| id);
        }
    }

    /// Saves a draft, unless someone else has since the revision that is built upon; 0: there was none. Blocks for the
    /// disk.
    pub(crate) fn put(&self, id: &ScenarioId, draft: Draft, revision: u64) -> Result<Kept, Unsaved> {
        let bytes = serde_json::to_vec(&draft).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        let expected = if revision == 0 { Expected::Absent } else { Expected::Revision(revision) };
        match self.tables.put(TABLE, id.as_str(), &bytes, expected) {
            Ok(revision) => Ok(Kept { draft, revision }),
            Err(StoreError::Conflict) => Err(Unsaved::Changed(self.get(id)?)),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a draft; whether it was there. Blocks for the disk.
    pub(crate) fn delete(&self, id: &ScenarioId) -> Result<bool, StoreError> {
        self.tables.delete(TABLE, id.as_str(), Expected::Any)
    }

    /// Removes a draft that has become the scenario: its text is this, or its revision. Another one, which someone saved
    /// meanwhile, stays. Whether one was removed. Blocks for the disk.
    pub(crate) fn publish(&self, id: &ScenarioId, text: &str, revision: Option<u64>) -> Result<bool, StoreError> {
        let Some(kept) = self.get(id)? else { return Ok(false) };
        if kept.draft.text != text && revision != Some(kept.revision) {
            return Ok(false);
        }
        match self.tables.delete(TABLE, id.as_str(), Expected::Revision(kept.revision)) {
            Err(StoreError::Conflict) => Ok(false),
            told => told,
        }
    }
}

fn kept(record: &Record) -> Result<Kept, StoreError> {
    let draft = serde_json::from_slice(&record.value).map_err(|error| StoreError::Corrupt(error.to_string().into()))?;
    Ok(Kept { draft, revision: record.revision })
}
