//! The webhook table of a folder: paths as written, and made-up ones that stay.

use engine::Handle;
use run::id::ScenarioId;
use run::tables::{Expected, StoreError, Tables};
use scenario::diagnostic::{Diagnostic, Place};
use scenario::plan::{Trigger, Webhook};
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
    let mut hooks = Vec::new();
    let mut sources = Vec::new();
    // One that is switched off does not stand in the way of one that is on.
    let mut entries: Vec<&mut Entry> = scenarios.values_mut().collect();
    entries.sort_by_key(|entry| entry.plan.as_ref().is_none_or(|plan| !plan.enabled));
    for entry in entries {
        entry.hooks.clear();
        entry.diagnostics.retain(|diagnostic| !diagnostic.is_about_the_folder());
        let Some(deployment) = handle.deployment(&entry.id) else { continue };
        for (number, webhook) in webhooks(&deployment.plan.triggers).enumerate() {
            let path = match &webhook.path {
                Some(path) => path.to_string(),
                None => made_up(tables, &entry.id, number)?,
            };
            entry.hooks.push(path.clone());
            let source = Source { id: entry.id.clone(), path, place: webhook.place };
            match (source.path.parse::<Pattern>(), Hook::new(&source.path, Arc::clone(&deployment), webhook)) {
                (Ok(pattern), Ok(hook)) => {
                    hooks.push((pattern, hook));
                    sources.push(source);
                }
                (Err(error), _) => {
                    entry.diagnostics.push(Diagnostic::unservable_hook(source.place, &error.to_string()))
                }
                (_, Err(error)) => {
                    entry.diagnostics.push(Diagnostic::unservable_hook(source.place, &error.to_string()))
                }
            }
        }
    }
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

fn webhooks(triggers: &[Trigger]) -> impl Iterator<Item = &Webhook> {
    triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(&**webhook),
        _ => None,
    })
}

/// The path of a webhook whose author left it out: made once, then kept.
fn made_up(tables: &dyn Tables, id: &ScenarioId, number: usize) -> Result<String, StoreError> {
    let key = format!("{id}/{number}");
    if let Some(record) = tables.get(PATHS, &key)? {
        return Ok(String::from_utf8_lossy(&record.value).into_owned());
    }
    let path = unguessable(rand::random());
    tables.put(PATHS, &key, path.as_bytes(), Expected::Any)?;
    Ok(path)
}
