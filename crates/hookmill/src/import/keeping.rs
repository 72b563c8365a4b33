//! Where imported scenarios come to lie: a file each, beside it where the steps stood, and what the import made of the
//! file. A scenario that was imported before is brought up to date without losing what somebody has edited.

use super::sidecar::{self, Earlier, Sidecar};
use super::{Kept, Updated};
use crate::folder::switch::switched;
use crate::home;
use anyhow::Context;
use blueprint::{Imported, Position};
use scenario::changes::changes;
use scenario::merge::{Merged, Wins, merge};
use serde_json::{Map, Value, json};
use server::library::Switch;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The folder that scenarios are written to, and the names that are taken there.
pub(super) struct Keeping {
    folder: PathBuf,
    writing: Writing,
    begins: Begins,
    taken: BTreeSet<String>,
    /// What was imported before, where that is to be brought up to date.
    earlier: Vec<Earlier>,
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// It is.
    Real,
    /// It is told what would be.
    Tried,
}

/// How a new scenario begins: what others have written answers no caller and asks nobody before somebody has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// Its triggers start nothing.
    SwitchedOff,
    /// As its file says.
    AsItIs,
}

/// What becomes of scenarios that were imported before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// They stay, and others come beside them.
    Beside,
    /// They are brought up to date.
    Update,
}

impl Keeping {
    /// In this folder, which is made if anything is to be written.
    pub(super) fn new(folder: PathBuf, writing: Writing, begins: Begins, again: Again) -> anyhow::Result<Self> {
        if writing == Writing::Real {
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let earlier = if again == Again::Update { sidecar::all(&folder) } else { Vec::new() };
        Ok(Self { folder, writing, begins, taken: BTreeSet::new(), earlier })
    }

    /// Brings a scenario up to date that was made of the same file before, else writes a new one.
    pub(super) fn keep(&mut self, one: Imported, file: &str) -> anyhow::Result<Result<Kept, String>> {
        match sidecar::earlier(&self.earlier, &one, file) {
            Some(earlier) if !self.taken.contains(&earlier.name) => {
                let name = earlier.name.clone();
                // What was switched off by the import is so on both sides: whether it runs is told by who edits it.
                let begins = if is_off(&earlier.sidecar.text) { Begins::SwitchedOff } else { Begins::AsItIs };
                let one = match begun(one, begins) {
                    Ok(one) => one,
                    Err(reason) => return Ok(Err(reason)),
                };
                let updated = self.update(&name, &earlier.sidecar.text, &one, file)?;
                self.taken.insert(name.clone());
                let written = Some(self.folder.join(format!("{name}.yaml")));
                Ok(updated.map(|updated| Kept { one, written, updated: Some(updated) }))
            }
            _ => {
                let one = match begun(one, self.begins) {
                    Ok(one) => one,
                    Err(reason) => return Ok(Err(reason)),
                };
                let written = self.add(&one, file)?;
                Ok(Ok(Kept { one, written, updated: None }))
            }
        }
    }

    /// Writes a scenario under a name that no file has, if anything is to be written.
    fn add(&mut self, one: &Imported, file: &str) -> anyhow::Result<Option<PathBuf>> {
        let names = std::iter::once(one.id.clone()).chain((2..).map(|number| format!("{}-{number}", one.id)));
        for name in names {
            let path = self.path(&name);
            if self.taken.contains(&name) || path.exists() || matches!(name.as_str(), "connections" | "secrets") {
                continue;
            }
            self.taken.insert(name.clone());
            if self.writing == Writing::Tried {
                return Ok(None);
            }
            let problem = || format!("cannot write {}", path.display());
            match File::create_new(&path) {
                Ok(mut file) => file.write_all(one.yaml.as_bytes()).with_context(problem)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error).with_context(problem),
            }
            self.place(&name, &one.positions)?;
            Sidecar::of(one, file).write(&self.folder, &name)?;
            return Ok(Some(path));
        }
        Ok(None)
    }

    /// Brings what the file says now into the scenario's text. Why that cannot be is a matter of this file alone.
    fn update(&self, name: &str, base: &str, one: &Imported, file: &str) -> anyhow::Result<Result<Updated, String>> {
        let path = self.path(name);
        let ours = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let Merged { text, conflicts } = match merge(base, &ours, &one.yaml, Wins::Ours) {
            Ok(merged) => merged,
            Err(reason) => return Ok(Err(format!("{} cannot be brought up to date: {reason}", path.display()))),
        };
        let changes = changes(&ours, &text).unwrap_or_default();
        if self.writing == Writing::Real {
            if text != ours {
                replace(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
            }
            self.place(name, &one.positions)?;
            Sidecar::of(one, file).write(&self.folder, name)?;
        }
        Ok(Ok(Updated { changes, conflicts }))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.yaml"))
    }

    /// Writes where the steps stood, for the editor. Steps that have a place already stay where somebody put them.
    fn place(&self, name: &str, positions: &[Position]) -> anyhow::Result<()> {
        let path = self.folder.join(home::layout_of(name));
        if positions.is_empty() {
            return Ok(());
        }
        let before = fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let mut layout = before.unwrap_or_else(|| json!({ "positions": {}, "notes": [] }));
        let Some(places) = layout["positions"].as_object_mut() else { return Ok(()) };
        let new: Map<String, Value> =
            positions.iter().map(|it| (it.step.clone(), json!({ "x": it.x, "y": it.y }))).collect();
        for (step, place) in new {
            places.entry(step).or_insert(place);
        }
        fs::write(&path, format!("{layout:#}\n")).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Where they come to lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The scenario as it begins; the reason where its text is such that it cannot be switched off.
fn begun(one: Imported, begins: Begins) -> Result<Imported, String> {
    if begins == Begins::AsItIs {
        return Ok(one);
    }
    let yaml = switched(&one.yaml, Switch::Off);
    if is_off(&yaml) {
        Ok(Imported { yaml, ..one })
    } else {
        Err("its text cannot be switched off: read it, and import it with `--enable`".to_owned())
    }
}

fn is_off(text: &str) -> bool {
    scenario::value(text).is_ok_and(|value| value["enabled"] == false)
}

/// Puts a text in the place of a file, which is whole before and after.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("yaml.new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path))
}
