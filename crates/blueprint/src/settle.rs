//! The end of an import: the draft is written, checked as any scenario is, and what does not pass becomes a `todo`.

use crate::counterparts::Counterparts;
use crate::draft::{Action, Draft, Step, Todo};
use crate::ids::slug;
use crate::picture::Picture;
use crate::places::places;
use crate::recognise::Kind;
use crate::report::{Item, Report, State};
use crate::write::{Written, write};
use crate::{ImportError, Imported};
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

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// The longest remark, in characters.
const LONGEST_REMARK: usize = 4_000;

/// The longest text within the original of a `todo`, in characters, where the whole would be too long.
const LONGEST_ORIGINAL: usize = 500;

/// Writes the draft, and takes care that it passes the check but for its `todo` steps.
pub fn settle(stem: &str, kind: Kind, translated: Translated, known: &Counterparts) -> Result<Imported, ImportError> {
    let Translated { mut draft, mut report, originals } = translated;
    shorten_names(&mut draft);
    let mut written = write_within(&mut draft)?;
    let mut found = errors(&written, known);
    for round in 0..=ROUNDS {
        if found.is_empty() {
            break;
        }
        if round == ROUNDS || !demote(&mut draft, &written, &found, &originals, &mut report) {
            give_all_up(&mut draft, &found, &originals, &mut report);
        }
        written = write_within(&mut draft)?;
        found = errors(&written, known);
    }
    if !found.is_empty() {
        return Err(ImportError::TooLong);
    }
    let id = slug(&draft.name, &slug(stem, "imported"));
    Ok(Imported {
        id,
        kind,
        yaml: written.text(),
        positions: places(&draft),
        report: report.counted(),
        theirs: Picture::default(),
    })
}

/// A name or a remark at a length that people read, without what makes it look like another one: control characters,
/// and those that turn the direction of writing (Unicode Standard Annex 9, section 2).
fn shorten(text: &mut String, longest: usize) {
    text.retain(|c| matches!(c, '\n' | '\t') || !(c.is_control() || is_directional(c)));
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names and remarks as [`shorten`] has them.
fn shorten_names(draft: &mut Draft) {
    shorten(&mut draft.name, LONGEST_NAME);
    draft.description.iter_mut().for_each(|text| shorten(text, LONGEST_REMARK));
    draft.remarks.iter_mut().for_each(|text| shorten(text, LONGEST_REMARK));
    draft.triggers.iter_mut().flat_map(|it| &mut it.remarks).for_each(|text| shorten(text, LONGEST_REMARK));
    each_step(draft, &mut |step| {
        step.name.iter_mut().for_each(|text| shorten(text, LONGEST_NAME));
        step.remarks.iter_mut().for_each(|text| shorten(text, LONGEST_REMARK));
        match &mut step.action {
            Action::Route(route) => {
                route.branches.iter_mut().flat_map(|it| &mut it.name).for_each(|text| shorten(text, LONGEST_NAME));
            }
            Action::Todo(todo) => {
                shorten(&mut todo.was, LONGEST_NAME);
                shorten(&mut todo.reason, LONGEST_REMARK);
            }
            _ => {}
        }
    });
}

fn each_step(draft: &mut Draft, visit: &mut impl FnMut(&mut Step)) {
    draft.steps.iter_mut().chain(&mut draft.on_failure).for_each(|step| step.each_mut(visit));
}

/// Writes the draft; where it is too long, originals keep the beginnings of their texts and lists alone.
fn write_within(draft: &mut Draft) -> Result<Written, ImportError> {
    let written = write(draft);
    if written.marked().len() <= scenario::MAX_TEXT {
        return Ok(written);
    }
    each_step(draft, &mut |step| {
        if let Action::Todo(todo) = &mut step.action {
            cut(&mut todo.original);
        }
    });
    let written = write(draft);
    if written.marked().len() <= scenario::MAX_TEXT { Ok(written) } else { Err(ImportError::TooLong) }
}

fn cut(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(LONGEST_ORIGINAL) {
                text.truncate(end);
                text.push('…');
            }
        }
        serde_json::Value::Array(items) => {
            items.truncate(LONGEST_ORIGINAL / 10);
            items.iter_mut().for_each(cut);
        }
        serde_json::Value::Object(entries) => entries.values_mut().for_each(cut),
        _ => {}
    }
}

/// What nothing else mends: every module becomes a `todo`, one after another, and nothing starts them.
fn give_all_up(draft: &mut Draft, found: &[Diagnostic], originals: &BTreeMap<String, Original>, report: &mut Report) {
    let reason = found.first().map(|found| found.message.clone()).unwrap_or_default();
    let todo = |(id, original): (&String, &Original)| {
        let todo = Todo { was: original.was.clone(), reason: reason.clone(), original: original.value.clone() };
        Step { origin: Some(id.clone()), ..Step::new(Action::Todo(todo)) }
    };
    let steps = originals.iter().map(todo).collect();
    let remarks = vec![format!("None of it could be kept as it is: {reason}.")];
    *draft = Draft { name: std::mem::take(&mut draft.name), remarks, steps, ..Draft::default() };
    for item in &mut report.items {
        item.state = State::NotExecutable;
        item.reason = Some(reason.clone());
        item.next = Some("replace the `todo` step".to_owned());
    }
    shorten_names(draft);
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
            None => changed |= drop_setting(draft, written.section_at(finding.place.line), &finding.message),
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

/// Leaves out what is wrong above all steps or below them; whether there was anything.
fn drop_setting(draft: &mut Draft, section: &str, why: &str) -> bool {
    let (had, what) = match section {
        "timezone" => (draft.timezone.take().is_some(), "Its time zone"),
        "limits" => (!std::mem::take(&mut draft.limits).is_empty(), "A limit"),
        "tests" => (!std::mem::take(&mut draft.tests).is_empty(), "A test"),
        "description" => (draft.description.take().is_some(), "Its description"),
        _ => (!std::mem::take(&mut draft.triggers).is_empty(), "What started it"),
    };
    if had {
        draft.remarks.push(format!("{what} could not be kept: {why}."));
    }
    had
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
