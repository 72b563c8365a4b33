//! The store in memory: what the words of the contract mean, in the fewest lines, and what tests of everything above
//! run on. Nothing survives the process.

mod captures;

use crate::retention::Rules;
use crate::{Ack, Append, Claim, ClaimKey, Filter, Head, Journal, Journaled, Retention, Store, Usage};
use bytes::Bytes;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{BlobReader, BlobWriter, Blobs, Digest, Expected, Record, StoreError, Tables};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Opens an empty store of its own.
pub(crate) fn open() -> Store {
    let memory = Arc::new(Memory::default());
    let captures = Arc::new(captures::Log::default());
    let bins = Arc::new(captures::Log::default());
    Store { journal: memory.clone(), tables: memory.clone(), blobs: memory, captures, bins, damage: Vec::new() }
}

#[derive(Debug, Default)]
struct Memory {
    runs: Mutex<Runs>,
    records: Mutex<Records>,
    blobs: Arc<Mutex<HashMap<Digest, Bytes>>>,
    /// Never sends: memory does not fail.
    failure: watch::Sender<Option<StoreError>>,
}

#[derive(Debug, Default)]
struct Runs {
    journals: BTreeMap<RunId, Journaled>,
    /// Runs that are not over.
    open: BTreeSet<RunId>,
    /// Who has claimed what, and until when.
    claims: HashMap<ClaimKey, (RunId, Millis)>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Records {
    tables: BTreeMap<String, BTreeMap<String, Record>>,
    revision: u64,
}

impl Runs {
    fn append(&mut self, append: Append) -> Result<(), StoreError> {
        if self.closed {
            return Err(StoreError::Closed);
        }
        let Append { run, piece, head, bytes, claim, .. } = append;
        if piece == 0 && self.journals.contains_key(&run) {
            return Err(StoreError::Conflict);
        }
        if piece > 0 && !self.journals.get(&run).is_some_and(|journaled| is_next(journaled, piece)) {
            return Err(StoreError::Conflict);
        }
        if let Some(Claim { key, until }) = claim {
            if let Some(holder) = self.claimed(&key, run.created()) {
                return Err(StoreError::Claimed(holder));
            }
            self.claims.insert(key, (run, until));
        }
        if head.status.is_over() {
            self.open.remove(&run);
        } else {
            self.open.insert(run);
        }
        let journaled =
            self.journals.entry(run).or_insert_with(|| Journaled { head: head.clone(), pieces: Vec::new() });
        journaled.head = head;
        journaled.pieces.push(Bytes::from(bytes));
        Ok(())
    }

    fn claimed(&self, key: &ClaimKey, now: Millis) -> Option<RunId> {
        self.claims.get(key).filter(|(_, until)| now < *until).map(|(holder, _)| *holder)
    }
}

fn is_next(journaled: &Journaled, piece: u32) -> bool {
    !journaled.head.status.is_over() && journaled.pieces.len() == piece as usize
}

impl Journal for Memory {
    fn append(&self, append: Append) -> Ack {
        let (sender, ack) = Ack::pair();
        // The ack lives, so the answer arrives.
        let _ = sender.send(lock(&self.runs).append(append));
        ack
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        Ok(lock(&self.runs).journals.get(&run).cloned())
    }

    fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
        Ok(lock(&self.runs).journals.get(&run).map(|journaled| journaled.head.clone()))
    }

    fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
        Ok(lock(&self.runs).claimed(key, now))
    }

    fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
        let filter = Filter { scenario: Some(scenario.clone()), ..Filter::default() };
        Ok(self.list(&filter, 1)?.pop())
    }

    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        let runs = lock(&self.runs);
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let open = runs.open.range((start, Bound::Unbounded)).take(limit);
        Ok(open.map(|run| (*run, runs.journals[run].head.clone())).collect())
    }

    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        let runs = lock(&self.runs);
        let end = filter.before.map_or(Bound::Unbounded, Bound::Excluded);
        let newest_first = runs.journals.range((Bound::Unbounded, end)).rev();
        let fitting = newest_first.filter(|(run, journaled)| fits(filter, **run, journaled)).take(limit);
        Ok(fitting.map(|(run, journaled)| (*run, journaled.head.clone())).collect())
    }

    fn retain(&self, retention: &Retention, now: Millis) -> Result<Usage, StoreError> {
        let mut rules = Rules::new(retention, now);
        let mut runs = lock(&self.runs);
        let before = usage(&runs);
        let newest_first: Vec<RunId> = runs.journals.keys().rev().copied().collect();
        for run in newest_first {
            if !rules.keeps(&runs.journals[&run].head) {
                runs.journals.remove(&run);
            }
        }
        let after = usage(&runs);
        Ok(Usage { runs: before.runs - after.runs, bytes: before.bytes - after.bytes })
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        Ok(usage(&lock(&self.runs)))
    }

    fn failure(&self) -> watch::Receiver<Option<StoreError>> {
        self.failure.subscribe()
    }

    fn close(&self) -> Result<(), StoreError> {
        lock(&self.runs).closed = true;
        Ok(())
    }
}

fn usage(runs: &Runs) -> Usage {
    let bytes = |journaled: &Journaled| journaled.pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
    Usage { runs: runs.journals.len() as u64, bytes: runs.journals.values().map(bytes).sum() }
}

fn fits(filter: &Filter, run: RunId, journaled: &Journaled) -> bool {
    let head = &journaled.head;
    filter.scenario.as_ref().is_none_or(|scenario| *scenario == head.scenario)
        && filter.status.is_none_or(|status| status == head.status)
        && filter.since.is_none_or(|since| run.created() >= since)
        && filter.until.is_none_or(|until| run.created() < until)
        && filter.text.as_ref().is_none_or(|text| journaled.pieces.iter().any(|piece| has_text(piece, text)))
}

/// Whether a piece has this text in it, in upper or lower case.
fn has_text(piece: &[u8], text: &str) -> bool {
    text.is_empty() || piece.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

impl Tables for Memory {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        Ok(lock(&self.records).tables.get(table).and_then(|table| table.get(key)).cloned())
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        let mut records = lock(&self.records);
        let revision = records.revision + 1;
        let table = records.tables.entry(table.to_owned()).or_default();
        check(expected, table.get(key))?;
        table.insert(key.to_owned(), Record { revision, value: Bytes::copy_from_slice(value) });
        records.revision = revision;
        Ok(revision)
    }

    fn delete(&self, table: &str, key: &str, expected: Expected) -> Result<bool, StoreError> {
        let mut records = lock(&self.records);
        let table = records.tables.entry(table.to_owned()).or_default();
        check(expected, table.get(key))?;
        Ok(table.remove(key).is_some())
    }

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        let records = lock(&self.records);
        let Some(table) = records.tables.get(table) else { return Ok(Vec::new()) };
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let range = table.range::<str, _>((start, Bound::Unbounded));
        let found = range.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
        Ok(found.map(|(key, record)| (key.clone(), record.clone())).collect())
    }
}

fn check(expected: Expected, record: Option<&Record>) -> Result<(), StoreError> {
    let fits = match expected {
        Expected::Any => true,
        Expected::Absent => record.is_none(),
        Expected::Revision(revision) => record.is_some_and(|record| record.revision == revision),
    };
    if fits { Ok(()) } else { Err(StoreError::Conflict) }
}

impl Blobs for Memory {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(bytes).into());
        lock(&self.blobs).entry(digest).or_insert_with(|| Bytes::copy_from_slice(bytes));
        Ok(digest)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        Ok(lock(&self.blobs).get(digest).cloned())
    }

    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        Ok(Box::new(Written { blobs: Arc::clone(&self.blobs), bytes: Vec::new() }))
    }

    fn open(&self, digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError> {
        let bytes = Blobs::get(self, digest)?;
        Ok(bytes.map(|bytes| Box::new(Read { length: bytes.len() as u64, rest: bytes }) as Box<dyn BlobReader>))
    }
}

/// A large value that is being written.
#[derive(Debug)]
struct Written {
    blobs: Arc<Mutex<HashMap<Digest, Bytes>>>,
    bytes: Vec<u8>,
}

impl BlobWriter for Written {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(&self.bytes).into());
        lock(&self.blobs).entry(digest).or_insert(Bytes::from(self.bytes));
        Ok(digest)
    }
}

/// A large value that is being read.
#[derive(Debug)]
struct Read {
    length: u64,
    rest: Bytes,
}

impl BlobReader for Read {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&mut self, most: usize) -> Result<Bytes, StoreError> {
        Ok(self.rest.split_to(most.min(self.rest.len())))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
