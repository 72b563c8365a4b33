//! Looks now and then whether what should happen does: triggers that are due, scenarios that should hear something.

use crate::alarms::{self, AlarmKind};
use crate::full_disk;
use crate::scenarios::Deployment;
use crate::shared::{Handle, Shared};
use run::id::{Millis, ScenarioId};
use run::tables::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it is looked.
const ROUND: Millis = 5_000;
/// How late a trigger may be before it counts as stopped.
const LATE: Millis = 60_000;
/// How many runs of a scenario are looked at to find how many have failed in a row.
const LOOK_BACK: u32 = 100;

/// What a trigger tells of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    /// When it last started a run, or found nothing to do, in milliseconds since 1970.
    pub seen: Option<Millis>,
    /// When it has something to do next; none: when something comes, or never.
    pub next: Option<Millis>,
}

/// The triggers that tell of themselves.
#[derive(Debug, Default)]
pub(crate) struct Beats(Mutex<BTreeMap<(ScenarioId, String), Beat>>);

impl Beats {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(ScenarioId, String), Beat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handle {
    /// A trigger is alive: `trigger` tells it apart from others of its scenario, as `schedule 1`.
    pub fn beat(&self, scenario: &ScenarioId, trigger: &str, beat: Beat) {
        let mut beats = self.shared.beats.lock();
        let known = beats.entry((scenario.clone(), trigger.to_owned())).or_default();
        *known = Beat { seen: beat.seen.or(known.seen), next: beat.next };
    }

    /// A trigger is no longer in force.
    pub fn forget_beat(&self, scenario: &ScenarioId, trigger: &str) {
        self.shared.beats.lock().remove(&(scenario.clone(), trigger.to_owned()));
    }

    /// What the triggers of a scenario have told last, by name.
    pub fn beats(&self, scenario: &ScenarioId) -> Vec<(String, Beat)> {
        let beats = self.shared.beats.lock();
        let of_scenario = beats.range((scenario.clone(), String::new())..).take_while(|((id, _), _)| id == scenario);
        of_scenario.map(|((_, trigger), beat)| (trigger.clone(), *beat)).collect()
    }
}

/// Looks until the engine stops.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let clock = Arc::clone(&shared.options.clock);
    let mut stopping = shared.stopping.subscribe();
    let recalling = Arc::clone(&shared);
    let recalled = tokio::task::spawn_blocking(move || recall(&recalling)).await;
    if let Ok(Err(error)) = recalled {
        tracing::error!(%error, "it is not known how the last runs ended");
    }
    loop {
        let looking = Arc::clone(&shared);
        let looked = tokio::task::spawn_blocking(move || look(&looking)).await;
        if let Ok(Err(error)) = looked {
            tracing::error!(%error, "it could not be looked whether all is well");
        }
        let next = clock.now().saturating_add(ROUND);
        tokio::select! {
            () = clock.sleep_until(next) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

fn recall(shared: &Arc<Shared>) -> Result<(), StoreError> {
    for deployment in shared.scenarios.all() {
        if let Some(most) = deployment.plan.alarms.failures {
            alarms::recall(shared, &deployment.id, most.clamp(1, LOOK_BACK))?;
        }
    }
    Ok(())
}

fn look(shared: &Arc<Shared>) -> Result<(), StoreError> {
    full_disk::look(shared);
    let now = shared.options.clock.now();
    let queues = Handle { shared: Arc::clone(shared) }.queues();
    let waiting = |scenario: &ScenarioId| queues.get(scenario).map_or(0, |queue| queue.waiting);
    for deployment in shared.scenarios.all() {
        look_for_silence(shared, &deployment, now)?;
        look_at_triggers(shared, &deployment.id, now);
        look_at_queue(shared, &deployment, waiting(&deployment.id));
    }
    for (kind, scenario) in alarms::of_the_gone(shared) {
        if kind != AlarmKind::Queue || waiting(&scenario) == 0 {
            alarms::clear(shared, kind, scenario.as_str());
        }
    }
    Ok(())
}

fn look_at_queue(shared: &Arc<Shared>, deployment: &Deployment, waiting: u64) {
    let id = &deployment.id;
    match deployment.plan.alarms.queue {
        Some(most) if waiting >= u64::from(most) => {
            let message = format!("{waiting} runs of `{id}` wait");
            alarms::raise(shared, AlarmKind::Queue, id.to_string(), message);
        }
        _ => alarms::clear(shared, AlarmKind::Queue, id.as_str()),
    }
}

fn look_for_silence(shared: &Arc<Shared>, deployment: &Deployment, now: Millis) -> Result<(), StoreError> {
    let id = &deployment.id;
    let Some(silence) = deployment.plan.alarms.silence else {
        alarms::clear(shared, AlarmKind::Silent, id.as_str());
        return Ok(());
    };
    let longest = Millis::try_from(silence.as_millis()).unwrap_or(Millis::MAX);
    let last = shared.store.journal.last(id)?.map_or(Millis::MIN, |(run, _)| run.created());
    if now.saturating_sub(last) < longest {
        alarms::clear(shared, AlarmKind::Silent, id.as_str());
    } else if now.saturating_sub(last.max(shared.started)) >= longest {
        // The time when nobody could have called does not count. An alarm from before goes on.
        let message = format!("nothing has started `{id}` for {}", words(silence));
        alarms::raise(shared, AlarmKind::Silent, id.to_string(), message);
    }
    Ok(())
}

fn look_at_triggers(shared: &Arc<Shared>, id: &ScenarioId, now: Millis) {
    let handle = Handle { shared: Arc::clone(shared) };
    let late = handle.beats(id).into_iter().find(|(_, beat)| beat.next.is_some_and(|next| now - next > LATE));
    match late {
        None => alarms::clear(shared, AlarmKind::Stopped, id.as_str()),
        Some((trigger, beat)) => {
            let due = beat.next.map(crate::failures::time).unwrap_or_default();
            let message = format!("the trigger {trigger} of `{id}` was due at {due} and has started nothing");
            alarms::raise(shared, AlarmKind::Stopped, id.to_string(), message);
        }
    }
}

/// A duration as people say it, in its largest whole unit.
fn words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
