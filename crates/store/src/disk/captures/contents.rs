//! Where the records of a segment are, by log: eight bytes for each. For a segment that is full they are kept beside it,
//! so that nobody has to read it through.

use super::record::{ERASED, Head};
use crate::captures::{KINDS, Kinds, Tally};
use run::id::Millis;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// How many bits of a place are the offset; the kind stands in the others. No segment is longer than they can say.
const OFFSET_BITS: u32 = 28;

/// What a segment holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The id from which those of the records are counted.
    first: u64,
    /// When the oldest and the newest record happened.
    span: Option<(Millis, Millis)>,
    /// The newest record.
    last: u64,
    hooks: HashMap<Arc<str>, Postings>,
}

/// Where the records of one log are, in their order.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Postings {
    list: Vec<Posting>,
    kinds: [u32; KINDS],
    /// When the newest happened.
    last_at: Millis,
}

/// Where a record is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Posting {
    /// By how much its id is larger than the segment's first.
    after_first: u32,
    /// Its offset, and its kind.
    place: u32,
}

/// A record's id, and where it is in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) id: u64,
    pub(super) offset: u64,
}

impl Posting {
    fn kind(self) -> u8 {
        (self.place >> OFFSET_BITS) as u8
    }

    fn spot(self, first: u64) -> Spot {
        let offset = self.place & ((1 << OFFSET_BITS) - 1);
        Spot { id: first + u64::from(self.after_first), offset: offset.into() }
    }
}

impl Contents {
    /// Of a segment that begins with this record.
    pub(super) fn new(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    /// Takes in a record that stands there.
    pub(super) fn add(&mut self, head: &Head, name: &str, offset: u64) {
        self.last = head.id;
        let (oldest, newest) = self.span.unwrap_or((head.at, head.at));
        self.span = Some((oldest.min(head.at), newest.max(head.at)));
        if usize::from(head.kind) >= KINDS {
            return;
        }
        if !self.hooks.contains_key(name) {
            self.hooks.insert(name.into(), Postings::default());
        }
        let Some(postings) = self.hooks.get_mut(name) else { return };
        let place = offset as u32 | u32::from(head.kind) << OFFSET_BITS;
        postings.list.push(Posting { after_first: head.id.saturating_sub(self.first) as u32, place });
        postings.kinds[usize::from(head.kind)] += 1;
        postings.last_at = head.at;
    }

    /// The id of the newest record; 0 where there is none.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// When the oldest and the newest record happened.
    pub(super) fn span(&self) -> Option<(Millis, Millis)> {
        self.span
    }

    /// This record of a log.
    pub(super) fn find(&self, hook: &str, id: u64) -> Option<Spot> {
        let postings = self.hooks.get(hook)?;
        let wanted = u32::try_from(id.checked_sub(self.first)?).ok()?;
        let index = postings.list.binary_search_by_key(&wanted, |posting| posting.after_first).ok()?;
        Some(postings.list[index].spot(self.first))
    }

    /// Records of a log, the newest first: at most so many of these kinds, older than this one.
    pub(super) fn newest(&self, hook: &str, before: u64, kinds: Kinds, limit: usize) -> Vec<Spot> {
        let Some(postings) = self.hooks.get(hook) else { return Vec::new() };
        let end = postings.list.partition_point(|posting| posting.spot(self.first).id < before);
        let fitting = postings.list[..end].iter().rev().filter(|posting| kinds.has(posting.kind()));
        fitting.take(limit).map(|posting| posting.spot(self.first)).collect()
    }

    /// Records of a log in their order: at most so many, newer than this one.
    pub(super) fn after(&self, hook: &str, after: u64, limit: usize) -> Vec<Spot> {
        let Some(postings) = self.hooks.get(hook) else { return Vec::new() };
        let start = postings.list.partition_point(|posting| posting.spot(self.first).id <= after);
        postings.list[start..].iter().take(limit).map(|posting| posting.spot(self.first)).collect()
    }

    /// What each log has here.
    pub(super) fn tallies(&self) -> impl Iterator<Item = (&Arc<str>, Tally)> {
        self.hooks.iter().map(|(hook, postings)| {
            let last = postings.list.last().map(|posting| (posting.spot(self.first).id, postings.last_at));
            (hook, Tally { kinds: postings.kinds.map(u64::from), last })
        })
    }

    /// Forgets a log.
    pub(super) fn forget(&mut self, hook: &str) {
        self.hooks.remove(hook);
    }

    /// Its bytes, to stand beside the segment: crc32(4), then postcard.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let encoded = postcard::to_extend(self, vec![0; 4]).ok()?;
        Some(with_checksum(encoded))
    }

    /// What stood beside a segment that begins with this record; none where it is not as it was written.
    pub(super) fn decode(bytes: &[u8], first: u64) -> Option<Self> {
        let (checksum, rest) = bytes.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*checksum) != crc32fast::hash(rest) {
            return None;
        }
        postcard::from_bytes(rest).ok().filter(|contents: &Self| contents.first == first)
    }
}

fn with_checksum(mut encoded: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&encoded[4..]);
    encoded[..4].copy_from_slice(&checksum.to_le_bytes());
    encoded
}

const _: () = assert!(KINDS <= ERASED as usize, "what was written over is of no kind");
