//! Brings together by run what lies in a file of the log.

use super::log::file::{LogFile, LogFiles};
use super::log::record::{self, Piece, Record};
use super::log::replay;
use crate::{ClaimKey, Head};
use bytes::Bytes;
use run::id::{Millis, RunId};
use run::tables::{Digest, StoreError};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

/// What lies in a file of the log.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) runs: BTreeMap<RunId, Found>,
    pub(super) claims: Vec<(ClaimKey, RunId, Millis)>,
    /// The sequence numbers of its groups.
    pub(super) covers: RangeInclusive<u64>,
    /// When the first thing in it changed: a clock that ran ahead for a while does not make everything late.
    pub(super) earliest: Option<Millis>,
}

/// What a file has of a run.
#[derive(Debug)]
pub(super) struct Found {
    /// How it stands at the end of the file.
    pub(super) head: Head,
    /// How many pieces lie before the file.
    pub(super) first: u32,
    pub(super) pieces: Vec<Bytes>,
    pub(super) digests: Vec<Digest>,
}

/// Reads a file of the log.
pub(super) fn gather(file: &LogFile) -> Result<Gathered, StoreError> {
    let first = file.head.first;
    let mut gathered = Gathered { runs: BTreeMap::new(), claims: Vec::new(), covers: first..=first, earliest: None };
    let end = replay::groups(file, |group| {
        let records = Bytes::copy_from_slice(group.records);
        for record in record::records(&records) {
            match record?.1 {
                Record::Piece(piece) => gathered.add(&records, &piece)?,
                Record::Claim(key, run, until) => gathered.claims.push((key, run, until)),
                Record::Change(_) => {}
            }
        }
        Ok(())
    })?;
    gathered.covers = first..=end.sequence - 1;
    Ok(gathered)
}

/// Adds the large values that the runs in the log name, up to this sequence number at least. The log may be written to
/// meanwhile.
pub(super) fn digests(logs: &LogFiles, applied: u64, found: &mut HashSet<Digest>) -> Result<(), StoreError> {
    replay::all_groups(logs, applied, |group| {
        for record in record::records(group.records) {
            if let (_, Record::Piece(piece)) = record? {
                found.extend(piece.digests());
            }
        }
        Ok(())
    })
}

impl Gathered {
    fn add(&mut self, records: &Bytes, piece: &Piece<'_>) -> Result<(), StoreError> {
        let head = piece.head.to_head()?;
        self.earliest = Some(self.earliest.map_or(head.at, |earliest| earliest.min(head.at)));
        let bytes = records.slice_ref(piece.bytes);
        let found = self.runs.entry(piece.run).or_insert_with(|| Found {
            head: head.clone(),
            first: piece.piece,
            pieces: Vec::new(),
            digests: Vec::new(),
        });
        found.head = head;
        found.pieces.push(bytes);
        found.digests.extend(piece.digests());
        Ok(())
    }
}
