//! What a new run is recognised by and what it lines up by: told when it is taken in, before anything else is decided.

use crate::calls;
use crate::course::Course;
use crate::delivery::By;
use crate::lines::{LineNo, WHOLE, lines_up};
use run::Key;
use run::entry::{Entry, KeyOf};
use run::error::StepError;
use run::id::{Millis, ScenarioId};
use scenario::expression::Expression;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use store::{Claim, ClaimKey};

/// Notes in the run what its keys are, with the claim and the line that come of them. Costs nothing where its scenario
/// has neither.
pub(crate) fn recognise(course: &mut Course, dedupe: Option<&By>, now: Millis) {
    let plan = Arc::clone(course.state().plan());
    if dedupe.is_none() && !lines_up(&plan.limits) {
        return;
    }
    let scenario = course.state().created().scenario.clone();
    let line_by = plan.limits.concurrency.as_ref().and_then(|most| most.key.as_ref());
    let same = dedupe.and_then(|dedupe| identity(course, dedupe, now));
    let line = line_by.and_then(|by| key(course, by, KeyOf::Line, now));
    if let (Some(dedupe), Some(same)) = (dedupe, &same) {
        course.claim = Some(claim(&scenario, same, dedupe.window(), now));
    }
    if lines_up(&plan.limits) && !calls::is_awaited_by_its_own(course.state()) {
        course.line = Some(line.as_ref().map_or(WHOLE, line_no));
    }
    if same.is_some() || line.is_some() {
        let (dedupe, line) = (same.map(|key| key.shown), line.map(|key| key.shown));
        course.record(Entry::Keyed { dedupe, line, at: now });
    }
}

/// What a repeat of the run's delivery is known by.
fn identity(course: &mut Course, by: &By, now: Millis) -> Option<Key> {
    match by {
        By::Expression(dedupe) => key(course, &dedupe.key, KeyOf::Dedupe, now),
        By::Id { id, .. } => Key::of_text(id.as_bytes()).or_else(|| {
            let error = StepError::permanent("no_key", "the delivery has an empty id")
                .hint("Name something that each delivery has: `dedupe: trigger.body.id`, say.");
            course.record(Entry::Unkeyed { of: KeyOf::Dedupe, error: Box::new(error), at: now });
            None
        }),
    }
}

/// The value of a key; why it has none is noted in the run.
fn key(course: &mut Course, by: &Expression, of: KeyOf, now: Millis) -> Option<Key> {
    let error = match course.state().key(by, now) {
        Ok(Some(key)) => return Some(key),
        Ok(None) => StepError::permanent("no_key", format!("`{}` has no value", by.source()))
            .hint("`()` and an empty text tell nothing: name something that each delivery has."),
        Err(error) => error,
    };
    course.record(Entry::Unkeyed { of, error: Box::new(error), at: now });
    None
}

fn claim(scenario: &ScenarioId, key: &Key, window: Duration, now: Millis) -> Claim {
    let digest = Sha256::new().chain_update(scenario.as_str()).chain_update([0]).chain_update(key.digest).finalize();
    let mut claimed = [0; 16];
    claimed.copy_from_slice(&digest[..16]);
    let window = Millis::try_from(window.as_millis()).unwrap_or(Millis::MAX);
    Claim { key: ClaimKey(claimed), until: now.saturating_add(window) }
}

fn line_no(key: &Key) -> LineNo {
    let [a, b, c, d, e, f, g, h, ..] = key.digest;
    // No key has the number of those that have none.
    LineNo::from_be_bytes([a, b, c, d, e, f, g, h]).max(WHOLE + 1)
}
