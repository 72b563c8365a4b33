//! W0501: a webhook that anyone may call, and that makes something happen outside.

use super::outline::{Outline, Step, entries_of};
use crate::diagnostic::Diagnostic;
use crate::text::Entry;

/// Conditions on which the caller depends.
const CONDITIONS: &[&str] = &["filter", "route"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    if outline.all_steps().any(looks_at_the_caller) {
        return Vec::new();
    }
    let effect = outline.all_steps().find(|step| outline.reaches_outside(step) && !step.is_disabled());
    let Some(effect) = effect else { return Vec::new() };
    let public = outline.triggers().into_iter().filter(|trigger| is_public(trigger));
    public.map(|trigger| Diagnostic::public_hook(trigger.key.place, effect.name())).collect()
}

/// A path that was chosen can be guessed; one that was made cannot.
fn is_public(trigger: &Entry) -> bool {
    let has = |key: &str| entries_of(&trigger.node).iter().any(|entry| entry.key.text == key);
    trigger.key.text == "webhook" && has("path") && !has("allow") && !has("verify")
}

/// Whether a condition of this step reads what the caller says of itself: a header, or its address.
fn looks_at_the_caller(step: &Step<'_>) -> bool {
    let condition = CONDITIONS.contains(&step.name()) || step.entry("when").is_some();
    let reads = |field: &str| step.codes.iter().any(|code| code.expression.source().contains(field));
    condition && ["trigger.headers", "trigger.ip", "trigger?.headers"].into_iter().any(reads)
}
