//! What a scenario's folder gives to it: its connections and the scenarios beside it, and with them the catalogue it is
//! checked against.

use crate::sources::{self, CONNECTIONS, Source};
use modules::Connections;
use modules::connections::Problem;
use scenario::catalog::{Callee, Catalog};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of scenarios, as far as it concerns each of them.
pub(crate) struct Home {
    /// The folder's connections; none of them where the file is wrong.
    pub(crate) connections: Arc<Connections>,
    /// All modules, these connections and, where it was asked for them, the scenarios that can be called.
    pub(crate) catalog: Arc<Catalog>,
    /// What is wrong with the file of connections.
    pub(crate) problems: Vec<Problem>,
}

impl Home {
    /// Reads the folder's connections.
    pub(crate) fn open(folder: &Path) -> Self {
        let catalog = Catalog::new(modules::specs());
        match Connections::load(&folder.join(CONNECTIONS)) {
            Ok(connections) => Self {
                catalog: Arc::new(catalog.with_connections(connections.kinds())),
                connections: Arc::new(connections),
                problems: Vec::new(),
            },
            // Which connections there are is not known now: their names are not checked.
            Err(problems) => Self { catalog: Arc::new(catalog), connections: Arc::new(Connections::empty()), problems },
        }
    }

    /// The home of every source, each read once, with the scenarios that sources of it can call.
    pub(crate) fn all(sources: &[Source]) -> BTreeMap<PathBuf, Self> {
        let mut of_home: BTreeMap<&Path, Vec<&Source>> = BTreeMap::new();
        for source in sources {
            of_home.entry(&source.home).or_default().push(source);
        }
        let with_scenarios = |(folder, sources): (&Path, Vec<&Source>)| {
            let home = Self::open(folder);
            let callees = callees(folder, &sources);
            let catalog = Arc::unwrap_or_clone(home.catalog).with_scenarios(callees);
            (folder.to_owned(), Self { catalog: Arc::new(catalog), ..home })
        };
        of_home.into_iter().map(with_scenarios).collect()
    }
}

/// What can be called from these scenarios: they themselves, and those beside them.
fn callees(folder: &Path, sources: &[&Source]) -> BTreeMap<String, Callee> {
    let mut callees = BTreeMap::new();
    let mut calls = false;
    for source in sources {
        // One that cannot be read is reported where it is checked.
        let text = source.read().unwrap_or_default();
        calls |= mentions_call(&text);
        callees.insert(source.stem(), Callee::of(&text));
    }
    if calls {
        let folders: BTreeSet<&Path> = sources.iter().map(|source| sources::parent(&source.file)).collect();
        for folder in folders.into_iter().chain([folder]) {
            for (name, file) in sources::beside(folder) {
                callees.entry(name).or_insert_with(|| Callee::of(&sources::read(&file).unwrap_or_default()));
            }
        }
    }
    callees
}

/// Whether the text may have a `call` in it; one that has none says nothing of other scenarios.
pub(crate) fn mentions_call(text: &str) -> bool {
    text.contains("call")
}
