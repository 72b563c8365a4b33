//! What is said about a scenario's text: one code, one place, one sentence, one hint.
//!
//! Codes are grouped, and each is made by one constructor in the file of its group, so that it has one wording everywhere:
//! `E01…` the shape (`shape.rs`), `E02…` names and parameters (`names.rs`), `E03…` expressions
//! (`expression/diagnostics.rs`), `E04…` triggers (`triggers.rs`), `W05…` what the linter finds (`lints.rs`), `E06…` tests
//! (`testing.rs`), `E09…` scenarios beside each other (`folder.rs`).

mod fix;
mod folder;
mod lints;
mod names;
mod shape;
mod testing;
mod triggers;

use serde::{Deserialize, Serialize};
use std::fmt;

pub(crate) use fix::Source;
pub use fix::{Edit, Fix, Fixed, apply};

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
    /// A change of the text that mends it, where there is exactly one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Whether it stops the scenario.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The finding as terminals show it: `file:line:column: error[E0101]: message`, and the hint on a line of its
    /// own. Control characters that the text brought in are shown escaped.
    pub fn render(&self, file: &str) -> String {
        let Self { code, severity, place: Place { line, column }, message, hint, .. } = self;
        let mut text = format!("{file}:{line}:{column}: {severity}[{code}]: {}", printable(message));
        if let Some(hint) = hint {
            text += &format!("\n  hint: {}", printable(hint));
        }
        text
    }

    fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, place, message: message.into(), hint: None, fix: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the fix, which counts only where the text is as the fix expects.
    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Looks whether the text has what the fix would replace.
    pub(crate) fn settle_fix(&mut self, source: &Source<'_>) {
        self.fix = self.fix.take().and_then(|fix| fix.settled(source));
    }

    /// As [`Diagnostic::suggest`], with a fix where what was meant is beyond doubt.
    fn correct<'c>(self, name: &str, candidates: impl IntoIterator<Item = &'c str>, otherwise: &str) -> Self {
        let candidates = comparable(name, candidates);
        let place = self.place;
        let diagnostic = self.suggest(name, candidates.iter().copied(), otherwise);
        match unmistakable(name, &candidates) {
            Some(meant) => diagnostic.fix(Fix::replace(place, name, meant)),
            None => diagnostic,
        }
    }

    /// With the nearest of the candidates as the hint, or `otherwise` where none is near.
    fn suggest<'c>(self, name: &str, candidates: impl IntoIterator<Item = &'c str>, otherwise: &str) -> Self {
        match nearest(name, &comparable(name, candidates)) {
            Some(candidate) => self.hint(format!("did you mean `{candidate}`?")),
            None if otherwise.is_empty() => self,
            None => self.hint(otherwise),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// What a name may be compared with. To compare takes time in proportion to both lengths, and neither a text of a
/// thousand characters nor one of ten thousand names helps anyone.
fn comparable<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    const LONGEST: usize = 64;
    const CONSIDERED: usize = 1_000;
    if name.len() > LONGEST {
        return Vec::new();
    }
    candidates.into_iter().filter(|candidate| candidate.len() <= LONGEST).take(CONSIDERED).collect()
}

/// The candidate that a misspelt name most probably means, if any is near enough: it begins alike, or few letters
/// are wrong.
fn nearest<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let name = name.to_lowercase();
    let typing_errors = if name.chars().count() < 3 { 0 } else { 1.max(name.chars().count() / 4) };
    candidates
        .iter()
        .map(|candidate| (candidate.to_lowercase(), *candidate))
        .map(|(lower, candidate)| {
            let likeness = strsim::jaro_winkler(&name, &lower);
            let near = likeness >= 0.8 || strsim::damerau_levenshtein(&name, &lower) <= typing_errors;
            (near, likeness, candidate)
        })
        .filter(|(near, ..)| *near)
        .max_by(|(_, a, first), (_, b, second)| a.total_cmp(b).then(second.cmp(first)))
        .map(|(.., candidate)| candidate)
}

/// The candidate that is meant if so few letters are wrong that it can be no other.
fn unmistakable<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let meant = nearest(name, candidates)?;
    let wrong = |candidate: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase());
    let (wrong_letters, letters) = (wrong(meant), name.chars().count());
    let is_close = letters >= 3 && wrong_letters <= 1.max(letters / 4);
    let rivals = candidates.iter().filter(|candidate| **candidate != meant && wrong(candidate) <= wrong_letters + 1);
    (is_close && rivals.count() == 0).then_some(meant)
}

/// `` `a`, `b` or `c` ``.
fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The text without characters that would move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}
