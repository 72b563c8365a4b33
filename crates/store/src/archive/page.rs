//! A page says what runs lie in a block: their heads, and where their pieces are. In the file its columns lie one after
//! another, each as differences, because that compresses well.

use super::chunk::damaged;
use crate::{Head, Status};
use run::id::{Millis, RunId, ScenarioId};
use run::tables::StoreError;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;

/// What is known of the runs of one block, by ascending name.
#[derive(Debug, Default)]
pub(super) struct Page {
    rows: Vec<Row>,
    /// The lengths of all pieces.
    lengths: Vec<u32>,
    /// The numbers of all digests that are referred to.
    digests: Vec<u32>,
}

/// A run in a block.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) run: RunId,
    /// The number of its scenario among the archive's.
    pub(super) scenario: u32,
    pub(super) status: Status,
    wake: Option<Millis>,
    at: Millis,
    line: Option<u64>,
    /// Where its first piece begins in the block.
    start: u32,
    /// Its pieces among the page's.
    pieces: Range<u32>,
    /// Its digests among the page's.
    digests: Range<u32>,
}

/// A page as it lies in the file. The format of archives is fixed by the order of these fields.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Columns {
    /// When runs were created, as their names say, since the one before.
    created: Vec<u64>,
    /// The rest of their names.
    random: Vec<[u8; 10]>,
    scenarios: Vec<u32>,
    statuses: Vec<Status>,
    /// When they last changed, since they were created.
    at: Vec<i64>,
    /// When they go on, since they last changed.
    wake: Vec<Option<i64>>,
    /// Which lines they stand in.
    lines: Vec<Option<u64>>,
    /// How many pieces each has.
    pieces: Vec<u32>,
    lengths: Vec<u32>,
    /// How many digests each refers to.
    refers: Vec<u32>,
    digests: Vec<u32>,
}

impl Row {
    /// The run's head; none where there is no scenario of this number.
    pub(super) fn head(&self, scenarios: &[ScenarioId]) -> Option<Head> {
        let scenario = scenarios.get(self.scenario as usize)?.clone();
        Some(Head { scenario, status: self.status, wake: self.wake, at: self.at, line: self.line })
    }

    /// How many pieces it has.
    pub(super) fn count(&self) -> u32 {
        self.pieces.end - self.pieces.start
    }
}

impl Page {
    /// Adds a run whose pieces begin at `start`.
    pub(super) fn push(&mut self, run: RunId, head: &Head, scenario: u32, start: u32) {
        let (pieces, digests) = (self.lengths.len() as u32, self.digests.len() as u32);
        self.rows.push(Row {
            run,
            scenario,
            status: head.status,
            wake: head.wake,
            at: head.at,
            line: head.line,
            start,
            pieces: pieces..pieces,
            digests: digests..digests,
        });
    }

    /// Adds a piece to the run that was added last.
    pub(super) fn push_piece(&mut self, length: u32) {
        self.lengths.push(length);
        self.rows.iter_mut().last().into_iter().for_each(|row| row.pieces.end += 1);
    }

    /// Adds a digest to the run that was added last.
    pub(super) fn push_digest(&mut self, number: u32) {
        self.digests.push(number);
        self.rows.iter_mut().last().into_iter().for_each(|row| row.digests.end += 1);
    }

    /// The runs, by ascending name.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The run of this name.
    pub(super) fn find(&self, run: RunId) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&run, |row| row.run).ok()?;
        self.rows.get(place)
    }

    /// Where the pieces of a run lie in the block.
    pub(super) fn pieces<'a>(&'a self, row: &Row) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut end = row.start as usize;
        self.lengths[row.pieces.start as usize..row.pieces.end as usize].iter().map(move |length| {
            let start = end;
            end += *length as usize;
            start..end
        })
    }

    /// The numbers of the digests a run refers to.
    pub(super) fn digests(&self, row: &Row) -> &[u32] {
        &self.digests[row.digests.start as usize..row.digests.end as usize]
    }

    /// How many bytes it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        self.rows.len() * size_of::<Row>() + (self.lengths.len() + self.digests.len()) * size_of::<u32>()
    }

    /// The page as it is written.
    pub(super) fn columns(&self) -> impl Serialize + use<> {
        let mut columns =
            Columns { lengths: self.lengths.clone(), digests: self.digests.clone(), ..Columns::default() };
        let mut before = 0;
        for row in &self.rows {
            let (created, random) = split(row.run);
            columns.created.push(created.wrapping_sub(before));
            columns.random.push(random);
            columns.scenarios.push(row.scenario);
            columns.statuses.push(row.status);
            columns.at.push(row.at.wrapping_sub(created as Millis));
            columns.wake.push(row.wake.map(|wake| wake.wrapping_sub(row.at)));
            columns.lines.push(row.line);
            columns.pieces.push(row.pieces.end - row.pieces.start);
            columns.refers.push(row.digests.end - row.digests.start);
            before = created;
        }
        columns
    }

    /// A page back from its bytes; `block` is the length of the block it is about.
    pub(super) fn decode(bytes: &[u8], block: u32, path: &Path) -> Result<Self, StoreError> {
        let columns: Columns = super::chunk::decode(bytes, path)?;
        columns.into_page(block).ok_or_else(|| damaged(path, "an index"))
    }
}

impl Columns {
    fn into_page(self, block: u32) -> Option<Page> {
        let count = self.created.len();
        let others = [self.random.len(), self.scenarios.len(), self.statuses.len(), self.at.len()];
        let counts = [self.wake.len(), self.lines.len(), self.pieces.len(), self.refers.len()];
        if others.iter().chain(&counts).any(|other| *other != count) {
            return None;
        }
        let mut rows = Vec::with_capacity(count);
        let (mut before, mut start, mut piece, mut digest) = (0_u64, 0_u32, 0_u32, 0_u32);
        for i in 0..count {
            let created = before.wrapping_add(self.created[i]);
            let at = (created as Millis).wrapping_add(self.at[i]);
            let pieces = piece..piece.checked_add(self.pieces[i])?;
            let digests = digest..digest.checked_add(self.refers[i])?;
            let lengths = self.lengths.get(pieces.start as usize..pieces.end as usize)?;
            let length = lengths.iter().try_fold(0_u32, |sum, length| sum.checked_add(*length))?;
            (before, piece, digest) = (created, pieces.end, digests.end);
            rows.push(Row {
                run: join(created, self.random[i]),
                scenario: self.scenarios[i],
                status: self.statuses[i],
                wake: self.wake[i].map(|wake| at.wrapping_add(wake)),
                at,
                line: self.lines[i],
                start,
                pieces,
                digests,
            });
            start = start.checked_add(length)?;
        }
        let whole = start == block && piece as usize == self.lengths.len() && digest as usize == self.digests.len();
        let sorted = rows.windows(2).all(|pair| pair[0].run < pair[1].run);
        (whole && sorted).then_some(Page { rows, lengths: self.lengths, digests: self.digests })
    }
}

/// The time in a name, and the rest of it.
fn split(run: RunId) -> (u64, [u8; 10]) {
    let whole = run.0.as_u128();
    let mut random = [0; 10];
    random.copy_from_slice(&whole.to_be_bytes()[6..]);
    ((whole >> 80) as u64, random)
}

fn join(created: u64, random: [u8; 10]) -> RunId {
    let mut whole = (u128::from(created) << 80).to_be_bytes();
    whole[6..].copy_from_slice(&random);
    RunId(uuid::Uuid::from_bytes(whole))
}
