//! What imported scenarios need beside them: connections and secrets by their names. Those that are there stay as they are.

use crate::sources::{CONNECTIONS, SECRETS};
use anyhow::Context;
use blueprint::Report;
use blueprint::report::Question;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// What stands above a new list of connections.
const ABOUT_CONNECTIONS: &str = "# With `sandbox: true`, calls are built, recorded and shown, but not sent. To make a \
                                 connection real, take that line\n# out and give it its credential.\n";

/// What stands above a new list of secrets.
const ABOUT_SECRETS: &str = "# The values are in the environment of the server, in variables of these names.\n";

/// Adds the connections and secrets that are not there yet.
pub(super) fn complete<'r>(folder: &Path, reports: impl Iterator<Item = &'r Report>) -> anyhow::Result<()> {
    let mut connections: BTreeMap<&str, String> = BTreeMap::new();
    let mut secrets: BTreeMap<&str, String> = BTreeMap::new();
    for report in reports {
        for secret in &report.secrets {
            let variable = secret.to_uppercase().replace('-', "_");
            secrets.insert(secret, format!("{secret}: {{ env: {variable} }}\n"));
        }
        for question in &report.connections {
            let Some(kind) = question.types.first() else { continue };
            let text = connections.entry(&question.name).or_insert_with(|| entry(question, kind));
            if let Some(was) = question.was.as_deref().filter(|_| !text.starts_with('#')) {
                let was: String = was.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                *text = format!("# before: {was}\n{text}");
            }
        }
    }
    add(&folder.join(CONNECTIONS), ABOUT_CONNECTIONS, &connections)?;
    add(&folder.join(SECRETS), ABOUT_SECRETS, &secrets)
}

/// A connection, with what is known of it. JSON is YAML.
fn entry(question: &Question, kind: &str) -> String {
    let settings = question.settings.iter().map(|(key, value)| format!("  {key}: {value}\n"));
    format!("{}:\n  type: {kind}\n{}  sandbox: true\n", question.name, settings.collect::<String>())
}

/// Adds the entries that a file does not have.
fn add(file: &Path, about: &str, entries: &BTreeMap<&str, String>) -> anyhow::Result<()> {
    let before = match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    let known = before.as_deref().map(scenario::value).and_then(Result::ok).unwrap_or_default();
    let mut added = String::new();
    for (_, text) in entries.iter().filter(|(name, _)| known.get(**name).is_none()) {
        let _ = write!(added, "\n{text}");
    }
    if added.is_empty() {
        return Ok(());
    }
    let text = match &before {
        None => format!("{about}{added}"),
        Some(text) if text.is_empty() || text.ends_with('\n') => added,
        Some(_) => format!("\n{added}"),
    };
    let mut file_to = OpenOptions::new().create(true).append(true).open(file)?;
    file_to.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}
