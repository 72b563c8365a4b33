//! Which steps and branches of scenarios no test ever came to.

use engine::Rehearsal;
use run::entry::Entry;
use run::history::StepStatus;
use scenario::diagnostic::Place;
use scenario::plan::{BlockNo, Kind, Plan, Route, StepNo};
use std::collections::BTreeSet;

/// What tests of one scenario came to.
#[derive(Debug, Default)]
pub(super) struct Reached {
    steps: BTreeSet<StepNo>,
    /// Branches of routes, by number; `otherwise` counts as the one after the last.
    branches: BTreeSet<(StepNo, u32)>,
}

impl Reached {
    /// What one run came to.
    pub(super) fn by(rehearsal: &Rehearsal) -> Self {
        let ran = rehearsal.steps().into_iter().filter(|record| record.status != StepStatus::Skipped);
        let mut reached = Self { steps: ran.map(|record| record.spot.step).collect(), branches: BTreeSet::new() };
        for entry in &rehearsal.entries {
            if let Entry::Routed { spot, branches, .. } = entry {
                reached.branches.extend(branches.iter().map(|number| (spot.step, *number)));
            }
        }
        reached
    }

    /// Adds what another run came to.
    pub(super) fn add(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.branches.extend(other.branches);
    }
}

/// How much of a scenario its tests came to.
#[derive(Debug)]
pub(super) struct Coverage {
    /// How many steps and branches there are.
    pub(super) all: usize,
    /// Those that no test came to, in the order of the text.
    pub(super) missed: Vec<Missed>,
}

/// Something that no test came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missed {
    /// Where it stands.
    pub(super) place: Place,
    /// What it is, as a sentence.
    pub(super) what: String,
}

impl Coverage {
    /// Holds a scenario against what its tests came to. Steps that their author switched off do not count.
    pub(super) fn of(plan: &Plan, reached: &Reached) -> Self {
        let mut coverage = Self { all: 0, missed: Vec::new() };
        for step in plan.steps.iter().filter(|step| !step.disabled) {
            coverage.all += 1;
            if !reached.steps.contains(&step.no) {
                let what = format!("step `{}` never ran", step.label);
                coverage.missed.push(Missed { place: step.place, what });
            }
            if let Kind::Route(route) = &step.kind {
                for (number, name, block) in branches(route) {
                    coverage.all += 1;
                    if !reached.branches.contains(&(step.no, number)) {
                        let place = first_place(plan, block).unwrap_or(step.place);
                        coverage.missed.push(Missed { place, what: format!("{name} was never taken") });
                    }
                }
            }
        }
        coverage.missed.sort_by_key(|missed| missed.place);
        coverage
    }

    /// How many steps and branches tests came to.
    pub(super) fn covered(&self) -> usize {
        self.all - self.missed.len()
    }
}

/// In percent, rounded down: 100 means all.
pub(super) fn percent(covered: usize, all: usize) -> u8 {
    u8::try_from((covered * 100).checked_div(all).unwrap_or(100)).unwrap_or(100)
}

/// Number, name and block of each branch.
fn branches(route: &Route) -> impl Iterator<Item = (u32, String, BlockNo)> {
    let named = (0..).zip(&route.branches).map(|(number, branch)| {
        let name =
            branch.name.as_ref().map_or_else(|| format!("branch {}", number + 1), |name| format!("branch `{name}`"));
        (number, name, branch.block)
    });
    let last = route.branches.len() as u32;
    named.chain(route.otherwise.map(|block| (last, "`otherwise`".to_owned(), block)))
}

fn first_place(plan: &Plan, block: BlockNo) -> Option<Place> {
    plan.block(block).steps.first().map(|step| plan.step(*step).place)
}
