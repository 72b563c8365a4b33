//! What is known in memory: how the runs stand that are not over or still in the log, where their pieces are, and what
//! is claimed. It follows the disk: what it says is written, and synced unless the caller asked not to wait for that.

use super::chunked::Chunked;
use super::log::Place;
use crate::{Claim, ClaimKey, Head, Status};
use run::id::{Millis, RunId, ScenarioId};
use std::collections::{BTreeMap, HashMap};

/// A run as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) head: Head,
    /// How many pieces it has.
    pub(super) pieces: u32,
    /// Where its last piece is, if that is in the log.
    pub(super) last: Option<Place>,
    /// The archive that has the pieces from before the log.
    pub(super) archive: Option<u32>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Index {
    runs: Chunked<Entry>,
    names: Names,
    claims: HashMap<ClaimKey, Held>,
}

/// A [`Known`] in few bytes; 0 stands for no file and no archive.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Millis,
    wake: Millis,
    line: u64,
    scenario: u32,
    pieces: u32,
    file: u32,
    offset: u32,
    archive: u32,
    status: Status,
    has_wake: bool,
    has_line: bool,
}

/// A claim that was laid in a log file.
#[derive(Clone, Copy, Debug)]
struct Held {
    run: RunId,
    until: Millis,
    file: u32,
}

impl Index {
    /// How a run stands.
    pub(super) fn get(&self, run: RunId) -> Option<Known> {
        self.runs.get(run).map(|entry| self.known(entry))
    }

    /// How many pieces a run has, whether it is over, and where its last piece is.
    pub(super) fn progress(&self, run: RunId) -> Option<(u32, bool, Option<Place>)> {
        self.runs.get(run).map(|entry| (entry.pieces, entry.status.is_over(), entry.last()))
    }

    /// A run has another piece.
    pub(super) fn advance(&mut self, run: RunId, pieces: u32, head: &Head, last: Place) {
        let archive = self.runs.get(run).map_or(0, |entry| entry.archive);
        self.set(
            run,
            &Known { head: head.clone(), pieces, last: Some(last), archive: (archive > 0).then_some(archive) },
        );
    }

    /// Sets how a run stands.
    pub(super) fn set(&mut self, run: RunId, known: &Known) {
        let Known { head, pieces, last, archive } = known;
        let last = last.unwrap_or(Place { file: 0, offset: 0 });
        let entry = Entry {
            at: head.at,
            wake: head.wake.unwrap_or_default(),
            line: head.line.unwrap_or_default(),
            scenario: self.names.number(&head.scenario),
            pieces: *pieces,
            file: last.file,
            offset: last.offset,
            archive: archive.unwrap_or_default(),
            status: head.status,
            has_wake: head.wake.is_some(),
            has_line: head.line.is_some(),
        };
        self.runs.insert(run, entry);
    }

    /// Forgets a run.
    pub(super) fn remove(&mut self, run: RunId) {
        self.runs.remove(run);
    }

    /// An archive has what a run wrote up to the end of this log file. A run that was over then is found there alone.
    pub(super) fn archived(&mut self, run: RunId, archive: u32, file: u32) {
        let Some(entry) = self.runs.get_mut(run) else { return };
        entry.archive = archive;
        if entry.file <= file {
            (entry.file, entry.offset) = (0, 0);
            if entry.status.is_over() {
                self.runs.remove(run);
            }
        }
    }

    /// The archive that has a run's earlier pieces.
    pub(super) fn archive_of(&self, run: RunId) -> Option<u32> {
        self.runs.get(run).map(|entry| entry.archive).filter(|archive| *archive > 0)
    }

    /// Runs of which the log has nothing, and the latest is in an archive before this one; with the number of that.
    pub(super) fn archived_before(&self, archive: u32) -> BTreeMap<RunId, u32> {
        let archived = self.runs.after(None).filter(|(_, entry)| entry.last().is_none() && entry.archive < archive);
        archived.map(|(run, entry)| (*run, entry.archive)).collect()
    }

    /// Runs that are not over, oldest first.
    pub(super) fn open_after(&self, after: Option<RunId>) -> impl Iterator<Item = (RunId, Head)> {
        let open = self.runs.after(after).filter(|(_, entry)| !entry.status.is_over());
        open.map(|(run, entry)| (*run, self.head(entry)))
    }

    /// How many runs it knows.
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    /// All runs before this one, newest first.
    pub(super) fn before(&self, before: Option<RunId>) -> impl Iterator<Item = (RunId, Head)> {
        self.runs.before(before).map(|(run, entry)| (*run, self.head(entry)))
    }

    /// Who laid a claim in the log, and until when it lasts.
    pub(super) fn claim(&self, key: &ClaimKey) -> Option<(RunId, Millis)> {
        self.claims.get(key).map(|held| (held.run, held.until))
    }

    /// A run has laid a claim.
    pub(super) fn lay(&mut self, claim: Claim, run: RunId, file: u32) {
        self.claims.insert(claim.key, Held { run, until: claim.until, file });
    }

    /// Forgets the claims laid up to this log file: they are kept elsewhere now.
    pub(super) fn forget_claims(&mut self, file: u32) {
        self.claims.retain(|_, held| held.file > file);
    }

    fn known(&self, entry: &Entry) -> Known {
        let archive = (entry.archive > 0).then_some(entry.archive);
        Known { head: self.head(entry), pieces: entry.pieces, last: entry.last(), archive }
    }

    fn head(&self, entry: &Entry) -> Head {
        Head {
            scenario: self.names.list[entry.scenario as usize].clone(),
            status: entry.status,
            wake: entry.has_wake.then_some(entry.wake),
            at: entry.at,
            line: entry.has_line.then_some(entry.line),
        }
    }
}

impl Entry {
    fn last(&self) -> Option<Place> {
        (self.file > 0).then_some(Place { file: self.file, offset: self.offset })
    }
}

/// The names of scenarios, as numbers.
#[derive(Debug, Default)]
struct Names {
    list: Vec<ScenarioId>,
    numbers: HashMap<ScenarioId, u32>,
}

impl Names {
    fn number(&mut self, name: &ScenarioId) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A million of open runs have 90 MB.
    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<(RunId, Entry)>() <= 80);
    }
}
