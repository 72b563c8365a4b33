//! How long a run has stood still because its scenario said so.

use crate::id::Millis;

/// Times of rest: while some step waits for a time or an answer, or is held.
#[derive(Debug, Default)]
pub(super) struct Rest {
    since: Option<Millis>,
    before: Millis,
}

impl Rest {
    /// Tells whether some step rests from this time on.
    pub(super) fn note(&mut self, rests: bool, at: Millis) {
        match (rests, self.since) {
            (true, None) => self.since = Some(at),
            (false, Some(since)) => {
                self.before = self.before.saturating_add(at.saturating_sub(since).max(0));
                self.since = None;
            }
            _ => {}
        }
    }

    /// Whether some step rests now.
    pub(super) fn is_going_on(&self) -> bool {
        self.since.is_some()
    }

    /// All rests until this time, in milliseconds, with the part of the one that is going on.
    pub(super) fn in_all_until(&self, at: Millis) -> Millis {
        let going_on = self.since.map_or(0, |since| at.saturating_sub(since).max(0));
        self.before.saturating_add(going_on)
    }

    /// All rests that are over, in milliseconds.
    pub(super) fn in_all(&self) -> Millis {
        self.before
    }
}
