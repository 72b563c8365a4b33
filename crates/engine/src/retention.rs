//! Lets go of runs that need not be kept any longer, and of what is known of them, now and then.

use crate::shared::Shared;
use run::id::Millis;
use run::retention::Keep;
use run::tables::StoreError;
use std::sync::Arc;
use store::{Retention, Usage};

/// How often it is looked for runs that may go.
const ROUND: Millis = 10 * 60 * 1000;

/// Lets runs go until the engine stops.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let clock = Arc::clone(&shared.options.clock);
    let mut stopping = shared.stopping.subscribe();
    loop {
        let next = clock.now().saturating_add(ROUND);
        tokio::select! {
            () = clock.sleep_until(next) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let letting_go = Arc::clone(&shared);
        match tokio::task::spawn_blocking(move || let_go(&letting_go)).await {
            Ok(Ok(gone)) if gone.runs > 0 => tracing::info!(runs = gone.runs, bytes = gone.bytes, "let go of old runs"),
            Ok(Err(error)) => tracing::error!(%error, "old runs could not be let go of"),
            _ => {}
        }
    }
}

/// Gives how many runs went, and how many bytes.
fn let_go(shared: &Shared) -> Result<Usage, StoreError> {
    let said = shared.scenarios.all().into_iter().filter(|deployment| deployment.plan.keep != Keep::default());
    let defaults = shared.options.keep;
    let of = |keep: Keep| Keep { age: keep.age.or(defaults.age), runs: keep.runs.or(defaults.runs), ..keep };
    let scenarios = said.map(|deployment| (deployment.id.clone(), of(deployment.plan.keep))).collect();
    let retention = Retention { keep: defaults, scenarios, bytes: shared.options.keep_bytes };
    let gone = shared.store.journal.retain(&retention, shared.options.clock.now())?;
    shared.repeats.forget_gone(&*shared.store.journal)?;
    Ok(gone)
}
