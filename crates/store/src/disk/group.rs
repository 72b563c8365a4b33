//! Decides what of a group is done and writes it down. What jobs of the same group do counts for those behind them.

use super::committer::Job;
use super::live::Shared;
use super::log::Place;
use super::log::record::{self, Change as ChangeRecord};
use super::records::{self, Change};
use crate::{Append, Claim, ClaimKey};
use run::id::{Millis, RunId};
use run::tables::{Expected, StoreError};
use std::collections::HashMap;

/// What came of one job: the revision of a changed record, nothing else of note, or why it was refused.
pub(super) type Verdict = Result<Option<u64>, StoreError>;

/// The run that has claimed this, if the claim lasts. What the log has is looked at first: a claim is in the database
/// before the log forgets it.
pub(super) fn claimed(shared: &Shared, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
    let in_log = shared.read().index.claim(key);
    let held = match in_log {
        Some(held) => Some(held),
        None => shared.trees.claim(key)?,
    };
    Ok(held.filter(|(_, until)| now < *until).map(|(run, _)| run))
}

/// A group on its way into the log.
pub(super) struct Group<'a> {
    shared: &'a Shared,
    /// Where the records of the group will lie.
    file: u32,
    offset: u64,
    /// How many bytes of the buffer come before the records.
    around: usize,
    buffer: &'a mut Vec<u8>,
    /// Runs that the group has changed: pieces, whether they are over, the last place.
    runs: HashMap<RunId, (u32, bool, Option<Place>)>,
    claims: HashMap<ClaimKey, RunId>,
    /// Revisions of records that the group has changed; none of those it has removed.
    records: HashMap<&'a [u8], Option<u64>>,
    /// The last revision that was given.
    revision: u64,
}

/// What became of a group.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) verdicts: Vec<Verdict>,
    /// Where the pieces are, in the order of their jobs.
    pub(super) places: Vec<Option<Place>>,
    /// The last revision that was given.
    pub(super) revision: u64,
}

impl<'a> Group<'a> {
    /// Begins a group whose records go behind what is in the buffer, to this place in the log.
    pub(super) fn new(shared: &'a Shared, (file, offset): (u32, u64), buffer: &'a mut Vec<u8>, revision: u64) -> Self {
        let (runs, claims, records) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { shared, file, offset, around: buffer.len(), buffer, runs, claims, records, revision }
    }

    /// Decides the jobs, in order. An error means that the store cannot be read.
    pub(super) fn decide(mut self, jobs: &'a [Job]) -> Result<Decided, StoreError> {
        let mut verdicts = Vec::with_capacity(jobs.len());
        let mut places = Vec::with_capacity(jobs.len());
        for job in jobs {
            let (verdict, place) = match job {
                Job::Append(append, _) => self.append(append)?,
                Job::Change(change, _) => (self.change(change)?, None),
                Job::Seal(..) => (Ok(None), None),
            };
            verdicts.push(verdict);
            places.push(place);
        }
        Ok(Decided { verdicts, places, revision: self.revision })
    }

    fn append(&mut self, append: &Append) -> Result<(Verdict, Option<Place>), StoreError> {
        let known = self.runs.get(&append.run).copied().or_else(|| self.shared.read().index.progress(append.run));
        let (is_next, before) = match known {
            None => (append.piece == 0, None),
            Some((pieces, over, last)) => (append.piece == pieces && !over, last),
        };
        if let Some(claim) = &append.claim
            && let Some(holder) = self.holder(claim, append.run)?
        {
            return Ok((Err(StoreError::Claimed(holder)), None));
        }
        if !is_next {
            return Ok((Err(StoreError::Conflict), None));
        }
        let place = Place { file: self.file, offset: self.here() };
        record::push_piece(self.buffer, append, before);
        if let Some(claim) = &append.claim {
            record::push_claim(self.buffer, claim, append.run);
            self.claims.insert(claim.key, append.run);
        }
        self.runs.insert(append.run, (append.piece + 1, append.head.status.is_over(), Some(place)));
        Ok((Ok(None), Some(place)))
    }

    /// Who has a claim already.
    fn holder(&self, claim: &Claim, run: RunId) -> Result<Option<RunId>, StoreError> {
        match self.claims.get(&claim.key) {
            Some(holder) => Ok(Some(*holder)),
            None => claimed(self.shared, &claim.key, run.created()),
        }
    }

    fn change(&mut self, change: &'a Change) -> Result<Verdict, StoreError> {
        let before = match self.records.get(change.key()) {
            Some(revision) => *revision,
            None => records::revision(&self.shared.trees, change.key())?,
        };
        let fits = match change.expected() {
            Expected::Any => true,
            Expected::Absent => before.is_none(),
            Expected::Revision(revision) => before == Some(revision),
        };
        if !fits {
            return Ok(Err(StoreError::Conflict));
        }
        if let Err(error) = self.shared.room.take(&*self.shared.files, change.size()) {
            return Ok(Err(error));
        }
        let revision = match (change.value(), before) {
            (Some(_), _) => {
                self.revision += 1;
                self.revision
            }
            (None, Some(revision)) => revision,
            (None, None) => return Ok(Ok(None)),
        };
        let (key, value) = (change.key(), change.value());
        record::push_change(self.buffer, ChangeRecord { revision, key, value });
        self.records.insert(key, value.map(|_| revision));
        Ok(Ok(Some(revision)))
    }

    /// Where the next record will lie in the file.
    fn here(&self) -> u32 {
        (self.offset + (self.buffer.len() - self.around) as u64) as u32
    }
}
