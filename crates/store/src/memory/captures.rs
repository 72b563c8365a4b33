//! Captures in memory: what the words of the contract mean.

use crate::captures::{Bounds, Capture, Captures, Encode, KINDS, Kept, Kinds, Label, Tally};
use bytes::Bytes;
use run::id::Millis;
use run::tables::StoreError;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// All records, in their order.
#[derive(Debug)]
pub(super) struct Log {
    held: Mutex<Held>,
    written: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Held {
    records: VecDeque<(Arc<str>, Capture)>,
    bytes: u64,
    last: u64,
    bounds: Bounds,
}

impl Default for Log {
    fn default() -> Self {
        Self { held: Mutex::default(), written: watch::Sender::new(0) }
    }
}

impl Held {
    fn push(&mut self, label: Label<'_>, encode: Encode<'_>) -> u64 {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        self.last += 1;
        self.bytes += bytes.len() as u64;
        let Label { hook, at, kind } = label;
        self.records.push_back((hook.into(), Capture { id: self.last, at, kind, bytes: Bytes::from(bytes) }));
        while self.bytes > self.bounds.bytes {
            self.drop_oldest();
        }
        self.last
    }

    fn drop_oldest(&mut self) {
        match self.records.pop_front() {
            Some((_, capture)) => self.bytes -= capture.bytes.len() as u64,
            None => self.bytes = 0,
        }
    }

    fn of<'h>(&'h self, hook: &'h str) -> impl DoubleEndedIterator<Item = &'h Capture> {
        self.records.iter().filter(move |(name, _)| **name == *hook).map(|(_, capture)| capture)
    }
}

impl Log {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, label: Label<'_>, encode: Encode<'_>) -> u64 {
        let id = self.held().push(label, encode);
        self.written.send_if_modified(|written| {
            let is_news = id > *written;
            *written = id.max(*written);
            is_news
        });
        id
    }
}

impl Captures for Log {
    fn append(&self, label: Label<'_>, encode: Encode<'_>) -> Option<u64> {
        Some(self.push(label, encode))
    }

    fn append_durably(&self, label: Label<'_>, encode: Encode<'_>) -> Kept {
        let (sender, kept) = Kept::pair();
        // The promise lives, so the answer arrives.
        let _ = sender.send(Ok(self.push(label, encode)));
        kept
    }

    fn read(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError> {
        Ok(self.held().of(hook).find(|capture| capture.id == id).cloned())
    }

    fn newest(&self, hook: &str, before: Option<u64>, kinds: Kinds, limit: usize) -> Result<Vec<Capture>, StoreError> {
        let held = self.held();
        let older = held.of(hook).rev().filter(|capture| before.is_none_or(|before| capture.id < before));
        Ok(older.filter(|capture| kinds.has(capture.kind)).take(limit).cloned().collect())
    }

    fn after(&self, hook: &str, after: u64, limit: usize) -> Result<Vec<Capture>, StoreError> {
        Ok(self.held().of(hook).filter(|capture| capture.id > after).take(limit).cloned().collect())
    }

    fn tallies(&self) -> Result<BTreeMap<Arc<str>, Tally>, StoreError> {
        let mut tallies: BTreeMap<Arc<str>, Tally> = BTreeMap::new();
        for (hook, capture) in &self.held().records {
            let tally = tallies.entry(Arc::clone(hook)).or_default();
            tally.kinds[usize::from(capture.kind) % KINDS] += 1;
            tally.last = Some((capture.id, capture.at));
        }
        Ok(tallies)
    }

    fn purge(&self, hook: &str) -> Result<u64, StoreError> {
        let mut held = self.held();
        let before = held.records.len();
        held.records.retain(|(name, _)| **name != *hook);
        held.bytes = held.records.iter().map(|(_, capture)| capture.bytes.len() as u64).sum();
        Ok((before - held.records.len()) as u64)
    }

    fn bound(&self, bounds: Bounds) {
        self.held().bounds = bounds;
    }

    fn retain(&self, now: Millis) -> Result<(), StoreError> {
        let mut held = self.held();
        let Some(age) = held.bounds.age else { return Ok(()) };
        let oldest = now.saturating_sub(age.as_millis() as Millis);
        while held.records.front().is_some_and(|(_, capture)| capture.at < oldest) {
            held.drop_oldest();
        }
        Ok(())
    }

    fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    fn settle(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn dropped(&self) -> u64 {
        0
    }
}
