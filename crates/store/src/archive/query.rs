//! Which runs are asked for.

use super::needle::Needle;
use crate::{Filter, Head};
use run::id::{Millis, RunId};
use std::ops::Range;

/// Which runs are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    filter: Filter,
    needle: Option<Needle>,
}

impl Query {
    /// Asks for the runs that fit the filter.
    pub(crate) fn new(filter: Filter) -> Self {
        let needle = filter.text.as_deref().and_then(Needle::new);
        Self { filter, needle }
    }

    /// Whether a run fits, but for the text.
    pub(crate) fn admits(&self, run: RunId, head: &Head) -> bool {
        self.span().contains(&run)
            && self.filter.scenario.as_ref().is_none_or(|scenario| *scenario == head.scenario)
            && self.filter.status.is_none_or(|status| status == head.status)
    }

    /// The text that a run must have in one of its pieces.
    pub(crate) fn needle(&self) -> Option<&Needle> {
        self.needle.as_ref()
    }

    /// The names that runs of the time asked for have. (The largest name of all is no UUIDv7, so leaving it out does no
    /// harm.)
    pub(crate) fn span(&self) -> Range<RunId> {
        let start = self.filter.since.map_or(u128::MIN, earliest);
        let end = self.filter.until.map_or(u128::MAX, earliest);
        let before = self.filter.before.map_or(u128::MAX, |run| run.0.as_u128());
        RunId(uuid::Uuid::from_u128(start))..RunId(uuid::Uuid::from_u128(end.min(before)))
    }

    /// The filter as it was given.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }
}

/// The smallest name of runs created at this time. A UUIDv7 begins with 48 bits of milliseconds (RFC 9562 §5.7).
fn earliest(time: Millis) -> u128 {
    let time = u128::try_from(time).unwrap_or_default();
    time.min((1 << 48) - 1) << 80
}
