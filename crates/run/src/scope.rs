//! What the expressions of a run's steps could see when it was over, or as far as it has come: for people who write the
//! next version of its scenario.

use crate::entry::{Entry, Recognised};
use crate::history::history;
use crate::names;
use crate::payload::Payload;
use rhai::{Array, Map};
use scenario::data;
use scenario::plan::{Kind, Plan, TriggerReads};
use std::collections::BTreeMap;

/// The values of names.
#[derive(Clone, Debug)]
pub struct Scope {
    /// `trigger`, with all of its fields.
    pub trigger: Payload,
    /// What steps gave, by their ids; in loops, in the last turn that came to them.
    pub steps: BTreeMap<String, Payload>,
    /// `vars`: a map.
    pub vars: Payload,
    /// What loops work on in their first turn, by their variables.
    pub loops: BTreeMap<String, Payload>,
}

impl Scope {
    /// The scope of the run with this journal, which begins with [`Entry::Created`]; none where it does not.
    pub fn of(entries: &[Entry], plan: &Plan) -> Option<Self> {
        let Some(Entry::Created(created)) = entries.first() else { return None };
        let trigger = names::trigger(&created.input, Recognised::of(entries), &TriggerReads::All);
        let mut scope = Self {
            trigger: Payload::of(trigger),
            steps: BTreeMap::new(),
            vars: Payload::of(Map::new().into()),
            loops: BTreeMap::new(),
        };
        for record in history(entries) {
            let id = plan.steps.get(record.spot.step.0 as usize).and_then(|step| step.id.as_deref());
            if let (Some(id), Some(output)) = (id, record.output) {
                scope.steps.insert(id.to_owned(), output);
            }
        }
        let mut vars = Map::new();
        for entry in entries {
            match entry {
                Entry::Assigned { values, .. } => {
                    vars.extend(values.iter().map(|(name, value)| (name.as_str().into(), value.value())));
                }
                Entry::Looped { spot, items, .. } => {
                    let kind = plan.steps.get(spot.step.0 as usize).map(|step| &step.kind);
                    if let (Some(Kind::ForEach(each)), Some(item)) = (kind, first_turn(items, kind)) {
                        scope.loops.insert(each.variable.to_string(), item);
                    }
                }
                _ => {}
            }
        }
        scope.vars = Payload::of(vars.into());
        Some(scope)
    }
}

/// What the first turn of a loop works on: an item, or as many as a batch has.
fn first_turn(items: &Payload, kind: Option<&Kind>) -> Option<Payload> {
    let Some(Kind::ForEach(each)) = kind else { return None };
    let items = items.value();
    let items = items.read_lock::<Array>()?;
    let first = match each.batch {
        None => items.first()?.clone(),
        Some(batch) => items.iter().take(batch as usize).cloned().collect::<Array>().into(),
    };
    Some(Payload::of(data::share(first)))
}
