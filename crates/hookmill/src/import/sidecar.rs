//! What is kept beside an imported scenario: the text that the import made. When the file has changed and is imported
//! again, it tells what somebody has edited since, and what the file says now that it did not say then.

use crate::home::IMPORTED;
use anyhow::Context;
use blueprint::{Imported, Kind};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Sidecar {
    /// Whose the file was.
    kind: Kind,
    /// What its scenario is called there, as an id.
    id: String,
    /// The file that it came from.
    from: String,
    /// The text that the import made.
    pub(super) text: String,
}

/// A scenario that was imported before.
pub(super) struct Earlier {
    /// Its name, without `.yaml`.
    pub(super) name: String,
    pub(super) sidecar: Sidecar,
}

impl Sidecar {
    pub(super) fn of(one: &Imported, from: &str) -> Self {
        Self { kind: one.kind, id: one.id.clone(), from: last_part(from), text: one.yaml.clone() }
    }

    /// Keeps it beside a scenario.
    pub(super) fn write(&self, folder: &Path, name: &str) -> anyhow::Result<()> {
        let path = path(folder, name);
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&path, format!("{text}\n")).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whether this is what the scenario of a file was made of.
    fn is_of(&self, one: &Imported) -> bool {
        self.kind == one.kind && self.id == one.id
    }
}

/// Everything that was imported into a folder, by the names of the scenarios; what cannot be read is left out.
pub(super) fn all(folder: &Path) -> Vec<Earlier> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<Earlier> = entries
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.strip_suffix(IMPORTED)?.to_owned();
            let sidecar = serde_json::from_str(&fs::read_to_string(entry.path()).ok()?).ok()?;
            folder.join(format!("{name}.yaml")).is_file().then_some(Earlier { name, sidecar })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The scenario that was made of the same one before: of several, that of a file of this name.
pub(super) fn earlier<'e>(all: &'e [Earlier], one: &Imported, from: &str) -> Option<&'e Earlier> {
    let from = last_part(from);
    let fits = || all.iter().filter(|it| it.sidecar.is_of(one));
    fits().find(|it| it.sidecar.from == from).or_else(|| fits().next())
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{IMPORTED}"))
}

/// The file's own name: where it lies on somebody's machine is nobody else's business.
fn last_part(from: &str) -> String {
    from.rsplit(['/', '\\']).next().unwrap_or(from).to_owned()
}
