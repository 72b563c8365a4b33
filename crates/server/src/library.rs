//! The scenarios as texts, wherever they are kept: what the API shows and changes.

use run::id::{Millis, ScenarioId};
use scenario::catalog::Catalog;
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, Version};
use std::fmt;
use std::sync::Arc;
use triggers::poll::Standing;

/// A scenario's text and what has become of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub id: ScenarioId,
    /// The file it is kept in, relative to the folder.
    pub file: String,
    /// The text as it is now, valid or not.
    pub text: Arc<str>,
    /// The version of that text.
    pub version: Version,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// The plan that takes runs: of this text, or of the last good one while this one is broken.
    pub plan: Option<Arc<Plan>>,
    /// The webhook paths below `/hook/` on which it is called, in the order of its triggers; made-up ones included.
    pub hooks: Vec<String>,
    /// What stands before the `@` of its mailhooks' addresses, in the order of its triggers; made-up ones included.
    pub addresses: Vec<String>,
    /// When each of its schedules is due next, in the order of its triggers.
    pub next: Vec<Option<Millis>>,
    /// How each of its polls stands, in the order of its triggers.
    pub polls: Vec<Standing>,
}

/// Why a scenario was not changed.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// There is no such scenario.
    #[error("there is no scenario `{0}`")]
    Unknown(ScenarioId),
    /// There is one already.
    #[error("there is a scenario `{0}` already")]
    Exists(ScenarioId),
    /// No scenario can have this name.
    #[error("no scenario can have the name `{id}`: {reason}")]
    Reserved {
        /// The name.
        id: ScenarioId,
        /// What its file would be.
        reason: &'static str,
    },
    /// A file of its name is there that holds no scenario, and stays as it is.
    #[error("the file {0} is there and cannot be read as a scenario; it is not overwritten")]
    Occupied(String),
    /// Someone else changed it since the version the change builds upon.
    #[error("the scenario was changed meanwhile; its version is {}", .0.0)]
    Changed(Version),
    /// The text has errors; it was not taken.
    #[error("the text has errors")]
    Invalid(Vec<Diagnostic>),
    /// The file is changed, and what it says is not in use yet.
    #[error("{file} is changed, but cannot be used yet, which is tried again: {reason}")]
    Unused {
        /// Which file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The folder could not be written.
    #[error("cannot write {file}: {reason}")]
    Write {
        /// Which file.
        file: String,
        /// Why, as the system says.
        reason: String,
    },
}

/// Where scenarios are kept. Methods may block for the disk.
pub trait Library: Send + Sync + fmt::Debug {
    /// All scenarios, by name.
    fn list(&self) -> Vec<Entry>;
    /// One scenario.
    fn get(&self, id: &ScenarioId) -> Option<Entry>;
    /// What scenarios may name now.
    fn catalog(&self) -> Arc<Catalog>;
    /// Checks a text without keeping it.
    fn check(&self, text: &str) -> Vec<Diagnostic>;
    /// Keeps a text, new or changed, if it has no errors and the scenario is still what the change builds upon.
    fn put(&self, id: &ScenarioId, text: &str, basis: &Basis) -> Result<Entry, LibraryError>;
    /// Removes a scenario. Its runs and their history stay.
    fn delete(&self, id: &ScenarioId) -> Result<(), LibraryError>;
    /// Where the picture of a scenario has its steps, as someone left it; none: nobody moved any.
    fn layout(&self, id: &ScenarioId) -> Result<Option<String>, LibraryError>;
    /// Keeps where the picture of a scenario has its steps.
    fn put_layout(&self, id: &ScenarioId, layout: &str) -> Result<(), LibraryError>;
    /// Forgets where the picture of something had its steps that is no scenario any more, and no draft.
    fn drop_layout(&self, id: &ScenarioId);
    /// The paths below `/hook/` of a plan's webhooks, in the order of its triggers, as they are or would be once it is the
    /// scenario's.
    fn hook_paths(&self, id: &ScenarioId, plan: &Plan) -> Result<Vec<String>, LibraryError>;
    /// Writes `enabled:` into the text, so that its triggers start runs, or no longer do.
    fn switch(&self, id: &ScenarioId, enabled: Switch) -> Result<Entry, LibraryError>;
}

/// What a change builds upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Whatever is there, if anything.
    Anything,
    /// Nothing: the scenario is new.
    Nothing,
    /// The scenario, whatever its version.
    Something,
    /// This version of it.
    Version(Version),
}

impl Basis {
    /// Whether a change may be made to a scenario that is now at this version; none: that is not there.
    pub fn allows(&self, id: &ScenarioId, now: Option<&Version>) -> Result<(), LibraryError> {
        match (self, now) {
            (Self::Nothing, Some(_)) => Err(LibraryError::Exists(id.clone())),
            (Self::Something | Self::Version(_), None) => Err(LibraryError::Unknown(id.clone())),
            (Self::Version(expected), Some(version)) if expected != version => {
                Err(LibraryError::Changed(version.clone()))
            }
            (Self::Anything | Self::Nothing | Self::Something | Self::Version(_), _) => Ok(()),
        }
    }
}

/// Whether a scenario's triggers start runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// They do.
    On,
    /// They do not.
    Off,
}
