//! The files of apps: which are meant, and what they say together.

use anyhow::Context;
use modules::Apps;
use modules::app::Finding;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where apps are when nobody says.
const USUAL: [&str; 2] = ["scenarios/apps", "apps"];

/// The file of an app.
pub(super) struct AppFile {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl AppFile {
    /// The file of its cases.
    pub(super) fn cases(&self) -> PathBuf {
        self.path.with_file_name(format!("{}.cases.yaml", self.name))
    }

    /// The file as people write it.
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// The files that are meant: paths of files and folders, or names of apps in the usual folder.
pub(super) fn find(wanted: &[String]) -> anyhow::Result<Vec<AppFile>> {
    let usual = USUAL.iter().map(Path::new).find(|folder| folder.is_dir());
    if wanted.is_empty() {
        let folder = usual.context("there is no folder `scenarios/apps`; name the files that are meant")?;
        return in_folder(folder);
    }
    let mut files = Vec::new();
    for one in wanted {
        let path = PathBuf::from(one);
        let named = || usual.map(|folder| folder.join(format!("{one}.yaml"))).filter(|path| path.is_file());
        if path.is_dir() {
            files.extend(in_folder(&path)?);
        } else if path.is_file() {
            files.push(read(of_cases(&path).unwrap_or(path))?);
        } else {
            let path = named().with_context(|| format!("there is neither a file nor an app `{one}`"))?;
            files.push(read(path)?);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

/// All apps of a folder.
fn in_folder(folder: &Path) -> anyhow::Result<Vec<AppFile>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".yaml") && name.matches('.').count() == 1 {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().map(read).collect()
}

/// The app that a file of cases is of.
fn of_cases(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_suffix(".cases.yaml")?;
    Some(path.with_file_name(format!("{name}.yaml")))
}

fn read(path: PathBuf) -> anyhow::Result<AppFile> {
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    Ok(AppFile { name, path, text })
}

/// The shipped apps with these in the place of whatever has their names, and what is wrong with each.
pub(super) fn together(files: &[AppFile]) -> (Arc<Apps>, BTreeMap<String, Vec<Finding>>) {
    let mut apps = Apps::clone(&Apps::shipped());
    let mut found = BTreeMap::new();
    // What stands beside a file may define the connections that it uses.
    let beside = files.iter().filter_map(|file| file.path.parent()).next().map(in_folder);
    for file in beside.and_then(Result::ok).unwrap_or_default() {
        if let Ok(more) = apps.replacing(&file.name, &file.text) {
            apps = more;
        }
    }
    for file in files {
        match apps.replacing(&file.name, &file.text) {
            Ok(more) => apps = more,
            Err(findings) => drop(found.insert(file.name.clone(), findings)),
        }
    }
    (Arc::new(apps), found)
}
