//! Journals under another version of their scenario, and the part of a journal that lies before a step: what replays
//! and moves are made of.

mod places;

use crate::entry::{Created, Decided, End, Entry};
use crate::id::{RunId, Spot};
use crate::state::{Lane, State};
use places::{Likeness, Places};
pub use places::{Misfit, Why};
use scenario::plan::{Kind, Plan, Version};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The same journal in the terms of another version. Its first entry is [`Entry::Created`], which names the new version
/// in what is given. Steps are known by their identity, those without an id by what they are given, too; what is done, and what is under way, must stand where it stood.
/// What is inside of turns and steps that are over, and lasts in nothing, need not fit: it is left out.
pub fn translate(entries: &[Entry], old: &Arc<Plan>, new: &Arc<Plan>) -> Result<Vec<Entry>, Vec<Misfit>> {
    translate_by(Likeness::Content, entries, old, new)
}

fn translate_by(
    likeness: Likeness,
    entries: &[Entry],
    old: &Arc<Plan>,
    new: &Arc<Plan>,
) -> Result<Vec<Entry>, Vec<Misfit>> {
    let Some(Entry::Created(created)) = entries.first() else { return Ok(Vec::new()) };
    let state = standing(created, old, &entries[1..]);
    let places = Places { old, new, likeness };
    let mut misfits = places.misfits(&state);
    let mut translated = Vec::with_capacity(entries.len());
    let (mut copies, mut left_out) = (0_u32, 0_u32);
    for entry in entries {
        let is_copied = copies > 0;
        copies = copies.saturating_sub(1);
        match places.entry(entry) {
            Ok(entry) => translated.push(entry),
            Err(_) if is_over(&state, entry) => left_out += u32::from(is_copied),
            Err(misfit) => misfits.push(misfit),
        }
        match entry {
            Entry::Replayed(replayed) => copies = replayed.copied,
            Entry::Tried(trial) => copies = trial.given,
            _ => {}
        }
    }
    for entry in &mut translated {
        match entry {
            Entry::Created(created) => {
                *created = Arc::new(Created { version: new.version.clone(), ..Created::clone(created) });
            }
            Entry::Replayed(replayed) => replayed.copied = replayed.copied.saturating_sub(left_out),
            Entry::Tried(trial) => trial.given = trial.given.saturating_sub(left_out),
            _ => {}
        }
    }
    let mut seen = BTreeSet::new();
    misfits.retain(|misfit| seen.insert(misfit.clone()));
    if misfits.is_empty() { Ok(translated) } else { Err(misfits) }
}

/// The journal of a run that was moved, in the terms of the version that it is of now. `version` finds plans.
pub fn brought_up<E>(
    entries: Vec<Entry>,
    mut version: impl FnMut(&Created, &Version) -> Result<Arc<Plan>, E>,
) -> Result<Vec<Entry>, Unmovable<E>> {
    if !entries.iter().any(|entry| matches!(entry, Entry::Moved { .. })) {
        return Ok(entries);
    }
    let mut before: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        if let (Entry::Moved { version: to, .. }, Some(Entry::Created(created))) = (&entry, before.first()) {
            let (old, new) = (version(created, &created.version), version(created, to));
            let (old, new) = (old.map_err(Unmovable::Version)?, new.map_err(Unmovable::Version)?);
            // Whether it fits was looked at when it was moved.
            before = translate_by(Likeness::Place, &before, &old, &new).map_err(Unmovable::Misfits)?;
        }
        before.push(entry);
    }
    Ok(before)
}

/// Why a run that was moved cannot be read.
#[derive(Debug)]
pub enum Unmovable<E> {
    /// A version is not to be had.
    Version(E),
    /// What fitted when it was moved does not fit any more: this release checks texts differently.
    Misfits(Vec<Misfit>),
}

/// What lies before a step in a journal.
#[derive(Debug)]
pub struct Prefix {
    /// What happened before the step was reached, without what was under way beside it.
    pub entries: Vec<Entry>,
    /// How many entries of the journal lie before it.
    pub cut: usize,
}

/// What lies before a step: everything that happened until the run first reached it. None where it never did. `entries`
/// begins with [`Entry::Created`], which is not a part of what is given, and neither is what concerns that run alone:
/// who called it, what it was known by and recognised as, that it was moved.
pub fn prefix(entries: &[Entry], plan: &Arc<Plan>, from: &Spot) -> Option<Prefix> {
    let Some(Entry::Created(created)) = entries.first() else { return None };
    let cut = entries.iter().position(|entry| entry.spot() == Some(from))?;
    let before = || entries[1..cut].iter().filter(|entry| is_about_steps(entry));
    let state = standing(created, plan, before());
    let unfinished: Vec<&Spot> = state.active.keys().filter(|spot| is_left(&state, spot, from)).collect();
    let is_kept = |entry: &&Entry| {
        entry.spot().is_none_or(|spot| !unfinished.iter().any(|left| spot == *left || is_within(plan, spot, left)))
    };
    Some(Prefix { entries: before().filter(is_kept).cloned().collect(), cut })
}

/// The first time that a step was reached, or, where turns are named, the time in these.
pub fn reached(entries: &[Entry], plan: &Plan, step: &str, turns: Option<&[u32]>) -> Option<Spot> {
    let is_meant = |spot: &&Spot| {
        let found = plan.step(spot.step);
        let is_named = found.id.as_deref() == Some(step) || *found.label == *step;
        is_named && turns.is_none_or(|turns| spot.turns[..] == *turns)
    };
    entries.iter().filter_map(Entry::spot).find(is_meant).cloned()
}

/// The step that a run failed at, where it has.
pub fn failed_at(entries: &[Entry]) -> Option<Spot> {
    entries.iter().find_map(|entry| match entry {
        Entry::Collapsed { spot, .. } => spot.clone(),
        Entry::Ended { end, .. } => match &**end {
            End::Failed { spot, .. } => spot.clone(),
            End::Succeeded | End::Stopped | End::Cancelled => None,
        },
        _ => None,
    })
}

/// The same step, in the same turn, in another version; none where that has no such step, or elsewhere.
pub fn counterpart(spot: &Spot, of: &Arc<Plan>, other: &Arc<Plan>) -> Option<Spot> {
    let step = Places { old: of, new: other, likeness: Likeness::Place }.step(spot.step).ok()?;
    Some(Spot { step, turns: spot.turns.clone() })
}

/// The same times in the terms of another version; those of steps that it has not are left out.
pub fn times(decided: impl IntoIterator<Item = Decided>, of: &Arc<Plan>, other: &Arc<Plan>) -> Vec<Decided> {
    let places = Places { old: of, new: other, likeness: Likeness::Place };
    decided.into_iter().filter_map(|decided| places.decided(decided)).collect()
}

/// Whether an entry tells of steps, rather than of the run.
fn is_about_steps(entry: &Entry) -> bool {
    !matches!(
        entry,
        Entry::Created(_)
            | Entry::CalledBy(_)
            | Entry::Keyed { .. }
            | Entry::Unkeyed { .. }
            | Entry::Replayed(_)
            | Entry::Recognised(_)
            | Entry::Tried(_)
            | Entry::Moved { .. }
            | Entry::Doubted { .. }
            | Entry::Ended { .. }
    )
}

/// Whether a step beside the one that is begun with was under way, and begins anew.
fn is_left(state: &State, spot: &Spot, from: &Spot) -> bool {
    let step = state.plan.step(spot.step);
    let goes_on = matches!(step.kind, Kind::Route(_) | Kind::Parallel(_)) || step.kind.is_loop();
    !goes_on && !is_within(&state.plan, from, spot)
}

/// Whether a step stands inside of another, in the same turn of the loops around that.
fn is_within(plan: &Plan, inner: &Spot, outer: &Spot) -> bool {
    let mut at = plan.block(plan.step(inner.step).block).owner;
    while let Some(owner) = at {
        if owner == outer.step {
            return inner.turns.starts_with(&outer.turns);
        }
        at = plan.block(plan.step(owner).block).owner;
    }
    false
}

/// How a run stands after this: as far as steps go, not as far as links or secrets do.
fn standing<'e>(created: &Arc<Created>, plan: &Arc<Plan>, entries: impl IntoIterator<Item = &'e Entry>) -> State {
    let mut state = State::new(RunId(uuid::Uuid::nil()), Arc::clone(plan), Arc::clone(created), Arc::default());
    entries.into_iter().for_each(|entry| state.apply(entry));
    state
}

/// Whether nothing lasts of an entry: it is of a turn, or of an attempt of a step around it, that is over.
fn is_over(state: &State, entry: &Entry) -> bool {
    let lasts = matches!(
        entry,
        Entry::Assigned { .. } | Entry::Responded { .. } | Entry::Concluded { .. } | Entry::Collapsed { .. }
    );
    entry.spot().is_some_and(|spot| {
        let lane = Lane { block: state.plan.step(spot.step).block, turns: spot.turns.clone() };
        !lasts && !state.lanes.contains_key(&lane) && !state.active.contains_key(spot)
    })
}

#[cfg(test)]
mod tests;
