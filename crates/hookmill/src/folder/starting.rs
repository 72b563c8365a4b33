//! Which schedules, polls and mailboxes of a scenario are in force: those of one that is switched on.

use engine::Handle;
use scenario::plan::Trigger;
use server::library::Entry;
use std::sync::Arc;
use triggers::mail;
use triggers::poll::ArmedPoll;
use triggers::schedule::runner::Armed;

/// The polls of a scenario that is switched on.
pub(super) fn polls(handle: &Handle, entry: &Entry) -> Vec<ArmedPoll> {
    let Some(deployment) = handle.deployment(&entry.id).filter(|deployment| deployment.plan.enabled) else {
        return Vec::new();
    };
    let polls = deployment.plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Poll(poll) => Some(Arc::new((**poll).clone())),
        _ => None,
    });
    polls.enumerate().map(|(number, poll)| ArmedPoll { deployment: Arc::clone(&deployment), number, poll }).collect()
}

/// The schedules of a scenario that is switched on.
pub(super) fn armed(handle: &Handle, entry: &Entry) -> Vec<Armed> {
    let Some(deployment) = handle.deployment(&entry.id).filter(|deployment| deployment.plan.enabled) else {
        return Vec::new();
    };
    let schedules = deployment.plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Schedule(schedule) => Some(schedule.clone()),
        _ => None,
    });
    let number = |(number, schedule)| Armed { deployment: Arc::clone(&deployment), number, schedule };
    schedules.enumerate().map(number).collect()
}

/// The mailboxes that a scenario which is switched on has watched.
pub(super) fn watched(handle: &Handle, entry: &Entry) -> Vec<mail::Armed> {
    let Some(deployment) = handle.deployment(&entry.id).filter(|deployment| deployment.plan.enabled) else {
        return Vec::new();
    };
    let mails = deployment.plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Mail(trigger) => Some(trigger.clone()),
        _ => None,
    });
    let number = |(number, trigger)| mail::Armed { deployment: Arc::clone(&deployment), number, trigger };
    mails.enumerate().map(number).collect()
}
