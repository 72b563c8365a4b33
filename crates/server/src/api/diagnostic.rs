//! What is wrong with a scenario's text, as the API says it.

use scenario::diagnostic as found;
use serde::Serialize;
use utoipa::ToSchema;

/// One finding about a scenario's text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Diagnostic {
    /// `E0101`; each has a page in `docs/errors/`.
    code: &'static str,
    /// Whether it stops the scenario.
    #[schema(value_type = Severity)]
    severity: found::Severity,
    /// Where in the text.
    #[schema(value_type = Place)]
    place: found::Place,
    /// What is wrong.
    message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// A change of the text that mends it, where there is exactly one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fix>)]
    fix: Option<found::Fix>,
}

/// How much a diagnostic matters.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `scenario`'s type of this name, which knows no API document")]
pub(crate) enum Severity {
    /// The scenario cannot run.
    Error,
    /// The scenario runs, but probably not as meant.
    Warning,
}

/// A position in a text, counted from 1 in lines and in characters.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `scenario`'s type of this name, which knows no API document")]
pub(crate) struct Place {
    /// Line, from 1.
    line: u32,
    /// Character within the line, from 1.
    column: u32,
}

/// A change of a scenario's text that mends a finding without changing anything else.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `scenario`'s type of this name, which knows no API document")]
pub(crate) struct Fix {
    /// What it does, as an imperative.
    title: String,
    /// What is replaced; no two of them touch.
    edits: Vec<Edit>,
}

/// A part of the text that is replaced.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `scenario`'s type of this name, which knows no API document")]
pub(crate) struct Edit {
    /// Where it begins.
    start: Place,
    /// Where it ends, exclusive.
    end: Place,
    /// What stands there instead.
    text: String,
}

impl From<&found::Diagnostic> for Diagnostic {
    fn from(diagnostic: &found::Diagnostic) -> Self {
        let found::Diagnostic { code, severity, place, message, hint, fix } = diagnostic.clone();
        Self { code, severity, place, message, hint, fix }
    }
}
