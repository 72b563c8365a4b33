//! The directory of one part of an archive: which blocks there are, and which heads may be in them.

use super::chunk::Place;
use super::query::Query;
use crate::{Head, Status};
use run::id::{RunId, ScenarioId};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Which runs of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// Those that were over.
    Done,
    /// Those that were not.
    Open,
}

/// The blocks of a part, by ascending name of their first run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    /// The filters of all blocks, one after another.
    pub(super) filters: Place,
}

/// A block.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its first run.
    pub(super) first: RunId,
    pub(super) block: Place,
    pub(super) page: Place,
    /// Its filter among the filters of the part: where it begins and ends.
    pub(super) filter: (u32, u32),
    pub(super) heads: Heads,
}

/// What heads are in a block, roughly: a bit for each status, and one for the hash of each scenario's name.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Heads {
    statuses: u32,
    scenarios: u64,
}

impl Heads {
    /// Adds a head.
    pub(super) fn add(&mut self, head: &Head) {
        self.statuses |= status_bit(head.status);
        self.scenarios |= scenario_bit(&head.scenario);
    }

    /// Whether what is asked for may be among them.
    fn may_hold(self, query: &Query) -> bool {
        let filter = query.filter();
        filter.status.is_none_or(|status| self.statuses & status_bit(status) != 0)
            && filter.scenario.as_ref().is_none_or(|scenario| self.scenarios & scenario_bit(scenario) != 0)
    }
}

impl Directory {
    /// The number of the block that has the run, if any has.
    pub(super) fn block_of(&self, run: RunId) -> Option<usize> {
        self.entries.partition_point(|entry| entry.first <= run).checked_sub(1)
    }

    /// The numbers of the blocks that may have what is asked for, as far as names and heads go.
    pub(super) fn blocks_for<'a>(&'a self, query: &'a Query) -> impl Iterator<Item = usize> + 'a {
        let span = query.span();
        self.between(&span).filter(move |block| self.entries[*block].heads.may_hold(query))
    }

    fn between(&self, span: &Range<RunId>) -> Range<usize> {
        let start = self.block_of(span.start).unwrap_or(0);
        let end = self.entries.partition_point(|entry| entry.first < span.end);
        start..end
    }

    /// How many bytes it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        self.entries.len() * size_of::<Entry>()
    }
}

fn status_bit(status: Status) -> u32 {
    1 << (status as u32 % u32::BITS)
}

/// A bit of a scenario's name (FNV-1a, 64 bits; its upper bits are the better ones).
fn scenario_bit(scenario: &ScenarioId) -> u64 {
    let hash = scenario
        .as_str()
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    1 << ((hash ^ hash >> 32) % u64::from(u64::BITS))
}
