//! A step without those before it: what must be given of them so that a run begins with it.

use crate::call::Delivery;
use crate::entry::{Done, Entry};
use crate::id::{Millis, Spot, Turns};
use crate::payload::Payload;
use rhai::Array;
use scenario::plan::{Block, BlockNo, Bound, Kind, Plan, Role, Route, Step, StepNo};

/// A step that cannot be run without those around it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{step}` runs only when something has failed, and cannot be run by itself")]
pub struct NotAlone {
    /// Its id, else its label.
    pub step: String,
}

/// The entries after which a run stands before this step, as if everything before it had been done: steps gave what
/// `values` has under their ids, branches were taken, and loops are in their first turn, on what `values` has under their
/// variables.
pub fn given(
    plan: &Plan,
    step: StepNo,
    values: &dyn Fn(&str) -> Option<Payload>,
    at: Millis,
) -> Result<Vec<Entry>, NotAlone> {
    let way = way(plan, step);
    let mut before = Before { plan, values, at, turns: Turns::new(), entries: Vec::new() };
    for (position, no) in way.iter().enumerate() {
        let on_the_way = plan.step(*no);
        let block = plan.block(on_the_way.block);
        if block.role != Role::Work {
            return Err(not_alone(plan.step(step)));
        }
        before.list(block, on_the_way.position);
        if let Some(inner) = way.get(position + 1) {
            before.enter(on_the_way, plan.step(*inner).block).ok_or_else(|| not_alone(plan.step(step)))?;
        }
    }
    Ok(before.entries)
}

/// The steps that the step stands in, outermost first, and itself.
fn way(plan: &Plan, step: StepNo) -> Vec<StepNo> {
    let mut way = vec![step];
    let mut at = step;
    while let Some(owner) = plan.block(plan.step(at).block).owner {
        way.push(owner);
        at = owner;
    }
    way.reverse();
    way
}

fn not_alone(step: &Step) -> NotAlone {
    NotAlone { step: step.id.as_deref().unwrap_or(&step.label).to_owned() }
}

struct Before<'a> {
    plan: &'a Plan,
    values: &'a dyn Fn(&str) -> Option<Payload>,
    at: Millis,
    turns: Turns,
    entries: Vec<Entry>,
}

impl Before<'_> {
    fn spot(&self, step: StepNo) -> Spot {
        Spot { step, turns: self.turns.clone() }
    }

    /// The first steps of a list are done.
    fn list(&mut self, block: &Block, steps: u32) {
        for no in block.steps.iter().take(steps as usize) {
            let id = self.plan.step(*no).id.as_deref();
            let output = id.and_then(|id| (self.values)(id)).unwrap_or_else(Payload::null);
            let (spot, sent) = (self.spot(*no), Payload::null());
            let done = Done { spot, attempt: 1, output, sent, delivery: Delivery::Sandbox, at: self.at };
            self.entries.push(Entry::Done(Box::new(done)));
        }
    }

    /// The step has begun, and the run stands in this list of it. None where it comes there in no usual way.
    fn enter(&mut self, step: &Step, inner: BlockNo) -> Option<()> {
        let (spot, at) = (self.spot(step.no), self.at);
        match &step.kind {
            Kind::Route(route) => {
                let branches = vec![branch(route, inner)?];
                self.entries.push(Entry::Routed { spot, branches, at });
            }
            Kind::Parallel(branches) => {
                self.entries.push(Entry::Routed { spot, branches: (0..branches.len() as u32).collect(), at });
                for other in branches.iter().filter(|branch| branch.block != inner) {
                    self.list(self.plan.block(other.block), u32::MAX);
                }
            }
            Kind::ForEach(each) => {
                let item = (self.values)(&each.variable).or_else(|| (self.values)("item"));
                let item = item.unwrap_or_else(Payload::null);
                let items = match each.batch {
                    Some(_) if item.value().is_array() => item,
                    _ => Payload::of(Array::from([item.value()]).into()),
                };
                self.entries.push(Entry::Looped { spot, items, count: 1, at });
                self.turns.push(0);
            }
            Kind::Repeat(repeat) => {
                self.entries.push(Entry::Looped { spot: spot.clone(), items: Payload::null(), count: 1, at });
                if matches!(repeat.bound, Bound::While(_)) {
                    self.entries.push(Entry::Began { spot, turn: 0, at });
                }
                self.turns.push(0);
            }
            Kind::WaitFor(wait) => {
                let deadline = Millis::try_from(wait.deadline.as_millis()).unwrap_or(Millis::MAX);
                self.entries.push(Entry::Awaiting { spot, until: at.saturating_add(deadline), at });
            }
            _ => return None,
        }
        Some(())
    }
}

/// The number of the branch with this list; `otherwise` counts as the one after the last.
fn branch(route: &Route, inner: BlockNo) -> Option<u32> {
    let found = route.branches.iter().position(|branch| branch.block == inner);
    let otherwise = (route.otherwise == Some(inner)).then_some(route.branches.len());
    found.or(otherwise).and_then(|number| u32::try_from(number).ok())
}
