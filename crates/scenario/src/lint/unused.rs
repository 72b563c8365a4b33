//! W0506: steps that only compute, and whose output nobody reads.

use super::outline::{Outline, Step, entries_of, items_of};
use crate::diagnostic::Diagnostic;
use std::collections::BTreeSet;

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut read: BTreeSet<&str> = outline.all_steps().flat_map(|step| &step.reads).map(String::as_str).collect();
    read.extend(tested(outline));
    let idle = outline.all_steps().filter(|step| {
        outline.is_pure(step)
            && !step.is_disabled()
            && !may_fail_on_purpose(step)
            && step.text("id").is_none_or(|id| !read.contains(id))
    });
    idle.map(|step| Diagnostic::unused_step(step.module.key.place, step.text("id").unwrap_or_default(), step.name()))
        .collect()
}

/// Ids whose outputs tests look at: they are there to be seen.
fn tested<'n>(outline: &Outline<'n>) -> Vec<&'n str> {
    let tests = outline.root.get("tests").map(items_of).unwrap_or_default();
    let outputs = tests.iter().filter_map(|test| test.get("expect")?.get("outputs"));
    outputs.flat_map(entries_of).map(|entry| entry.key.text.as_str()).collect()
}

/// A script that checks something and throws.
fn may_fail_on_purpose(step: &Step<'_>) -> bool {
    step.name() == "rhai" && step.module.node.text().is_some_and(|script| script.contains("throw"))
}
