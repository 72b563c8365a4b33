//! The scenarios as texts, wherever they are kept: what the API shows and changes.

use run::id::{Millis, ScenarioId};
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, Version};
use std::fmt;
use std::sync::Arc;

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
    /// When each of its schedules is due next, in the order of its triggers.
    pub next: Vec<Option<Millis>>,
}

/// Why a scenario was not changed.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// There is no such scenario.
    #[error("there is no scenario `{0}`")]
    Unknown(ScenarioId),
    /// Someone else changed it since the version the change builds upon.
    #[error("the scenario was changed meanwhile; its version is {}", .0.0)]
    Changed(Version),
    /// The text has errors; it was not taken.
    #[error("the text has errors")]
    Invalid(Vec<Diagnostic>),
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
    /// Checks a text without keeping it.
    fn check(&self, text: &str) -> Vec<Diagnostic>;
    /// Keeps a text, new or changed, if it has no errors and the scenario is still at the version the change builds
    /// upon (none: it must be new, or the writer does not mind).
    fn put(&self, id: &ScenarioId, text: &str, builds_upon: Option<&Version>) -> Result<Entry, LibraryError>;
    /// Removes a scenario. Its runs and their history stay.
    fn delete(&self, id: &ScenarioId) -> Result<(), LibraryError>;
    /// Writes `enabled:` into the text, so that its triggers start runs, or no longer do.
    fn switch(&self, id: &ScenarioId, enabled: Switch) -> Result<Entry, LibraryError>;
}

/// Whether a scenario's triggers start runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// They do.
    On,
    /// They do not.
    Off,
}
