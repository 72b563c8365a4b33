//! W0502, W0510, W0511: callers that wait for nothing, are answered twice, or are not there.

use super::outline::{Block, Of, Outline, Step};
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Triggers whose runs have nobody who waits for an answer.
const UNHEARD: &[&str] = &["schedule", "poll", "mail", "failure"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = unheard(outline);
    for block in &outline.blocks {
        second(block, None, &mut findings);
    }
    if outline.triggers().iter().any(|trigger| trigger.key.text == "webhook") {
        let body = outline.blocks.iter().filter(|block| block.of == Of::Scenario);
        let mut waiting = Waiting { outline, before: Vec::new(), answers: 0, found: BTreeMap::new() };
        body.for_each(|block| waiting.look(block));
        findings.extend(waiting.found.into_values());
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

/// Slow steps before an answer that does not need them.
struct Waiting<'o, 'n> {
    outline: &'o Outline<'n>,
    /// The steps that run before the one that is looked at.
    before: Vec<&'o Step<'n>>,
    /// How many answers were looked at.
    answers: usize,
    /// By the place of the slow step: several answers may come after it, and one of them is enough to say so.
    found: BTreeMap<Place, Diagnostic>,
}

/// More answers of one scenario are not looked at: each is held against all steps before it.
const MOST_ANSWERS: usize = 100;

impl<'o, 'n> Waiting<'o, 'n> {
    fn look(&mut self, block: &'o Block<'n>) {
        let outside = self.before.len();
        for step in &block.steps {
            if step.name() == "respond" && !step.is_disabled() {
                self.unneeded(step);
                break;
            }
            // A branch is chosen by what its route reads.
            self.before.push(step);
            for inner in step.blocks.iter().filter(|inner| matches!(inner.of, Of::Branch | Of::Otherwise)) {
                self.look(inner);
            }
        }
        self.before.truncate(outside);
    }

    fn unneeded(&mut self, respond: &Step<'_>) {
        self.answers += 1;
        if self.answers > MOST_ANSWERS {
            return;
        }
        let mut needed: BTreeSet<&str> = respond.reads.iter().map(String::as_str).collect();
        for step in self.before.iter().rev() {
            let is_needed = step.text("id").is_some_and(|id| needed.contains(id));
            // Whether the answer is given at all may depend on it.
            let decides = matches!(step.name(), "filter" | "route" | "assign" | "stop" | "fail" | "return");
            if is_needed || decides || !step.blocks.is_empty() {
                needed.extend(step.reads.iter().map(String::as_str));
                let inner = step.blocks.iter().flat_map(Block::all_steps);
                needed.extend(inner.flat_map(|step| &step.reads).map(String::as_str));
            } else if self.outline.is_slow(step) && !step.is_disabled() && goes_on(step) {
                let place = step.module.key.place;
                let tell = || Diagnostic::slow_before_respond(place, step.label(), respond.module.key.place);
                self.found.entry(place).or_insert_with(tell);
            }
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
