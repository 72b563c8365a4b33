//! Other people's files become scenarios that a person would have written, with a report of what became of every
//! module. Pure: bytes come in, text goes out, and nothing here knows that anything ever runs.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read their cases from files"))]

pub mod counterparts;
pub mod draft;
pub mod export;
pub mod ids;
pub mod ours;
pub mod page;
pub mod picture;
pub mod recognise;
pub mod report;
pub mod settle;
pub mod tidy;
pub mod write;

mod credentials;
mod hosts;
mod ledger;
mod mail;
mod make;
mod n8n;
mod node_red;
mod notes;
mod paths;
mod places;
mod read;
#[cfg(test)]
mod tests;
mod zapier;

pub use counterparts::{Counterpart, Counterparts, Ours};
pub use paths::Paths;
pub use recognise::Kind;
pub use report::Report;

use picture::Picture;
use serde::Serialize;
use settle::Translated;

/// The largest file that is read, in bytes.
pub const MAX_FILE: usize = 32 << 20;

/// The most values that a file may hold: maps, lists, and what is in them.
pub const MAX_VALUES: usize = 1_000_000;

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
    /// What it looked like before, coloured by what became of each module.
    #[serde(skip)]
    pub theirs: Picture,
}

/// Where a step stood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Position {
    /// The step's id, else its path in the text, as the editor's layouts name steps.
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
    #[error("the file has more than {MAX_FILE} bytes")]
    TooLarge,
    /// It holds more values than anything people export.
    #[error("the file holds more than {MAX_VALUES} values")]
    TooManyValues,
    /// It is no JSON.
    #[error("the file is no JSON: {0}")]
    NotJson(Broken),
    /// It is JSON of something else.
    #[error("the file is neither a blueprint of Make, nor a workflow of n8n, Zapier or Node-RED")]
    NobodysFile,
    /// It is somebody's, but not as they make them.
    #[error("{0}")]
    Unsound(String),
    /// Nobody draws this many.
    #[error("the scenario has more than {MAX_MODULES} modules")]
    TooManyModules,
    /// What it becomes is longer than scenarios may be.
    #[error("the scenario becomes longer than {} bytes", scenario::MAX_TEXT)]
    TooLong,
}

/// What is wrong with a text that should be JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Broken {
    reason: String,
    /// The line, from 1; 0 where there is no text.
    line: usize,
    /// The column, from 1.
    column: usize,
}

impl ImportError {
    /// A stable name, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::TooManyValues => "too_large",
            Self::NotJson(_) => "not_json",
            Self::NobodysFile => "nobodys_file",
            Self::Unsound(_) => "unsound",
            Self::TooManyModules => "too_many_modules",
            Self::TooLong => "too_long",
        }
    }

    /// The line and the column at which the file is wrong, where it is one place.
    pub fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::NotJson(Broken { line, column, .. }) if *line > 0 => Some((*line, *column)),
            _ => None,
        }
    }

    /// What to try.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::TooManyValues => "export fewer scenarios at a time",
            Self::NotJson(_) => "export it again, and take the file as it is: nothing may be missing at its end",
            Self::NobodysFile => {
                "export the scenario itself: a list of runs, a backup of settings or a template is none"
            }
            Self::Unsound(_) => "export it again with a current version, and do not change the file",
            Self::TooManyModules | Self::TooLong => {
                "take it apart into scenarios that call each other, and export those"
            }
        }
    }
}

/// The scenarios of a file of somebody's own. `name` is the file's, for where the file has none inside.
pub fn import(name: &str, bytes: &[u8], known: &Counterparts) -> Result<Vec<Imported>, ImportError> {
    import_with(name, bytes, known, Paths::default())
}

/// The scenarios of a file, as [`import`] has them, with the paths of webhooks that are wanted.
pub fn import_with(name: &str, bytes: &[u8], known: &Counterparts, paths: Paths) -> Result<Vec<Imported>, ImportError> {
    if bytes.len() > MAX_FILE {
        return Err(ImportError::TooLarge);
    }
    let file = read::json(bytes)?;
    let found = recognise::recognise(&file);
    if found.is_empty() {
        return Err(ImportError::NobodysFile);
    }
    let stem = stem(name);
    let made: Result<Vec<Vec<Imported>>, ImportError> =
        found.into_iter().map(|found| one(stem, found, known, paths)).collect();
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
    if bytes.len() > MAX_FILE {
        return Vec::new();
    }
    let Ok(file) = read::json(bytes) else { return Vec::new() };
    let found = recognise::recognise(&file).into_iter().filter(|found| found.kind == Kind::N8n);
    found.filter_map(|found| n8n::callable(stem(name), found.content)).collect()
}

fn one(
    stem: &str,
    found: recognise::Found<'_>,
    known: &Counterparts,
    paths: Paths,
) -> Result<Vec<Imported>, ImportError> {
    let translated: Vec<Translated> = match found.kind {
        Kind::Make => vec![make::translate(stem, found.content, known)?],
        Kind::N8n => n8n::translate(stem, found.content, known)?,
        Kind::Zapier => zapier::translate(stem, found.content, known)?,
        Kind::NodeRed => node_red::translate(stem, found.content, known)?,
    };
    let settled = paths::settled(translated, paths).into_iter().map(|translated| {
        let translated = credentials::take_out(translated);
        let settled = settle::settle(stem, found.kind, translated, known)?;
        let settled = if found.kind == Kind::Make { export::back(settled, found.content, known) } else { settled };
        Ok(Imported { theirs: picture::theirs(found.kind, found.content, &settled.report), ..settled })
    });
    settled.collect()
}
