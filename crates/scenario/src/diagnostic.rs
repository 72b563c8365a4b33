//! What is said about a scenario's text: one code, one place, one sentence, one hint.

use serde::{Deserialize, Serialize};

/// A position in a scenario's text, counted from 1 in lines and in characters, as editors show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Character within the line, from 1.
    pub column: u32,
}

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The scenario cannot run.
    Error,
    /// The scenario runs, but probably not as meant.
    Warning,
}

/// One finding about a scenario's text. Made only by the constructors of this module, one for each code, so that
/// a code has one wording everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// `E0101`; each has a page in `docs/errors/`.
    pub code: &'static str,
    /// Whether it stops the scenario.
    pub severity: Severity,
    /// Where in the text.
    pub place: Place,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try, where something helpful is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
