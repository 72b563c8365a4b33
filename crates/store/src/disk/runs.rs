//! Reading the journal. First pieces are found by the slot of time in the run's name, later pieces by the name itself.

use super::frame::{self, Body, Record};
use super::trees::{Trees, failed, piece_key, run_of, slot, slot_of, slot_prefix};
use crate::{Filter, Head, Journaled};
use bytes::Bytes;
use run::id::RunId;
use run::tables::StoreError;
use std::ops::Bound;

/// See [`crate::Journal::read`].
pub(super) fn read(trees: &Trees, run: RunId) -> Result<Option<Journaled>, StoreError> {
    let Some((mut head, first)) = first_piece(trees, run)? else { return Ok(None) };
    let mut pieces = vec![first];
    for stored in trees.more.scan_prefix(run.0.as_bytes()) {
        let (key, stored) = stored.map_err(failed)?;
        trees.weigh(&trees.more, &key, &stored)?;
        let (view, body) = frame::decode_piece(&stored)?;
        pieces.push(fetch(trees, run, pieces.len() as u32, body)?);
        head = view.to_head()?;
    }
    Ok(Some(Journaled { head, pieces }))
}

/// See [`crate::Journal::head`].
pub(super) fn head(trees: &Trees, run: RunId) -> Result<Option<Head>, StoreError> {
    match latest_head(trees, run)? {
        Some(head) => Ok(Some(head)),
        None => Ok(first_piece(trees, run)?.map(|(head, _)| head)),
    }
}

/// How a run stands and how many pieces it has, from its pieces alone.
pub(super) fn standing(trees: &Trees, run: RunId) -> Result<Option<(u32, Head)>, StoreError> {
    Ok(read(trees, run)?.map(|journaled| (journaled.pieces.len() as u32, journaled.head)))
}

/// See [`crate::Journal::open_runs`].
pub(super) fn open_runs(trees: &Trees, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
    let start = match &after {
        Some(run) => Bound::Excluded(run.0.as_bytes().as_slice()),
        None => Bound::Unbounded,
    };
    let standings = trees.open.range::<&[u8], _>((start, Bound::Unbounded)).take(limit);
    standings
        .map(|stored| {
            let (key, stored) = stored.map_err(failed)?;
            Ok((run_of(&key)?, frame::decode_standing(&stored)?.1.to_head()?))
        })
        .collect()
}

/// See [`crate::Journal::list`]. The order is exact over pages: slots sort as the runs in them do, and the runs of one
/// slot are gathered before any of them is given.
pub(super) fn list(trees: &Trees, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
    if filter.status.is_some_and(|status| !status.is_over()) {
        return list_open(trees, filter, limit);
    }
    let mut listing = Listing { trees, filter, limit, slot: u64::MAX, gathered: Vec::new(), found: Vec::new() };
    let frames = match filter.before {
        Some(run) => trees.made.range(..slot_prefix(slot(run) + 1)),
        None => trees.made.iter(),
    };
    for stored in frames.rev() {
        let (key, frame) = stored.map_err(failed)?;
        trees.weigh(&trees.made, &key, &frame)?;
        let slot = slot_of(&key)?;
        if slot != listing.slot {
            listing.settle()?;
            listing.slot = slot;
        }
        if listing.found.len() >= limit {
            break;
        }
        listing.gather(&frame)?;
    }
    listing.settle()?;
    Ok(listing.found)
}

/// Runs that are not over are few and have an index of their own.
fn list_open(trees: &Trees, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
    let standings = match &filter.before {
        Some(run) => trees.open.range(..run.0.as_bytes().as_slice()),
        None => trees.open.iter(),
    };
    let mut found = Vec::new();
    for stored in standings.rev() {
        if found.len() >= limit {
            break;
        }
        let (key, stored) = stored.map_err(failed)?;
        let (_, view) = frame::decode_standing(&stored)?;
        let of_scenario = filter.scenario.as_ref().is_none_or(|wanted| wanted.as_str() == view.scenario);
        if of_scenario && filter.status == Some(view.status) {
            found.push((run_of(&key)?, view.to_head()?));
        }
    }
    Ok(found)
}

/// A listing on its way from slot to slot.
struct Listing<'a> {
    trees: &'a Trees,
    filter: &'a Filter,
    limit: usize,
    slot: u64,
    /// Runs of this slot that may fit.
    gathered: Vec<(RunId, Head)>,
    found: Vec<(RunId, Head)>,
}

impl Listing<'_> {
    fn gather(&mut self, frame: &[u8]) -> Result<(), StoreError> {
        for record in frame::records(frame)? {
            let record = record?;
            if self.may_fit(&record) {
                self.gathered.push((record.run, record.head.to_head()?));
            }
        }
        Ok(())
    }

    fn may_fit(&self, record: &Record<'_>) -> bool {
        let Filter { scenario, status, before, since, until, .. } = self.filter;
        let created = record.run.created();
        before.is_none_or(|before| record.run < before)
            && since.is_none_or(|since| created >= since)
            && until.is_none_or(|until| created < until)
            && scenario.as_ref().is_none_or(|wanted| wanted.as_str() == record.head.scenario)
            && status.is_none_or(|wanted| wanted == record.head.status || !record.head.status.is_over())
    }

    /// Gives the runs of the slot, newest first, each with its latest head.
    fn settle(&mut self) -> Result<(), StoreError> {
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.sort_unstable_by_key(|(run, _)| std::cmp::Reverse(*run));
        for (run, first) in gathered.drain(..) {
            if self.found.len() >= self.limit {
                break;
            }
            let head = if first.status.is_over() { first } else { latest_head(self.trees, run)?.unwrap_or(first) };
            let has_status = self.filter.status.is_none_or(|wanted| wanted == head.status);
            if has_status && self.has_text(run)? {
                self.found.push((run, head));
            }
        }
        self.gathered = gathered;
        Ok(())
    }
}

impl Listing<'_> {
    fn has_text(&self, run: RunId) -> Result<bool, StoreError> {
        let Some(text) = &self.filter.text else { return Ok(true) };
        let found = |piece: &Bytes| piece.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()));
        Ok(text.is_empty() || read(self.trees, run)?.is_some_and(|journaled| journaled.pieces.iter().any(found)))
    }
}

fn latest_head(trees: &Trees, run: RunId) -> Result<Option<Head>, StoreError> {
    let Some(stored) = trees.more.scan_prefix(run.0.as_bytes()).next_back() else { return Ok(None) };
    let (key, stored) = stored.map_err(failed)?;
    trees.weigh(&trees.more, &key, &stored)?;
    frame::decode_piece(&stored)?.0.to_head().map(Some)
}

fn first_piece(trees: &Trees, run: RunId) -> Result<Option<(Head, Bytes)>, StoreError> {
    for stored in trees.made.scan_prefix(slot_prefix(slot(run))) {
        let (key, frame) = stored.map_err(failed)?;
        trees.weigh(&trees.made, &key, &frame)?;
        for record in frame::records(&frame)? {
            let record = record?;
            if record.run == run {
                return Ok(Some((record.head.to_head()?, fetch(trees, run, 0, record.body)?)));
            }
        }
    }
    Ok(None)
}

fn fetch(trees: &Trees, run: RunId, piece: u32, body: Body<'_>) -> Result<Bytes, StoreError> {
    let bytes = trees.fetch(&piece_key(run, piece), body)?;
    bytes.map(Bytes::from).ok_or_else(|| frame::damaged("a piece of a journal"))
}
