//! The webhook table of a folder: paths as written, and made-up ones that stay.

use engine::Handle;
use run::id::ScenarioId;
use run::tables::{Expected, StoreError, Tables};
use scenario::diagnostic::{Diagnostic, Place};
use scenario::plan::{Plan, Trigger, Webhook};
use server::library::Entry;
use std::collections::BTreeMap;
use std::sync::Arc;
use triggers::webhook::hooks::{Hook, Hooks};
use triggers::webhook::path::unguessable;
use triggers::webhook::pattern::Pattern;

/// The table that keeps made-up paths: `scenario/number` → path.
const PATHS: &str = "hooks";

/// Where a webhook stands in its scenario.
struct Source {
    id: ScenarioId,
    path: String,
    place: Place,
}

/// The table of all webhooks. Paths and findings (a path taken by another scenario, a schema that cannot be used) are
/// written into the entries.
pub(super) fn table(
    handle: &Handle,
    tables: &dyn Tables,
    scenarios: &mut BTreeMap<ScenarioId, Entry>,
) -> Result<Hooks, StoreError> {
    let mut served = Vec::new();
    for entry in scenarios.values_mut() {
        entry.hooks.clear();
        entry.diagnostics.retain(|diagnostic| !diagnostic.is_about_the_folder());
        let Some(deployment) = handle.deployment(&entry.id) else { continue };
        let paths = paths(tables, &entry.id, &deployment.plan)?;
        for (webhook, path) in webhooks(&deployment.plan.triggers).zip(paths) {
            entry.hooks.push(path.clone());
            let source = Source { id: entry.id.clone(), path, place: webhook.place };
            match (source.path.parse::<Pattern>(), Hook::new(&source.path, Arc::clone(&deployment), webhook)) {
                (Ok(pattern), Ok(hook)) => {
                    let rank = (switched(&deployment.plan), hook.openness());
                    served.push((rank, pattern, hook, source));
                }
                (Err(error), _) => {
                    entry.diagnostics.push(Diagnostic::unservable_hook(source.place, &error.to_string()))
                }
                (_, Err(error)) => {
                    let place = error.place().unwrap_or(source.place);
                    entry.diagnostics.push(Diagnostic::unservable_hook(place, &error.to_string()))
                }
            }
        }
    }
    // One that is switched off does not stand in the way of one that is on, nor one that is open in the way of one that
    // is closed: a new file must not let strangers in where they were kept out.
    served.sort_by_key(|(rank, ..)| *rank);
    let (hooks, sources): (Vec<_>, Vec<_>) =
        served.into_iter().map(|(_, pattern, hook, source)| ((pattern, hook), source)).unzip();
    let (table, conflicts) = Hooks::build(hooks);
    for conflict in conflicts {
        let (served, shadowed) = (&sources[conflict.served], &sources[conflict.shadowed]);
        for (one, other) in [(served, shadowed), (shadowed, served)] {
            if let Some(entry) = scenarios.get_mut(&one.id) {
                let finding = Diagnostic::path_taken(one.place, &one.path, one.id.as_str(), other.id.as_str());
                entry.diagnostics.push(finding);
            }
        }
    }
    Ok(table)
}

/// The paths of a plan's webhooks, in the order of its triggers: as written, or made up and kept.
pub(super) fn paths(tables: &dyn Tables, id: &ScenarioId, plan: &Plan) -> Result<Vec<String>, StoreError> {
    let path = |(number, webhook): (usize, &Webhook)| match &webhook.path {
        Some(path) => Ok(path.to_string()),
        None => made_up(tables, PATHS, id, number),
    };
    webhooks(&plan.triggers).enumerate().map(path).collect()
}

/// Whether a scenario is on; those that are come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Switched {
    On,
    Off,
}

fn switched(plan: &Plan) -> Switched {
    if plan.enabled { Switched::On } else { Switched::Off }
}

fn webhooks(triggers: &[Trigger]) -> impl Iterator<Item = &Webhook> {
    triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(&**webhook),
        _ => None,
    })
}

/// What an author has left out, so that nobody can guess it: made once, then kept in this table.
pub(super) fn made_up(tables: &dyn Tables, table: &str, id: &ScenarioId, number: usize) -> Result<String, StoreError> {
    let key = format!("{id}/{number}");
    if let Some(record) = tables.get(table, &key)? {
        return Ok(String::from_utf8_lossy(&record.value).into_owned());
    }
    let made = unguessable(rand::random());
    tables.put(table, &key, made.as_bytes(), Expected::Any)?;
    Ok(made)
}
