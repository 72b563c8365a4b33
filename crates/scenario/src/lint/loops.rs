//! W0505, W0508: loops that only their bound ends, and loops that do nothing.

use super::conditions::constant;
use super::outline::{Of, Outline, Step, items_of};
use crate::diagnostic::Diagnostic;
use crate::text::{Entry, Node, Value};
use std::collections::BTreeSet;

/// Functions that give something else each time.
const CHANGING: &[&str] = &["now", "uuid", "random", "today", "timestamp"];
/// How many turns a condition may ask for, unless `max` says otherwise.
const USUAL: &str = "1000";

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for step in outline.all_steps() {
        match step.name() {
            "repeat" => {
                findings.extend(endless(outline, step));
                findings.extend(empty(step));
            }
            "for_each" => findings.extend(empty(step)),
            _ => {}
        }
    }
    findings
}

/// A `repeat` whose condition stays as it is.
fn endless(outline: &Outline<'_>, step: &Step<'_>) -> Option<Diagnostic> {
    let repeat = &step.module.node;
    let (word, condition) = ["while", "until"].iter().find_map(|word| Some((*word, repeat.get(word)?)))?;
    // Going on to the bound on purpose is said by `times`.
    let over = constant(condition).is_some_and(|holds| holds == (word == "until"));
    let code = step.codes.iter().find(|code| std::ptr::eq(code.node, condition));
    let steady = match code {
        Some(code) => {
            let changing = changed_in(step);
            let reads_change = code.expression.names().iter().any(|(name, _)| changing.contains(name));
            let calls_change = CHANGING.iter().any(|name| code.expression.source().contains(&format!("{name}(")));
            !reads_change && !calls_change
        }
        None => constant(condition).is_some(),
    };
    let max = repeat.get("max").map_or(USUAL, |max| max.written(outline.source));
    (steady && !over).then(|| Diagnostic::endless_loop(condition.place, word, max))
}

/// The names whose values the turns of a loop may change.
fn changed_in(step: &Step<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["index".to_owned()]);
    for inner in step.blocks.iter().filter(|block| block.of == Of::Loop).flat_map(|block| block.all_steps()) {
        names.extend(inner.text("id").map(str::to_owned));
        if inner.name() == "assign" {
            names.insert("vars".to_owned());
        }
    }
    names
}

fn empty(step: &Step<'_>) -> Option<Diagnostic> {
    if step.module.node.get("collect").is_some() {
        return None;
    }
    let Entry { key, node } = step.module;
    let steps = node.get("steps")?;
    let nothing = matches!(steps, Node { value: Value::List(_), .. }) && items_of(steps).is_empty();
    nothing.then(|| Diagnostic::empty_loop(key.place, &key.text))
}
