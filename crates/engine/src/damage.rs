//! Tells people what of the store could not be read when it was opened, until an opening reads all of it.

use crate::alarms::{self, AlarmKind};
use crate::shared::Shared;
use std::sync::Arc;

/// What the alarm is about. No scenario has this name.
const SUBJECT: &str = "archives of runs";

/// Raises the alarm, or ends the one of an earlier start.
pub(crate) fn tell(shared: &Arc<Shared>) {
    match shared.store.damage.join("; ") {
        none if none.is_empty() => alarms::clear(shared, AlarmKind::Trouble, SUBJECT),
        damage => alarms::raise(shared, AlarmKind::Trouble, SUBJECT.to_owned(), damage),
    }
}
