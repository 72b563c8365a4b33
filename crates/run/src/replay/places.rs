//! Where the steps of one version stand in another.

use crate::entry::{Decided, Entry};
use crate::id::Spot;
use crate::state::State;
use scenario::plan::{BlockNo, Branch, Kind, Plan, Step, StepNo};
use std::fmt;
use std::mem::discriminant;
use std::sync::Arc;

/// A step of a run that another version has no place for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misfit {
    /// Its id, else its name or module.
    pub step: String,
    /// Why it does not fit.
    pub why: Why,
}

/// Why a step does not fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The version has no such step.
    Missing,
    /// It does something else there.
    OtherModule {
        /// What it did.
        was: String,
        /// What it does.
        is: String,
    },
    /// It stands in another list, or at another place of its list.
    OtherPlace,
    /// This step, which the run knows nothing of, stands before it.
    Behind(String),
    /// A branch that the run took is not there.
    OtherBranches,
    /// It has no id, and the one at its place is shown as, or given, something else: it may be another step.
    Nameless,
    /// The turns of a loop that has begun are other ones, or give something else.
    OtherTurns,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = &self.step;
        match &self.why {
            Why::Missing => write!(f, "there is no step `{step}`"),
            Why::OtherModule { was, is } => write!(f, "`{step}` is `{is}`, and was `{was}`"),
            Why::OtherPlace => write!(f, "`{step}` stands at another place"),
            Why::Behind(new) => write!(f, "`{new}`, which the run knows nothing of, stands before `{step}`"),
            Why::OtherBranches => write!(f, "`{step}` has not the branch that the run took"),
            Why::Nameless => write!(
                f,
                "`{step}` has no id, and the step at its place is not given the same: give it an `id` before it is moved"
            ),
            Why::OtherTurns => write!(f, "the turns of `{step}`, which have begun, are not the same"),
        }
    }
}

/// Two versions of a scenario.
pub(super) struct Places<'p> {
    pub(super) old: &'p Arc<Plan>,
    pub(super) new: &'p Arc<Plan>,
    pub(super) likeness: Likeness,
}

/// By what a step without an id that is done, or under way, is taken for the one at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// By its place alone: it was looked at before, or nothing is done in consequence.
    Place,
    /// By its place, and by what it is given.
    Content,
}

impl Places<'_> {
    /// What is done or under way, in lists that are being walked, and does not stand where it stood.
    pub(super) fn misfits(&self, state: &State) -> Vec<Misfit> {
        let done = state.lanes.iter().flat_map(|(lane, progress)| {
            let steps = &self.old.block(lane.block).steps;
            // A filter has ended the list: what comes after it was not done.
            let held = steps.iter().position(|no| matches!(self.old.step(*no).kind, Kind::Filter(_)) && progress.held);
            steps.iter().take(held.map_or(progress.position as usize, |at| at + 1))
        });
        let mut misfits: Vec<Misfit> = done.filter_map(|no| self.place(*no).err()).collect();
        for spot in state.active.keys() {
            let found = self.place(spot.step).and_then(|found| self.same_turns(spot.step, found));
            misfits.extend(found.err());
        }
        misfits
    }

    /// The same entry in the terms of the new version.
    pub(super) fn entry(&self, entry: &Entry) -> Result<Entry, Misfit> {
        let mut entry = entry.clone();
        if let Entry::Routed { spot, branches, .. } = &mut entry {
            let found = self.step(spot.step)?;
            let other = || self.misfit(spot.step, Why::OtherBranches);
            for number in branches.iter_mut() {
                let name = branch_name(self.old.step(spot.step), *number).ok_or_else(other)?;
                *number = branch_number(self.new.step(found), &name).ok_or_else(other)?;
            }
        }
        if let Entry::Replayed(replayed) = &mut entry {
            replayed.times =
                std::mem::take(&mut replayed.times).into_iter().filter_map(|time| self.decided(time)).collect();
            replayed.from = replayed.from.take().and_then(|spot| self.spot(spot).ok());
        }
        if let Entry::Tried(trial) = &mut entry {
            trial.pins.retain_mut(|(step, _)| self.step(*step).map(|found| *step = found).is_ok());
            trial.until = trial.until.and_then(|step| self.step(step).ok());
        }
        for spot in entry.spots_mut() {
            *spot = self.spot(spot.clone())?;
        }
        Ok(entry)
    }

    /// The same time of the same step; none where the new version has no such step.
    pub(super) fn decided(&self, decided: Decided) -> Option<Decided> {
        Some(Decided { spot: self.spot(decided.spot).ok()?, ..decided })
    }

    fn spot(&self, spot: Spot) -> Result<Spot, Misfit> {
        Ok(Spot { step: self.step(spot.step)?, ..spot })
    }

    /// The same step in the new version.
    pub(super) fn step(&self, no: StepNo) -> Result<StepNo, Misfit> {
        let step = self.old.step(no);
        let found = self.new.steps.iter().find(|found| found.identity == step.identity);
        let found = found.ok_or_else(|| self.misfit(no, Why::Missing))?;
        if found.module != step.module {
            let (was, is) = (step.module.to_string(), found.module.to_string());
            return Err(self.misfit(no, Why::OtherModule { was, is }));
        }
        if list_of(self.old, step.block) != list_of(self.new, found.block) {
            return Err(self.misfit(no, Why::OtherPlace));
        }
        Ok(found.no)
    }

    /// The same step at the same place of its list.
    fn place(&self, no: StepNo) -> Result<StepNo, Misfit> {
        let found = self.new.step(self.step(no)?);
        let step = self.old.step(no);
        if found.position == step.position {
            let is_alike = step.id.is_some() || self.likeness == Likeness::Place || found.content == step.content;
            return if is_alike { Ok(found.no) } else { Err(self.misfit(no, Why::Nameless)) };
        }
        let before = self.new.block(found.block).steps.iter().take(found.position as usize);
        let is_new = |no: &&StepNo| {
            let identity = self.new.step(**no).identity;
            !self.old.steps.iter().any(|step| step.identity == identity)
        };
        let new = before.into_iter().find(is_new).map(|no| self.new.step(*no).label.to_string());
        Err(self.misfit(no, new.map_or(Why::OtherPlace, Why::Behind)))
    }

    /// Whether a loop that has begun has the same turns.
    fn same_turns(&self, old: StepNo, new: StepNo) -> Result<StepNo, Misfit> {
        let same = match (&self.old.step(old).kind, &self.new.step(new).kind) {
            (Kind::ForEach(old), Kind::ForEach(new)) => {
                old.batch == new.batch
                    && old.collect.as_ref().map(discriminant) == new.collect.as_ref().map(discriminant)
            }
            (Kind::Repeat(old), Kind::Repeat(new)) => {
                discriminant(&old.bound) == discriminant(&new.bound)
                    && old.collect.as_ref().map(discriminant) == new.collect.as_ref().map(discriminant)
            }
            _ => true,
        };
        if same { Ok(new) } else { Err(self.misfit(old, Why::OtherTurns)) }
    }

    fn misfit(&self, no: StepNo, why: Why) -> Misfit {
        let step = self.old.step(no);
        Misfit { step: step.id.as_deref().unwrap_or(&step.label).to_owned(), why }
    }
}

/// What a list is known by: the step it belongs to, what it is to that, and its branch.
fn list_of(plan: &Plan, block: BlockNo) -> (Option<u64>, u8, Option<String>) {
    let list = plan.block(block);
    let owner = list.owner.map(|owner| plan.step(owner));
    let branch = owner.and_then(|owner| (0..).map_while(|number| block_of(owner, number)).position(|of| of == block));
    let name = owner.zip(branch).and_then(|(owner, number)| branch_name(owner, number as u32));
    (owner.map(|owner| owner.identity), list.role as u8, name)
}

/// The block of a branch.
fn block_of(step: &Step, number: u32) -> Option<BlockNo> {
    let of = |branches: &[Branch]| branches.get(number as usize).map(|branch| branch.block);
    match &step.kind {
        Kind::Route(route) if number as usize == route.branches.len() => route.otherwise,
        Kind::Route(route) => of(&route.branches),
        Kind::Parallel(branches) => of(branches),
        _ => None,
    }
}

/// By what a branch is known: its name, else its number.
fn branch_name(step: &Step, number: u32) -> Option<String> {
    let of = |branches: &[Branch]| {
        let branch = branches.get(number as usize)?;
        Some(branch.name.clone().map_or_else(|| format!("#{number}"), |name| format!("={name}")))
    };
    match &step.kind {
        Kind::Route(route) if number as usize == route.branches.len() => {
            route.otherwise.map(|_| "otherwise".to_owned())
        }
        Kind::Route(route) => of(&route.branches),
        Kind::Parallel(branches) => of(branches),
        _ => None,
    }
}

/// The branch that is known by this.
fn branch_number(step: &Step, name: &str) -> Option<u32> {
    (0..)
        .take_while(|number| block_of(step, *number).is_some())
        .find(|n| branch_name(step, *n).as_deref() == Some(name))
}
