//! Tells people that the store has no room, until it has: runs that were promised wait for it, new ones are refused.

use crate::alarms::{self, AlarmKind};
use crate::shared::Shared;
use run::id::Millis;
use run::tables::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What the alarm is about. No scenario has this name.
const SUBJECT: &str = "data folder";

/// For how long nothing may have been refused before it is looked whether there is room again, in milliseconds. What is
/// large finds none longer than what is small; the alarm is not to come and go with each.
const QUIET: Millis = 30_000;

/// When the store last had no room.
#[derive(Debug)]
pub(crate) struct FullDisk {
    last: AtomicI64,
}

impl Default for FullDisk {
    fn default() -> Self {
        Self { last: AtomicI64::new(Millis::MIN) }
    }
}

/// Takes in why a write was refused.
pub(crate) fn note(shared: &Arc<Shared>, error: &StoreError) {
    let StoreError::Full(why) = error else { return };
    shared.full_disk.last.store(shared.now(), Ordering::Relaxed);
    let message = format!("there is no room on the disk: {why}");
    alarms::raise(shared, AlarmKind::Trouble, SUBJECT.to_owned(), message);
}

/// Ends the alarm once there is room: that it is over is put on disk, or it is not over.
pub(crate) fn look(shared: &Arc<Shared>) {
    let quiet = shared.now().saturating_sub(shared.full_disk.last.load(Ordering::Relaxed));
    if quiet >= QUIET {
        alarms::clear(shared, AlarmKind::Trouble, SUBJECT);
    }
}
