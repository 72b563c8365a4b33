//! The way back: a blueprint that was made of a scenario becomes that scenario again. Where somebody has changed it in
//! Make, what changed is merged into the text that it was made of.

use super::make;
use crate::counterparts::Counterparts;
use crate::report::{Item, State};
use crate::{Imported, Kind, settle};
use scenario::merge::{Merged, Wins, merge};
use serde_json::{Map, Value};

/// What an import made of a blueprint, with what it does not say out of the text that it was made of.
pub(crate) fn back(translated: Imported, content: &Value, known: &Counterparts) -> Imported {
    let carried = &content["metadata"]["hookmill"];
    let (Some(id), Some(text)) = (carried["id"].as_str(), carried["text"].as_str()) else { return translated };
    let Some((merged, is_as_it_was)) = brought_back(&translated, content, text, known) else { return translated };
    let (_, found) = scenario::check(&merged.text, &known.catalog);
    // Whoever has written it into the file: a text that is no sound scenario is nothing to go back to.
    if found.iter().any(|found| found.is_error() && !found.is_todo()) {
        return translated;
    }
    let mut report = translated.report;
    for item in &mut report.items {
        if is_as_it_was
            && item.state == State::NotExecutable
            && !found.iter().any(scenario::diagnostic::Diagnostic::is_todo)
        {
            *item = Item { state: State::Runs, reason: None, next: None, ..item.clone() };
        }
    }
    let id = if is_name(id) { id.to_owned() } else { crate::ids::slug(id, &translated.id) };
    Imported { id, yaml: merged.text, report: report.counted(), ..translated }
}

/// Whether a scenario's file may be called this, wherever the name comes from.
fn is_name(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !id.is_empty() && id.len() <= 100 && id.chars().all(is_plain)
}

/// The text with what was changed in Make, and whether that was nothing.
fn brought_back(translated: &Imported, content: &Value, text: &str, known: &Counterparts) -> Option<(Merged, bool)> {
    let before = make("", text, known).ok()?.blueprint;
    if bare(&before["flow"]) == bare(&content["flow"]) && before["name"] == content["name"] {
        return Some((Merged { text: text.to_owned(), conflicts: Vec::new() }, true));
    }
    let base = crate::make::translate("", &before, known).ok()?;
    let base = settle::settle("", Kind::Make, base, known).ok()?.yaml;
    Some((merge(&base, text, &translated.yaml, Wins::Theirs).ok()?, false))
}

/// A flow without what editors keep beside modules: only what it does counts.
fn bare(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Object(map) => {
            let is_module = map.contains_key("module");
            let kept = map.iter().filter(|(key, value)| !(says_nothing(value) || is_module && *key == "metadata"));
            kept.map(|(key, value)| (key.clone(), bare(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
