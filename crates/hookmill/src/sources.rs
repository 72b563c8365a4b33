//! Which scenario files a list of paths means, and to which folder each of them belongs.

use anyhow::Context;
use run::id::{InvalidScenarioId, ScenarioId};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that lists a folder's connections.
pub(crate) const CONNECTIONS: &str = "connections.yaml";

/// Where scenarios are looked for when no path is given.
const DEFAULT_FOLDER: &str = "scenarios";

/// A file that holds a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// As the user wrote it, or below what the user wrote.
    pub(crate) file: PathBuf,
    /// The folder whose connections it uses, and in which its id and its webhook paths are its own.
    pub(crate) home: PathBuf,
}

impl Source {
    /// The scenario's id.
    pub(crate) fn id(&self) -> Result<ScenarioId, InvalidScenarioId> {
        self.stem().parse()
    }

    /// The file's name without its extension: the scenario's id, if it can be one.
    pub(crate) fn stem(&self) -> String {
        self.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The scenario's text.
    pub(crate) fn read(&self) -> anyhow::Result<String> {
        fs::read_to_string(&self.file).with_context(|| format!("cannot read {}", self.file.display()))
    }

    /// The file as shown to people.
    pub(crate) fn shown(&self) -> String {
        self.file.display().to_string()
    }
}

/// The scenarios that these paths mean, each once: files as they are, folders with everything below them. No path at
/// all means `scenarios`, or the working directory where there is no such folder.
pub(crate) fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let default = if Path::new(DEFAULT_FOLDER).is_dir() { DEFAULT_FOLDER } else { "." };
    let default = [PathBuf::from(default)];
    let paths = if paths.is_empty() { &default } else { paths };
    let mut homes = Homes { working: std::env::current_dir()?, known: HashMap::new() };
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    for path in paths {
        let folder = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.is_dir();
        let (root, files) =
            if folder { (path.as_path(), scenario_files(path)?) } else { (parent(path), vec![path.clone()]) };
        for file in files {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                sources.push(Source { home: homes.of(parent(&file), root), file });
            }
        }
    }
    Ok(sources)
}

/// The one scenario of this file.
pub(crate) fn file(path: &Path) -> anyhow::Result<Source> {
    anyhow::ensure!(!path.is_dir(), "{} is a folder; name one scenario in it", path.display());
    let mut found = find(&[path.to_owned()])?;
    found.pop().with_context(|| format!("cannot read {}", path.display()))
}

/// Every file below the folder that holds a scenario, by name: `*.yaml` and `*.yml`, but not connections, apps, tests,
/// or anything whose name begins with a dot.
pub(crate) fn scenario_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let (name, path) = (entry.file_name(), entry.path());
        // The entry's own type: a link to a folder is not followed, so that no circle is walked.
        let kind = entry.file_type().with_context(|| format!("cannot read {}", path.display()))?;
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            if name != "apps" {
                collect(&path, files)?;
            }
        } else if is_scenario(&name) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn is_scenario(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| !stem.ends_with(".test") && stem != "connections")
}

fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Finds the folders that scenarios belong to.
struct Homes {
    working: PathBuf,
    known: HashMap<PathBuf, PathBuf>,
}

impl Homes {
    /// The nearest folder with connections, from this one upwards; `root` where there is none.
    fn of(&mut self, folder: &Path, root: &Path) -> PathBuf {
        if let Some(home) = self.known.get(folder) {
            return home.clone();
        }
        let home = self.look_for(folder).unwrap_or_else(|| root.to_owned());
        self.known.insert(folder.to_owned(), home.clone());
        home
    }

    fn look_for(&self, folder: &Path) -> Option<PathBuf> {
        let absolute = fs::canonicalize(folder).ok()?;
        let home = absolute.ancestors().find(|above| above.join(CONNECTIONS).is_file())?;
        Some(home.strip_prefix(&self.working).map_or_else(|_| home.to_owned(), shown_relative))
    }
}

/// The working directory itself has no name to show but `.`.
fn shown_relative(path: &Path) -> PathBuf {
    if path == Path::new("") { PathBuf::from(".") } else { path.to_owned() }
}

#[cfg(test)]
mod tests;
