//! The addresses of a folder's mailhooks: as written, and made-up ones that stay.

use super::hooks::made_up;
use engine::Handle;
use run::id::ScenarioId;
use run::tables::{StoreError, Tables};
use scenario::plan::Trigger;
use server::library::Entry;
use std::collections::BTreeMap;
use std::sync::Arc;
use triggers::mailhook::{Addresses, Armed};

/// The table that keeps made-up addresses: `scenario/number` → what stands before the `@`.
const TABLE: &str = "mailhooks";

/// All addresses, those of scenarios that are switched off among them: their senders are told to come again. Each is
/// written into its entry.
pub(super) fn table(
    handle: &Handle,
    tables: &dyn Tables,
    scenarios: &mut BTreeMap<ScenarioId, Entry>,
) -> Result<Addresses, StoreError> {
    let mut addresses = Addresses::default();
    for entry in scenarios.values_mut() {
        entry.addresses.clear();
        let Some(deployment) = handle.deployment(&entry.id) else { continue };
        let mailhooks = deployment.plan.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Mailhook(mailhook) => Some(mailhook),
            _ => None,
        });
        for (number, mailhook) in mailhooks.enumerate() {
            let address = match &mailhook.address {
                Some(address) => address.to_string(),
                None => made_up(tables, TABLE, &entry.id, number)?,
            };
            addresses.add(&address, Armed::new(Arc::clone(&deployment), mailhook.clone()));
            entry.addresses.push(address);
        }
    }
    Ok(addresses)
}
