//! W0502, W0510, W0511: callers that wait for nothing, are answered twice, or are not there.

use super::outline::{Block, Of, Outline, Step};
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Entry;
use std::collections::BTreeSet;

/// Triggers whose runs have nobody who waits for an answer.
const UNHEARD: &[&str] = &["schedule", "mail", "failure"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = unheard(outline);
    for block in &outline.blocks {
        second(block, None, &mut findings);
    }
    if outline.triggers().iter().any(|trigger| trigger.key.text == "webhook") {
        let body = outline.blocks.iter().filter(|block| block.of == Of::Scenario);
        body.for_each(|block| waiting(outline, block, &[], &mut findings));
    }
    findings
}

/// Answers of scenarios that nobody calls.
fn unheard(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let unheard = |trigger: &Entry| match trigger.key.text.as_str() {
        // Its caller is told that all items are taken.
        "webhook" => trigger.node.get("each").map(|_| "webhook.each"),
        kind => UNHEARD.iter().find(|unheard| **unheard == kind).copied(),
    };
    let triggers: Option<Vec<&str>> = outline.triggers().into_iter().map(unheard).collect();
    let Some(triggers) = triggers.filter(|triggers| !triggers.is_empty()) else { return Vec::new() };
    let answers = outline.all_steps().filter(|step| step.name() == "respond");
    answers.map(|step| Diagnostic::unheard_respond(step.module.key.place, &triggers)).collect()
}

/// Answers behind one that was certainly given.
fn second(block: &Block<'_>, mut given: Option<Place>, findings: &mut Vec<Diagnostic>) {
    for step in &block.steps {
        for inner in &step.blocks {
            // What follows a failure is another way through the steps.
            second(inner, given.filter(|_| inner.of != Of::Handler), findings);
        }
        if step.name() != "respond" || step.is_disabled() {
            continue;
        }
        if let Some(first) = given {
            findings.push(Diagnostic::second_respond(step.module.key.place, first));
        } else if step.is_certain() {
            given = Some(step.module.key.place);
        }
    }
}

/// Slow steps before an answer that does not need them. `before`: the steps that run before this block does.
fn waiting<'o>(outline: &Outline<'_>, block: &'o Block<'_>, before: &[&'o Step<'o>], findings: &mut Vec<Diagnostic>) {
    let mut before = before.to_vec();
    for step in &block.steps {
        if step.name() == "respond" && !step.is_disabled() {
            unneeded(outline, step, &before, findings);
            return;
        }
        for inner in step.blocks.iter().filter(|inner| matches!(inner.of, Of::Branch | Of::Otherwise)) {
            // A branch is chosen by what its route reads.
            let mut outer = before.clone();
            outer.push(step);
            waiting(outline, inner, &outer, findings);
        }
        before.push(step);
    }
}

fn unneeded<'o>(outline: &Outline<'_>, respond: &Step<'_>, before: &[&'o Step<'o>], findings: &mut Vec<Diagnostic>) {
    let mut needed: BTreeSet<&str> = respond.reads.iter().map(String::as_str).collect();
    for step in before.iter().rev() {
        let is_needed = step.text("id").is_some_and(|id| needed.contains(id));
        // Whether the answer is given at all may depend on it.
        let decides = matches!(step.name(), "filter" | "route" | "assign" | "stop" | "fail" | "return");
        if is_needed || decides || !step.blocks.is_empty() {
            needed.extend(step.reads.iter().map(String::as_str));
            let inner = step.blocks.iter().flat_map(Block::all_steps);
            needed.extend(inner.flat_map(|step| &step.reads).map(String::as_str));
        } else if outline.is_slow(step) && !step.is_disabled() && goes_on(step) {
            let place = step.module.key.place;
            // Several answers may come after it; one of them is enough to say so.
            if findings.iter().any(|finding| finding.place == place) {
                continue;
            }
            findings.push(Diagnostic::slow_before_respond(place, step.label(), respond.module.key.place));
        }
    }
}

/// Whether the answer is given even if this step fails. Where it is not, the caller waits for a reason: it learns of the
/// failure.
fn goes_on(step: &Step<'_>) -> bool {
    let handled = step.entry("on_error").is_some_and(|entry| match entry.node.text() {
        Some(word) => word == "ignore",
        None => entry.node.get("use").is_some(),
    });
    handled || step.name() == "wait"
}
