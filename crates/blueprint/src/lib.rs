//! Other people's files become scenarios that a person would have written, with a report of what became of every
//! module. Pure: bytes come in, text goes out, and nothing here knows that anything ever runs.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read their cases from files"))]

pub mod counterparts;
pub mod draft;
pub mod ids;
pub mod ours;
pub mod recognise;
pub mod report;
pub mod settle;
pub mod tidy;
pub mod write;

mod ledger;
mod make;
mod n8n;
mod node_red;
mod notes;
#[cfg(test)]
mod tests;
mod zapier;

pub use counterparts::{Counterpart, Counterparts, Ours};
pub use recognise::Kind;
pub use report::Report;

use serde::Serialize;
use serde_json::Value;
use settle::Translated;

/// The largest file that is read, in bytes.
pub const MAX_FILE: usize = 32 << 20;

/// How many modules one scenario may have.
pub const MAX_MODULES: usize = 5_000;

/// A scenario made of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    /// What its file may be called, without `.yaml`.
    pub id: String,
    /// Whose it was.
    pub kind: Kind,
    /// Its text.
    pub yaml: String,
    /// Where its steps stood on the canvas.
    pub positions: Vec<Position>,
    /// What became of every module.
    pub report: Report,
}

/// Where a step stood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Position {
    /// The step's id.
    pub step: String,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// Why there is nothing to import.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is longer than anything people export.
    #[error("the file has {0} bytes, and at most {MAX_FILE} are read")]
    TooLarge(usize),
    /// It is no JSON.
    #[error("the file is no JSON: {0}")]
    NotJson(String),
    /// It is JSON of something else.
    #[error("the file is neither a blueprint of Make, nor a workflow of n8n, Zapier or Node-RED")]
    NobodysFile,
    /// It is somebody's, but not as they make them.
    #[error("{0}")]
    Unsound(String),
    /// Nobody draws this many.
    #[error("the scenario has more than {MAX_MODULES} modules")]
    TooManyModules,
}

/// The scenarios of a file. `name` is the file's, for where the file has none inside.
pub fn import(name: &str, bytes: &[u8], known: &Counterparts) -> Result<Vec<Imported>, ImportError> {
    if bytes.len() > MAX_FILE {
        return Err(ImportError::TooLarge(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: Value = serde_json::from_slice(bytes).map_err(|error| ImportError::NotJson(error.to_string()))?;
    let found = recognise::recognise(&file);
    if found.is_empty() {
        return Err(ImportError::NobodysFile);
    }
    let stem = stem(name);
    let made: Result<Vec<Vec<Imported>>, ImportError> =
        found.into_iter().map(|found| one(stem, found, known)).collect();
    Ok(made?.into_iter().flatten().collect())
}

/// A file's name without its folders and its ending.
fn stem(name: &str) -> &str {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    stem.strip_suffix(".json").unwrap_or(stem)
}

/// The scenarios of a file that others call: what other files know them by, and their ids here. For
/// [`Counterparts::workflows`], where several files are imported together.
pub fn callable(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let Ok(file) = serde_json::from_slice::<Value>(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) else {
        return Vec::new();
    };
    let found = recognise::recognise(&file).into_iter().filter(|found| found.kind == Kind::N8n);
    found.filter_map(|found| n8n::callable(stem(name), found.content)).collect()
}

fn one(stem: &str, found: recognise::Found<'_>, known: &Counterparts) -> Result<Vec<Imported>, ImportError> {
    let translated: Vec<Translated> = match found.kind {
        Kind::Make => vec![make::translate(stem, found.content, known)?],
        Kind::N8n => n8n::translate(stem, found.content, known)?,
        Kind::Zapier => zapier::translate(stem, found.content, known)?,
        Kind::NodeRed => node_red::translate(stem, found.content, known)?,
    };
    let settled = translated.into_iter().map(|translated| settle::settle(stem, found.kind, translated, known));
    Ok(settled.collect())
}
