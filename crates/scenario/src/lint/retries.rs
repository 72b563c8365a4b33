//! W0509: `retry` on steps that give the same each time.

use super::outline::{Outline, Step};
use crate::diagnostic::{Diagnostic, Fix, Place, Source};

/// Steps that only compute from what is there.
const STEADY: &[&str] = &["set", "assign", "filter", "rhai", "respond", "stop", "return", "wait"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let steady = outline.all_steps().filter(|step| STEADY.contains(&step.name()));
    let source = Source::of(outline.source);
    steady.filter_map(|step| finding(step, &source)).collect()
}

fn finding(step: &Step<'_>, source: &Source<'_>) -> Option<Diagnostic> {
    let place = step.entry("retry")?.key.place;
    let finding = Diagnostic::useless_retry(place, step.name());
    Some(match line_of_its_own(place, source) {
        Some(line) => finding.fix(Fix::replace(Place { column: 1, ..place }, &line, "")),
        None => finding,
    })
}

/// The whole line, with its end, where nothing but this entry stands on it and the entry ends with it.
fn line_of_its_own(place: Place, source: &Source<'_>) -> Option<String> {
    let line = source.line(place.line)?;
    let indent = place.column as usize - 1;
    let alone = line.chars().take(indent).all(|c| c == ' ') && !line.contains('#');
    let value = line.trim_start().strip_prefix("retry:")?.trim();
    let whole = value.starts_with('{') && value.ends_with('}');
    (alone && whole).then(|| format!("{line}\n"))
}
