//! W0504: steps and branches that never run.

use super::conditions::constant;
use super::outline::{Block, Of, Outline, Step};
use crate::diagnostic::{Diagnostic, Fix};

/// Steps after which nothing follows in their block.
const ENDS: &[&str] = &["stop", "return", "fail"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for block in outline.all_blocks() {
        after_the_end(block, &mut findings);
        for step in &block.steps {
            never(outline, step, &mut findings);
            branches(step, &mut findings);
        }
    }
    findings
}

/// Steps behind one that ends the block. Only the first of them is told of.
fn after_the_end(block: &Block<'_>, findings: &mut Vec<Diagnostic>) {
    let end = block.steps.iter().position(|step| step.is_certain() && ends(step));
    let Some((end, next)) = end.and_then(|at| Some((&block.steps[at], block.steps.get(at + 1)?))) else { return };
    let line = end.module.key.place.line;
    let because = match end.name() {
        "filter" => format!("the `filter` of line {line} is always false"),
        name => format!("the `{name}` of line {line} ends the run"),
    };
    findings.push(Diagnostic::unreachable(next.module.key.place, &format!("`{}`", next.label()), &because));
}

fn ends(step: &Step<'_>) -> bool {
    // What fails may be ignored, and then the run goes on.
    let goes_on = step.name() == "fail" && step.entry("on_error").is_some();
    ENDS.contains(&step.name()) && !goes_on || step.name() == "filter" && constant(&step.module.node) == Some(false)
}

/// A step whose condition is false.
fn never(outline: &Outline<'_>, step: &Step<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(when) = step.entry("when").filter(|when| constant(&when.node) == Some(false)) else { return };
    let written = format!("when: {}", when.node.written(outline.source));
    let finding = Diagnostic::unreachable(when.key.place, &format!("`{}`", step.label()), "its `when` is always false")
        .hint("to switch a step off, write `disabled: true`");
    let fix = Fix::replace(when.key.place, &written, "disabled: true");
    findings.push(if step.entry("disabled").is_none() { finding.fix(fix) } else { finding });
}

/// Branches of a route behind one that is always taken, and those with a condition that is false.
fn branches(step: &Step<'_>, findings: &mut Vec<Diagnostic>) {
    if step.name() != "route" {
        return;
    }
    let first_only = step.module.node.get("take").and_then(|take| take.text()) == Some("first");
    let mut taken = None;
    for branch in step.blocks.iter().filter(|block| matches!(block.of, Of::Branch | Of::Otherwise)) {
        let condition = branch.when.map(constant);
        match (taken, branch.of) {
            (Some(line), Of::Otherwise) => {
                let because = format!("the branch of line {line} is always taken");
                findings.push(Diagnostic::unreachable(branch.place, "`otherwise`", &because));
            }
            (Some(line), _) if first_only => {
                let because = format!("`take: first` always takes the branch of line {line}");
                findings.push(Diagnostic::unreachable(branch.place, "this branch", &because));
            }
            _ if condition == Some(Some(false)) => {
                findings.push(Diagnostic::unreachable(branch.place, "this branch", "its `when` is always false"));
            }
            _ => {}
        }
        if branch.of == Of::Branch && matches!(condition, None | Some(Some(true))) {
            taken.get_or_insert(branch.place.line);
        }
    }
}
