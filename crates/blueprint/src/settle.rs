//! The end of an import: the draft is written, checked as any scenario is, and what does not pass becomes a `todo`.

use crate::counterparts::Counterparts;
use crate::draft::{Action, Draft, Step, Todo};
use crate::ids::slug;
use crate::recognise::Kind;
use crate::report::{Item, Report, State};
use crate::write::{Written, write};
use crate::{Imported, Position};
use scenario::diagnostic::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};

/// What a translator made of a file.
#[derive(Clone, Debug, Default)]
pub struct Translated {
    /// The scenario.
    pub draft: Draft,
    /// What became of every module, not counted yet.
    pub report: Report,
    /// The modules as they stood in the file, by their ids there: what a step becomes that does not pass the check.
    pub originals: BTreeMap<String, Original>,
}

/// A module as it stood in the file.
#[derive(Clone, Debug)]
pub struct Original {
    /// Its kind.
    pub was: String,
    /// All of it that means something.
    pub value: serde_json::Value,
}

/// How often the check may find something.
const ROUNDS: usize = 12;

/// Writes the draft, and takes care that it passes the check but for its `todo` steps.
pub fn settle(stem: &str, kind: Kind, translated: Translated, known: &Counterparts) -> Imported {
    let Translated { mut draft, mut report, originals } = translated;
    let mut written = write(&draft);
    for _ in 0..ROUNDS {
        let found = errors(&written, known);
        if found.is_empty() || !demote(&mut draft, &written, &found, &originals, &mut report) {
            break;
        }
        written = write(&draft);
    }
    let id = slug(&draft.name, &slug(stem, "imported"));
    Imported { id, kind, yaml: written.text(), positions: positions(&mut draft), report: report.counted() }
}

/// What the check finds wrong, apart from `todo` steps.
fn errors(written: &Written, known: &Counterparts) -> Vec<Diagnostic> {
    let (_, found) = scenario::check(written.marked(), &known.catalog);
    found.into_iter().filter(|found| found.is_error() && !found.is_todo()).collect()
}

/// Makes a `todo` of every step that something was found in; false where that changes nothing.
fn demote(
    draft: &mut Draft,
    written: &Written,
    found: &[Diagnostic],
    originals: &BTreeMap<String, Original>,
    report: &mut Report,
) -> bool {
    let mut reasons: BTreeMap<usize, String> = BTreeMap::new();
    let mut changed = false;
    for finding in found {
        match written.step_at(finding.place.line) {
            Some(step) => drop(reasons.entry(step).or_insert_with(|| finding.message.clone())),
            // What is wrong above all steps is in what starts it.
            None if !draft.triggers.is_empty() => {
                draft.triggers.clear();
                draft.remarks.push(format!("What started it could not be kept: {}.", finding.message));
                changed = true;
            }
            None => {}
        }
    }
    let mut number = 0;
    let mut lost = BTreeSet::new();
    for step in draft.steps.iter_mut().chain(&mut draft.on_failure) {
        changed |= replace(step, &mut number, &reasons, originals, &mut lost);
    }
    for (origin, reason) in lost_with_reasons(&lost) {
        give_up(report, origin, reason);
    }
    changed
}

type Lost = BTreeSet<(String, String)>;

fn lost_with_reasons(lost: &Lost) -> impl Iterator<Item = (&str, &str)> {
    lost.iter().map(|(origin, reason)| (origin.as_str(), reason.as_str()))
}

/// Replaces the steps that have a reason, in the order of the text; whether there was one.
fn replace(
    step: &mut Step,
    number: &mut usize,
    reasons: &BTreeMap<usize, String>,
    originals: &BTreeMap<String, Original>,
    lost: &mut Lost,
) -> bool {
    let reason = reasons.get(number);
    *number += 1;
    let original = step.origin.as_ref().and_then(|origin| originals.get(origin));
    if let Some(reason) = reason
        && !matches!(step.action, Action::Todo(_))
    {
        let mut inside = 0;
        let mut origins = Vec::new();
        step.each_mut(&mut |step| {
            inside += 1;
            origins.extend(step.origin.clone());
        });
        *number += inside - 1;
        lost.extend(origins.into_iter().map(|origin| (origin, reason.clone())));
        *step = Step {
            action: Action::Todo(Todo {
                was: original.map_or_else(|| "unknown".to_owned(), |original| original.was.clone()),
                reason: reason.clone(),
                original: original.map_or(serde_json::Value::Null, |original| original.value.clone()),
            }),
            when: None,
            retry: None,
            on_error: None,
            ..step.clone()
        };
        return true;
    }
    let mut changed = false;
    for block in step.blocks_mut() {
        for step in block {
            changed |= replace(step, number, reasons, originals, lost);
        }
    }
    changed
}

/// Notes in the report that a module is a `todo` now.
fn give_up(report: &mut Report, origin: &str, reason: &str) {
    for item in report.items.iter_mut().filter(|item| item.id == origin) {
        *item = Item {
            state: State::NotExecutable,
            reason: Some(reason.to_owned()),
            next: Some("replace the `todo` step".to_owned()),
            ..item.clone()
        };
    }
}

fn positions(draft: &mut Draft) -> Vec<Position> {
    let mut positions = Vec::new();
    for step in draft.steps.iter_mut().chain(&mut draft.on_failure) {
        step.each_mut(&mut |step| {
            if let (Some(id), Some((x, y))) = (&step.id, step.position) {
                positions.push(Position { step: id.clone(), x, y });
            }
        });
    }
    positions
}
