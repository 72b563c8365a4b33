//! Bins: webhooks without a scenario, which keep everything that comes.

use run::id::Millis;
use run::tables::{Expected, StoreError, Tables};
use scenario::plan::problem_of_path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use triggers::webhook::pattern::{InvalidPattern, Pattern};
use triggers::webhook::routes::{Endpoint, Lookup, Routes};

/// The table of bins, by path.
const TABLE: &str = "bins";

/// How many are read at once.
const PAGE: usize = 500;

/// All bins.
pub(super) struct Bins {
    tables: Arc<dyn Tables>,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    bins: BTreeMap<Arc<str>, Bin>,
    routes: Option<Routes<Arc<str>>>,
}

/// A bin, as it is kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Bin {
    /// When it was made.
    pub(crate) at: Millis,
}

/// Why there is no such bin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoBin {
    /// The path is none.
    #[error("no webhook can have this path: {0}")]
    Invalid(String),
    /// There is one.
    #[error("there is a bin with this path already")]
    Exists,
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl fmt::Debug for Bins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bins").finish_non_exhaustive()
    }
}

impl Bins {
    /// Reads them. Blocks for the disk.
    pub(super) fn load(tables: Arc<dyn Tables>) -> Result<Self, StoreError> {
        let mut bins = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (path, record) in &page {
                let bin = serde_json::from_slice(&record.value).unwrap_or(Bin { at: 0 });
                bins.insert(Arc::from(path.as_str()), bin);
            }
            if page.len() < PAGE {
                break;
            }
            after = page.into_iter().next_back().map(|(path, _)| path);
        }
        let known = RwLock::new(Known::of(bins));
        Ok(Self { tables, known })
    }

    /// The path of the bin that a request means, by its path below `/hook/` as it came.
    pub(super) fn find(&self, path: &str) -> Option<Arc<str>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match known.routes.as_ref()?.lookup(path, "POST") {
            Lookup::Found(found) => Some(Arc::clone(found.target)),
            Lookup::MethodNotAllowed { .. } | Lookup::NotFound => None,
        }
    }

    /// Whether there is one with this path, as it was made.
    pub(super) fn has(&self, path: &str) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).bins.contains_key(path)
    }

    /// All of them, by path.
    pub(super) fn list(&self) -> BTreeMap<Arc<str>, Bin> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).bins.clone()
    }

    /// Makes one. Blocks for the disk.
    pub(super) fn make(&self, path: &str, at: Millis) -> Result<(), NoBin> {
        let path = path.trim_matches('/');
        if let Some(problem) = problem_of_path(path) {
            return Err(NoBin::Invalid(problem));
        }
        let _: Pattern = path.parse().map_err(|error: InvalidPattern| NoBin::Invalid(error.to_string()))?;
        let bin = Bin { at };
        let value = serde_json::to_vec(&bin).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        match self.tables.put(TABLE, path, &value, Expected::Absent) {
            Err(StoreError::Conflict) => return Err(NoBin::Exists),
            made => made?,
        };
        self.change(|bins| _ = bins.insert(path.into(), bin));
        Ok(())
    }

    /// Removes one; whether it was there. Blocks for the disk.
    pub(super) fn remove(&self, path: &str) -> Result<bool, StoreError> {
        let was_there = self.tables.delete(TABLE, path, Expected::Any)?;
        self.change(|bins| _ = bins.remove(path));
        Ok(was_there)
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<Arc<str>, Bin>)) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut bins = std::mem::take(&mut known.bins);
        change(&mut bins);
        *known = Known::of(bins);
    }
}

impl Known {
    fn of(bins: BTreeMap<Arc<str>, Bin>) -> Self {
        let endpoint = |path: &Arc<str>| {
            let pattern = path.parse().ok()?;
            Some(Endpoint { pattern, methods: Vec::new(), target: Arc::clone(path) })
        };
        let endpoints: Vec<_> = bins.keys().filter_map(endpoint).collect();
        let routes = (!endpoints.is_empty()).then(|| Routes::build(endpoints).0);
        Self { bins, routes }
    }
}
