//! The files of a watched folder: which of them hold scenarios, how they are read while others write them, and how a new
//! text takes an old one's place.

use crate::home::{IMPORTED, is_beside_a_scenario, layout_of};
use anyhow::Context;
use run::id::ScenarioId;
use server::library::Entry;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// The largest file that is read, in bytes: enough to say of a text that it is too long.
const LARGEST: u64 = 16 << 20;

/// How they end while they are written.
const NEW_LAYOUT: &str = ".layout.yaml.new";

/// A scenario's file.
pub(super) struct Found {
    pub(super) name: String,
    /// None where it cannot be read at the moment.
    pub(super) text: Option<String>,
}

impl Found {
    /// The file of a scenario that may be about to come back, as it was.
    pub(super) fn still_there(entry: &Entry) -> Self {
        Self { name: entry.file.clone(), text: Some(entry.text.to_string()) }
    }
}

/// The scenarios of a folder: `*.yaml` (else `*.yml`) other than `connections.yaml`, `secrets.yaml` and `*.test.yaml`.
pub(super) fn read(path: &Path) -> anyhow::Result<BTreeMap<ScenarioId, Found>> {
    let folder = fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
    let mut names = Vec::new();
    for file in folder {
        names.extend(file?.file_name().to_str().map(str::to_owned));
    }
    // `a.yaml` comes before `a.yml`.
    names.sort();
    let mut files = BTreeMap::new();
    for name in names {
        let Some(stem) = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) else { continue };
        let id = stem.parse::<ScenarioId>().ok().filter(|id| reserved(id).is_none());
        match id {
            Some(id) if files.contains_key(&id) => tracing::warn!(file = name, "another file has this scenario's name"),
            Some(id) => drop(files.insert(id, Found { text: text_or_warning(&path.join(&name)), name })),
            None if matches!(stem, "connections" | "secrets") || stem.ends_with(".test") => {}
            None => tracing::warn!(file = name, "the file's name cannot name a scenario; it is left out"),
        }
    }
    Ok(files)
}

/// Why the folder takes no scenario of this name: its file would be another thing.
pub(super) fn reserved(id: &ScenarioId) -> Option<&'static str> {
    match id.as_str() {
        "connections" => Some("this file holds the connections"),
        "secrets" => Some("this file names the secrets"),
        name if name.ends_with(".test") => Some("files of this ending hold tests"),
        _ => None,
    }
}

/// The file beside a scenario's that tells where its picture has its steps.
pub(super) fn layout(id: &ScenarioId) -> String {
    layout_of(id.as_str())
}

/// The file beside a scenario's that tells what an import made of it.
pub(super) fn imported(id: &ScenarioId) -> String {
    format!("{id}{IMPORTED}")
}

/// Whether a change of this file means nothing to those who run scenarios: it is a layout, or is about to be one, or tells
/// of an import.
pub(super) fn is_layout(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    is_beside_a_scenario(name) || name.ends_with(NEW_LAYOUT)
}

/// The text of a file. One that is no file is not opened: to read a pipe may take for ever.
pub(super) fn text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    Ok(text)
}

/// Puts a text in the place of a file, which is whole before and after, and on disk once this is back. Where a link
/// leads to the file, the link stays; who may read it stays the same.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = path.with_extension("yaml.new");
    let written = write(&new, &path, text).and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        // What is left of it would only take room.
        let _ = fs::remove_file(&new);
    }
    written?;
    sync_folder(&path)
}

/// Removes a file for good.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync_folder(path)
}

fn write(new: &Path, old: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(new)?;
    if let Ok(old) = fs::metadata(old) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Names are on disk once their folder is.
fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(crate::sources::parent(file))?.sync_all()
}

fn text_or_warning(path: &Path) -> Option<String> {
    let text = text(path);
    if let Err(error) = &text {
        tracing::warn!(file = %path.display(), %error, "the file cannot be read");
    }
    text.ok()
}
