//! Which scenario files a list of paths means, and to which folder each of them belongs.

use anyhow::Context;
use run::id::{InvalidScenarioId, ScenarioId};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// The file that lists a folder's connections.
pub(crate) const CONNECTIONS: &str = "connections.yaml";

/// The file that lists a folder's secrets.
pub(crate) const SECRETS: &str = "secrets.yaml";

/// Where scenarios are looked for when no path is given.
const DEFAULT_FOLDER: &str = "scenarios";

/// What the name of a file of tests has before its extension.
const TEST: &str = ".test";

/// What the names of YAML files end with; the first wins where both are there.
const EXTENSIONS: [&str; 2] = [".yaml", ".yml"];

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
        read(&self.file)
    }

    /// The file as shown to people.
    pub(crate) fn shown(&self) -> String {
        self.file.display().to_string()
    }

    /// The file of tests beside it: `NAME.test.yaml`, else `NAME.test.yml`.
    pub(crate) fn tests(&self) -> Option<PathBuf> {
        let files = EXTENSIONS.map(|extension| self.file.with_file_name(format!("{}.test{extension}", self.stem())));
        files.into_iter().find(|file| file.is_file())
    }
}

/// The scenarios that these paths mean, each once: files as they are, folders with everything below them. A file of
/// tests means its scenario. No path at all means `scenarios`, or the working directory where there is no such folder.
pub(crate) fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let paths = or_default(paths);
    let mut homes = Homes { working: std::env::current_dir()?, known: HashMap::new() };
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    for path in &*paths {
        let folder = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.is_dir();
        let (root, files) =
            if folder { (path.as_path(), scenario_files(path)?) } else { (parent(path), vec![scenario_of(path)?]) };
        for file in files {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                sources.push(Source { home: homes.of(parent(&file), root), file });
            }
        }
    }
    Ok(sources)
}

/// The text of this file.
pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Files of tests below these folders whose scenarios are not there.
pub(crate) fn orphans(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut orphans = Vec::new();
    for path in or_default(paths).iter().filter(|path| path.is_dir()) {
        let files = files_below(path, is_test)?;
        orphans.extend(files.into_iter().filter(|file| scenario_of(file).is_err()));
    }
    Ok(orphans)
}

/// The name of the scenario whose tests this file would hold; none where it is no file of tests.
pub(crate) fn tested_by(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_string_lossy();
    stem_of(&name)?.strip_suffix(TEST).map(str::to_owned)
}

/// The scenario of a file of tests; any other file is its own.
fn scenario_of(file: &Path) -> anyhow::Result<PathBuf> {
    let Some(name) = tested_by(file) else { return Ok(file.to_owned()) };
    let mut files = EXTENSIONS.iter().map(|extension| file.with_file_name(format!("{name}{extension}")));
    let found = files.find(|file| file.is_file());
    found.with_context(|| format!("there is no scenario `{name}` beside {}", file.display()))
}

fn or_default(paths: &[PathBuf]) -> Cow<'_, [PathBuf]> {
    let default = if Path::new(DEFAULT_FOLDER).is_dir() { DEFAULT_FOLDER } else { "." };
    if paths.is_empty() { vec![PathBuf::from(default)].into() } else { paths.into() }
}

/// The one scenario of this file.
pub(crate) fn file(path: &Path) -> anyhow::Result<Source> {
    anyhow::ensure!(!path.is_dir(), "{} is a folder; name one scenario in it", path.display());
    let mut found = find(&[path.to_owned()])?;
    found.pop().with_context(|| format!("cannot read {}", path.display()))
}

/// Every file below the folder that holds a scenario, by name: `*.yaml` and `*.yml`, but not connections, secrets, apps, tests,
/// or anything whose name begins with a dot.
pub(crate) fn scenario_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    files_below(folder, is_scenario)
}

/// The scenarios that lie in this folder itself, by id. Of two with one name, the first by extension.
pub(crate) fn beside(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    // A folder that cannot be read has none to offer.
    let mut names: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let name = name.to_string_lossy();
        if is_scenario(&name) && !name.starts_with('.') {
            let stem = stem_of(&name).unwrap_or_default();
            found.entry(stem.to_owned()).or_insert_with(|| folder.join(&*name));
        }
    }
    found
}

fn files_below(folder: &Path, wanted: fn(&str) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, wanted, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, wanted: fn(&str) -> bool, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let (name, path) = (entry.file_name(), entry.path());
        // The entry's own type: a link to a folder is not followed, so that no circle is walked.
        let kind = entry.file_type().with_context(|| format!("cannot read {}", path.display()))?;
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            if name != "apps" {
                collect(&path, wanted, files)?;
            }
        } else if wanted(&name) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn is_scenario(name: &str) -> bool {
    stem_of(name).is_some_and(|stem| !stem.ends_with(TEST) && !matches!(stem, "connections" | "secrets"))
}

fn is_test(name: &str) -> bool {
    stem_of(name).is_some_and(|stem| stem.ends_with(TEST))
}

fn stem_of(name: &str) -> Option<&str> {
    EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension))
}

/// The folder of a file.
pub(crate) fn parent(file: &Path) -> &Path {
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
    /// The nearest folder with connections or secrets, from this one upwards; `root` where there is none.
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
        let home =
            absolute.ancestors().find(|above| [CONNECTIONS, SECRETS].iter().any(|file| above.join(file).is_file()))?;
        Some(home.strip_prefix(&self.working).map_or_else(|_| home.to_owned(), shown_relative))
    }
}

/// The working directory itself has no name to show but `.`.
fn shown_relative(path: &Path) -> PathBuf {
    if path == Path::new("") { PathBuf::from(".") } else { path.to_owned() }
}

#[cfg(test)]
mod tests;
