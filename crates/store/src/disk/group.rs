//! Writes a group of appends and changes that share one flush.
//!
//! A group is written key by key, not as a sled transaction: a transaction holds the log buffer open, and reading back a
//! page that was evicted meanwhile waits for that buffer for ever. So a crash may leave any prefix of the group (sled
//! recovers a prefix of its log), and the order of writes makes every prefix harmless; nothing of the group has been
//! acknowledged then:
//!
//! 1. the names of all runs whose entry in `open` will change (`touched`),
//! 2. first pieces, in frames, 3. later pieces, in the order of their appends: a run never has a gap,
//! 4. the entries in `open`,
//! 5. changes of records, one key each.
//!
//! At the next opening [`settle`] makes the entries of the touched runs anew from their pieces. A run that is over with
//! its first piece touches nothing: its share of a frame is all that it costs.

use super::committer::Job;
use super::frame;
use super::runs;
use super::trees::{FRAME_BYTES, Trees, failed, frame_key, piece_key, slot};
use crate::{Append, Claim, ClaimKey, Head};
use run::id::{Millis, RunId};
use run::tables::StoreError;
use std::collections::{BTreeMap, HashMap};

/// Where the names of the runs are kept that the last group touched.
const TOUCHED: &str = "touched";
/// Where the number of openings is counted.
const OPENINGS: &str = "openings";

/// What came of one job: the revision of a changed record, nothing else of note, or why it was refused.
pub(super) type Verdict = Result<Option<u64>, StoreError>;

/// Makes the index of open runs agree with the journal after a crash.
pub(super) fn settle(trees: &Trees) -> Result<(), StoreError> {
    let Some(touched) = trees.meta.get(TOUCHED).map_err(failed)? else { return Ok(()) };
    let mut stored = Vec::new();
    for name in touched.as_chunks::<16>().0 {
        let run = RunId(uuid::Uuid::from_bytes(*name));
        match runs::standing(trees, run)? {
            Some((pieces, head)) if !head.status.is_over() => {
                frame::encode_standing(&mut stored, pieces, &head);
                trees.open.insert(name, stored.as_slice()).map_err(failed)?;
            }
            _ => drop(trees.open.remove(name).map_err(failed)?),
        }
    }
    Ok(())
}

/// The run that has claimed this, if the claim lasts.
pub(super) fn claimed(trees: &Trees, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
    let Some(stored) = trees.claims.get(key.0).map_err(failed)? else { return Ok(None) };
    let (holder, until) = stored.split_first_chunk::<16>().ok_or_else(|| frame::damaged("a claim"))?;
    let until = until.try_into().map_err(|_| frame::damaged("a claim"))?;
    Ok((now < Millis::from_be_bytes(until)).then_some(RunId(uuid::Uuid::from_bytes(*holder))))
}

/// Writes groups, one after another.
#[derive(Debug)]
pub(super) struct Writer {
    trees: Trees,
    /// Which opening of the store this is; with the number of the frame it makes keys unique.
    opening: u32,
    number: u64,
    /// Reused from frame to frame.
    buffer: Vec<u8>,
}

/// How the runs stand that a group touches: pieces and head.
type Standings<'a> = BTreeMap<RunId, (u32, &'a Head)>;

impl Writer {
    /// Begins another opening of the store.
    pub(super) fn new(trees: Trees) -> Result<Self, StoreError> {
        let opening = trees.counter(OPENINGS)? + 1;
        trees.set_counter(OPENINGS, opening)?;
        let opening = u32::try_from(opening).map_err(|_| StoreError::Failed("opened too often".into()))?;
        Ok(Self { trees, opening, number: 0, buffer: Vec::with_capacity(FRAME_BYTES * 4) })
    }

    /// Writes the jobs and gives a verdict for each. Nothing is on disk yet. An error means that the group is void.
    pub(super) fn write(&mut self, jobs: &[Job]) -> Result<Vec<Verdict>, StoreError> {
        let mut standings = Standings::new();
        let mut claims = HashMap::new();
        let mut made = Vec::new();
        let mut more = Vec::new();
        let mut verdicts = Vec::with_capacity(jobs.len());
        for job in jobs {
            let Job::Append(append, _) = job else {
                verdicts.push(Ok(None));
                continue;
            };
            if let Some(holder) = self.claim(append, &mut claims)? {
                verdicts.push(Err(StoreError::Claimed(holder)));
                continue;
            }
            let admitted = self.admit(append, &mut standings)?;
            verdicts.push(if admitted { Ok(None) } else { Err(StoreError::Conflict) });
            match (admitted, append.piece) {
                (true, 0) => made.push(append),
                (true, _) => more.push(append),
                (false, _) => {}
            }
        }
        self.write_touched(&standings)?;
        self.write_first_pieces(made)?;
        self.write_later_pieces(&more)?;
        self.write_open(&standings)?;
        for (key, (run, until)) in claims {
            let value = [run.0.as_bytes().as_slice(), &Millis::to_be_bytes(until)].concat();
            self.trees.claims.insert(key.0, value).map_err(failed)?;
        }
        for (job, verdict) in jobs.iter().zip(&mut verdicts) {
            if let Job::Change(change, _) = job {
                *verdict = change.apply(&self.trees)?;
            }
        }
        Ok(verdicts)
    }

    /// Lays the run's claim; gives who has it already.
    fn claim(
        &self,
        append: &Append,
        claims: &mut HashMap<ClaimKey, (RunId, Millis)>,
    ) -> Result<Option<RunId>, StoreError> {
        let Some(Claim { key, until }) = append.claim else { return Ok(None) };
        let here = claims.get(&key).map(|(holder, _)| *holder);
        let holder = match here {
            Some(holder) => Some(holder),
            None => claimed(&self.trees, &key, append.run.created())?,
        };
        if holder.is_none() {
            claims.insert(key, (append.run, until));
        }
        Ok(holder)
    }

    /// Whether the piece is the next one of a run that is not over.
    fn admit<'a>(&self, append: &'a Append, standings: &mut Standings<'a>) -> Result<bool, StoreError> {
        let Append { run, piece, head, .. } = append;
        if *piece == 0 {
            if standings.contains_key(run) {
                return Ok(false);
            }
            if !head.status.is_over() {
                standings.insert(*run, (1, head));
            }
            return Ok(true);
        }
        let known = match standings.get(run) {
            Some((pieces, head)) => (!head.status.is_over()).then_some(*pieces),
            None => match self.trees.open.get(run.0.as_bytes()).map_err(failed)? {
                Some(stored) => Some(frame::decode_standing(&stored)?.0),
                None => None,
            },
        };
        let fits = known == Some(*piece);
        if fits {
            standings.insert(*run, (piece + 1, head));
        }
        Ok(fits)
    }

    fn write_touched(&mut self, standings: &Standings<'_>) -> Result<(), StoreError> {
        if standings.is_empty() {
            return Ok(());
        }
        self.buffer.clear();
        standings.keys().for_each(|run| self.buffer.extend_from_slice(run.0.as_bytes()));
        self.trees.meta.insert(TOUCHED, self.buffer.as_slice()).map(drop).map_err(failed)
    }

    fn write_first_pieces(&mut self, mut made: Vec<&Append>) -> Result<(), StoreError> {
        made.sort_by_key(|append| slot(append.run));
        let mut current = None;
        frame::begin(&mut self.buffer);
        for Append { run, head, bytes, .. } in made {
            let body = self.trees.keep(&piece_key(*run, 0), bytes)?;
            let full = self.buffer.len() + frame::record_len(head, body) > FRAME_BYTES && self.buffer.len() > 1;
            if full || current != Some(slot(*run)) {
                self.write_frame(current)?;
                current = Some(slot(*run));
            }
            frame::push(&mut self.buffer, *run, head, body);
        }
        self.write_frame(current)
    }

    fn write_frame(&mut self, slot: Option<u64>) -> Result<(), StoreError> {
        let Some(slot) = slot else { return Ok(()) };
        self.number += 1;
        let key = frame_key(slot, self.opening, self.number);
        self.trees.insert(&self.trees.made, &key, &self.buffer)?;
        frame::begin(&mut self.buffer);
        Ok(())
    }

    fn write_later_pieces(&mut self, more: &[&Append]) -> Result<(), StoreError> {
        for Append { run, piece, head, bytes, .. } in more {
            let key = piece_key(*run, *piece);
            let body = self.trees.keep(&key, bytes)?;
            frame::encode_piece(&mut self.buffer, head, body);
            self.trees.insert(&self.trees.more, &key, &self.buffer)?;
        }
        Ok(())
    }

    fn write_open(&mut self, standings: &Standings<'_>) -> Result<(), StoreError> {
        for (run, (pieces, head)) in standings {
            let key = run.0.as_bytes();
            if head.status.is_over() {
                self.trees.open.remove(key).map_err(failed)?;
            } else {
                frame::encode_standing(&mut self.buffer, *pieces, head);
                self.trees.open.insert(key, self.buffer.as_slice()).map_err(failed)?;
            }
        }
        Ok(())
    }
}
