//! Where imported scenarios come to lie: a file each, and beside it where the steps stood.

use crate::home;
use anyhow::Context;
use blueprint::{Imported, Position};
use serde_json::{Map, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The folder that scenarios are written to, and the names that are taken there.
pub(super) struct Keeping {
    folder: PathBuf,
    dry_run: bool,
    taken: BTreeSet<String>,
}

impl Keeping {
    /// In this folder, which is made if anything is to be written.
    pub(super) fn new(folder: PathBuf, dry_run: bool) -> anyhow::Result<Self> {
        if !dry_run {
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(Self { folder, dry_run, taken: BTreeSet::new() })
    }

    /// Writes a scenario under a name that no file has, if anything is to be written.
    pub(super) fn keep(&mut self, one: &Imported) -> anyhow::Result<Option<PathBuf>> {
        let names = std::iter::once(one.id.clone()).chain((2..).map(|number| format!("{}-{number}", one.id)));
        for name in names {
            let path = self.folder.join(format!("{name}.yaml"));
            if self.taken.contains(&name) || path.exists() {
                continue;
            }
            self.taken.insert(name.clone());
            if self.dry_run {
                return Ok(None);
            }
            let problem = || format!("cannot write {}", path.display());
            match File::create_new(&path) {
                Ok(mut file) => file.write_all(one.yaml.as_bytes()).with_context(problem)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error).with_context(problem),
            }
            self.place(&name, &one.positions)?;
            return Ok(Some(path));
        }
        Ok(None)
    }

    /// Writes where the steps stood, for the editor. A layout that is there already is somebody's.
    fn place(&self, name: &str, positions: &[Position]) -> anyhow::Result<()> {
        let path = self.folder.join(home::layout_of(name));
        if positions.is_empty() || path.exists() {
            return Ok(());
        }
        let places = positions.iter().map(|it| (it.step.clone(), json!({ "x": it.x, "y": it.y })));
        let layout = json!({ "positions": places.collect::<Map<_, _>>(), "notes": [] });
        fs::write(&path, format!("{layout:#}\n")).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Where they come to lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}
