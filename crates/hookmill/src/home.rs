//! What a scenario's folder gives to it: its connections, and with them the catalogue it is checked against.

use crate::sources::{CONNECTIONS, Source};
use modules::Connections;
use modules::connections::Problem;
use scenario::catalog::Catalog;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of scenarios, as far as it concerns each of them.
pub(crate) struct Home {
    /// The folder's connections; none of them where the file is wrong.
    pub(crate) connections: Arc<Connections>,
    /// All modules and these connections.
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

    /// The home of every source, each read once.
    pub(crate) fn all(sources: &[Source]) -> BTreeMap<PathBuf, Self> {
        let mut homes = BTreeMap::new();
        for source in sources {
            homes.entry(source.home.clone()).or_insert_with(|| Self::open(&source.home));
        }
        homes
    }
}
