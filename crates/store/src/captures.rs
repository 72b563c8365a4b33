//! What came in from outside, as it came: an append-only, ordered, bounded log of records, each under a name.
//!
//! Unlike the journal it promises little: a record is written soon, not at once, and may be left out when the disk cannot
//! follow. Nothing waits for it but [`Captures::append_durably`].

use bytes::Bytes;
use run::id::Millis;
use run::tables::StoreError;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

#[cfg(test)]
mod conformance;

/// How many kinds of records there are: 0 to 14.
pub const KINDS: usize = 15;

/// What a record is filed under.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The log it belongs to; at most 65,535 bytes count.
    pub hook: &'a str,
    /// When it happened.
    pub at: Millis,
    /// What kind it is of, below [`KINDS`]: lists can be narrowed by it without reading.
    pub kind: u8,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Grows from record to record, over all logs; numbers may be left out.
    pub id: u64,
    /// When it happened.
    pub at: Millis,
    /// What kind it is of.
    pub kind: u8,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(pub u16);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(u16::MAX);

    /// This kind alone.
    pub fn only(kind: u8) -> Self {
        Self(1_u16.checked_shl(kind.into()).unwrap_or_default())
    }

    /// Whether the kind is one of them.
    pub fn has(self, kind: u8) -> bool {
        self.0 & Self::only(kind).0 != 0
    }
}

/// How much is kept. What goes, goes in pieces of a sixteenth or so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How old records may become; none: any age.
    pub age: Option<Duration>,
    /// How many bytes they may take; the oldest go first.
    pub bytes: u64,
}

impl Default for Bounds {
    /// A week, and 256 MiB.
    fn default() -> Self {
        Self { age: Some(Duration::from_secs(7 * 86_400)), bytes: 256 << 20 }
    }
}

/// What a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many records of each kind.
    pub kinds: [u64; KINDS],
    /// The newest record, and when it happened.
    pub last: Option<(u64, Millis)>,
}

impl Tally {
    /// How many records.
    pub fn total(&self) -> u64 {
        self.kinds.iter().sum()
    }
}

/// A promise that resolves with a record's id once it is on disk, or with the reason why it is not.
#[derive(Debug)]
pub struct Kept(oneshot::Receiver<Result<u64, StoreError>>);

impl Kept {
    /// A promise, and what fulfils it.
    pub(crate) fn pair() -> (oneshot::Sender<Result<u64, StoreError>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }
}

impl Future for Kept {
    type Output = Result<u64, StoreError>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or(Err(StoreError::Closed)))
    }
}

/// Writes a record's bytes to the end of the buffer; what is there already belongs to others.
pub type Encode<'e> = &'e mut dyn FnMut(&mut Vec<u8>);

/// A log of records by name. Appends do not wait; all other calls may block for the disk.
pub trait Captures: Send + Sync + fmt::Debug {
    /// Adds a record, soon; it can be read a moment later. None: it was left out, for the disk does not follow.
    fn append(&self, label: Label<'_>, encode: Encode<'_>) -> Option<u64>;
    /// Adds a record; the promise is fulfilled once it is on disk.
    fn append_durably(&self, label: Label<'_>, encode: Encode<'_>) -> Kept;
    /// One record of a log.
    fn read(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError>;
    /// Records of a log, newest first: at most `limit` of these kinds, older than `before`.
    fn newest(&self, hook: &str, before: Option<u64>, kinds: Kinds, limit: usize) -> Result<Vec<Capture>, StoreError>;
    /// Records of a log in their order: at most `limit` that came after this one. Whoever goes on from the last one he
    /// got misses none, however slow he is, unless it is not kept any more.
    fn after(&self, hook: &str, after: u64, limit: usize) -> Result<Vec<Capture>, StoreError>;
    /// What each log holds.
    fn tallies(&self) -> Result<BTreeMap<Arc<str>, Tally>, StoreError>;
    /// Forgets a log and writes over what it held. Gives how many records that were.
    fn purge(&self, hook: &str) -> Result<u64, StoreError>;
    /// From now on, so much is kept.
    fn bound(&self, bounds: Bounds);
    /// Lets go of what need not be kept at `now`.
    fn retain(&self, now: Millis) -> Result<(), StoreError>;
    /// The id of the newest record that can be read, as it changes.
    fn written(&self) -> watch::Receiver<u64>;
    /// Writes what waits, and puts in order what was written, for the process to end.
    fn settle(&self) -> Result<(), StoreError>;
    /// How many records were left out since the store was opened.
    fn dropped(&self) -> u64;
}
