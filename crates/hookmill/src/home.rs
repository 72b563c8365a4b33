//! What a scenario's folder gives to it: its connections, its secrets and the scenarios beside it, and with them the catalogue it is
//! checked against.

mod apps;

use crate::sources::{self, CONNECTIONS, SECRETS, Source};
pub(crate) use apps::{APPS, AppProblem, files as app_files};
use modules::connections::Problem;
use modules::connections::kept::Kept;
use modules::{Apps, Connections, Secrets};
use scenario::catalog::{Callee, Catalog, Shelf};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How the names of layouts end.
pub(crate) const LAYOUT: &str = ".layout.json";

/// How the names of files end that tell what an import made of a scenario.
pub(crate) const IMPORTED: &str = ".imported.json";

/// A folder of scenarios, as far as it concerns each of them.
pub(crate) struct Home {
    /// The folder's connections; none of them where the file is wrong.
    pub(crate) connections: Arc<Connections>,
    /// The folder's secrets; none of them where the file is wrong.
    pub(crate) secrets: Arc<Secrets>,
    /// All modules, these connections and secrets and, where it was asked for them, the scenarios that can be called.
    pub(crate) catalog: Arc<Catalog>,
    /// The shipped apps and the folder's own.
    pub(crate) apps: Arc<Apps>,
    /// What is wrong with the folder's own apps; the others go on.
    pub(crate) app_problems: Vec<AppProblem>,
    /// What is wrong with the file of connections.
    pub(crate) connection_problems: Vec<Problem>,
    /// What is wrong with the file of secrets.
    pub(crate) secret_problems: Vec<Problem>,
}

/// The shipped apps and those of a folder, as far as these are sound.
pub(crate) fn apps_of(folder: &Path) -> Arc<Apps> {
    apps::open(folder).0
}

/// The file beside a scenario's that tells where its picture has its steps.
pub(crate) fn layout_of(scenario: &str) -> String {
    format!("{scenario}{LAYOUT}")
}

/// Whether a file is one that is kept beside a scenario, and not somebody's.
pub(crate) fn is_beside_a_scenario(file: &str) -> bool {
    file.ends_with(LAYOUT) || file.ends_with(IMPORTED)
}

impl Home {
    /// Reads the folder's connections and secrets. Where a file is wrong, it is not known which there are: their names
    /// are not checked.
    pub(crate) fn open(folder: &Path) -> Self {
        Self::open_with(folder, &Kept::default())
    }

    /// The same, with what people keep in the editor. A name that a file has is the file's.
    pub(crate) fn open_with(folder: &Path, kept: &Kept) -> Self {
        let (apps, app_problems) = apps::open(folder);
        let mut catalog = crate::language::catalog().with_shelf(Arc::clone(&apps) as Arc<dyn Shelf>);
        let connections = Connections::load_with(&folder.join(CONNECTIONS), &apps).map(|file| file.with_kept(kept));
        if let Ok(connections) = &connections {
            catalog = catalog.with_connections(connections.kinds());
        }
        let secrets = Secrets::load(&folder.join(SECRETS)).map(|file| file.with_kept(kept));
        if let Ok(secrets) = &secrets {
            catalog = catalog.with_secrets(secrets.names());
        }
        let (connections, connection_problems) = sound(connections, || Connections::of(&apps));
        let (secrets, secret_problems) = sound(secrets, Secrets::default);
        let catalog = Arc::new(catalog);
        Self { connections, secrets, catalog, apps, app_problems, connection_problems, secret_problems }
    }

    /// What is wrong with the folder's files, as it is told to people: nothing runs before it is mended.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let files = [(CONNECTIONS, &self.connection_problems), (SECRETS, &self.secret_problems)];
        let told = files.iter().flat_map(|(file, problems)| problems.iter().map(move |it| format!("{file}:{it}")));
        told.collect()
    }

    /// What is wrong with the folder's apps, as it is told to people.
    pub(crate) fn broken_apps(&self) -> impl Iterator<Item = String> {
        self.app_problems.iter().map(|problem| format!("{}:{}", problem.file, problem.finding))
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

/// What a file holds, and what is wrong with it.
fn sound<T>(read: Result<T, Vec<Problem>>, empty: impl FnOnce() -> T) -> (Arc<T>, Vec<Problem>) {
    match read {
        Ok(sound) => (Arc::new(sound), Vec::new()),
        Err(problems) => (Arc::new(empty()), problems),
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
