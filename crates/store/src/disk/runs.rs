//! Reading the journal: from the log as far as it reaches back, and from archives what lies before.

use super::index::Known;
use super::live::{Archives, Damaged, Shared};
use super::log::file::LogFiles;
use super::log::record::{self, Record};
use super::log::replay;
use crate::archive::{Archive, Needle, Newest, Part, Query, newest_first};
use crate::{Filter, Head, Journaled};
use run::id::RunId;
use run::tables::StoreError;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many runs of the index are looked at before others have their turn with it.
const AT_ONCE: usize = 4096;

/// See [`crate::Journal::read`].
pub(super) fn read(shared: &Shared, run: RunId) -> Result<Option<Journaled>, StoreError> {
    let Look { known, logs, archives, damaged } = look(shared, run);
    match known {
        Some(known) => read_known(run, known, &logs, &archives).map(Some),
        None => newest_of(&archives, &damaged, run, |archive| archive.read_done(run)),
    }
}

/// See [`crate::Journal::head`].
pub(super) fn head(shared: &Shared, run: RunId) -> Result<Option<Head>, StoreError> {
    let Look { known, archives, damaged, .. } = look(shared, run);
    match known {
        Some(known) => Ok(Some(known.head)),
        None => {
            newest_of(&archives, &damaged, run, |archive| Ok(archive.head_done(run)?.map(|standing| standing.head)))
        }
    }
}

/// See [`crate::Journal::open_runs`].
pub(super) fn open_runs(shared: &Shared, after: Option<RunId>, limit: usize) -> Vec<(RunId, Head)> {
    shared.read().index.open_after(after).take(limit).collect()
}

/// See [`crate::Journal::list`]. The index is looked at before the archives: a run that moves meanwhile is in both.
pub(super) fn list(shared: &Shared, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
    let query = Query::new(filter.clone());
    let found = match query.needle() {
        Some(needle) => Some(runs_with(shared, needle, filter)?),
        None => None,
    };
    let known = known_runs(shared, &query, found.as_ref(), limit);
    if filter.status.is_some_and(|status| !status.is_over()) {
        return Ok(known);
    }
    let archives: Vec<_> = shared.read().archives.values().cloned().collect();
    merge(known, newest_first(&archives, query), limit)
}

/// What is needed to read a run.
struct Look {
    known: Option<Known>,
    logs: LogFiles,
    archives: Archives,
    damaged: Arc<Damaged>,
}

fn look(shared: &Shared, run: RunId) -> Look {
    let live = shared.read();
    let (logs, archives, damaged) = (live.logs.clone(), live.archives.clone(), live.damaged.clone());
    Look { known: live.index.get(run), logs, archives, damaged }
}

/// Walks back from the last piece as far as the log reaches; the archive has what comes before.
fn read_known(run: RunId, known: Known, logs: &LogFiles, archives: &Archives) -> Result<Journaled, StoreError> {
    let (mut pieces, mut missing, mut place) = (Vec::new(), known.pieces, known.last);
    while let Some((file, at)) = place.and_then(|place| Some((logs.get(&place.file)?, place.offset))) {
        let stored = file.piece(run, at)?;
        if stored.piece + 1 != missing {
            return Err(file.damaged(at.into()));
        }
        pieces.push(stored.bytes);
        (missing, place) = (stored.piece, stored.before);
    }
    if missing > 0 {
        let archive = known.archive.and_then(|number| archives.get(&number));
        let before = archive.map(|archive| archive.read(run)).transpose()?.flatten();
        let before = before.map(|journaled| journaled.pieces).unwrap_or_default();
        if before.len() < missing as usize {
            return Err(StoreError::Corrupt(format!("the beginning of run {run} is not there").into()));
        }
        pieces.extend(before.into_iter().take(missing as usize).rev());
    }
    pieces.reverse();
    Ok(Journaled { head: known.head, pieces })
}

/// What the newest archive says in which the run is over: the index does not know it, so one in which it is open is
/// behind. Unless the index could not get to know it; then its page, being damaged, is the answer.
fn newest_of<T>(
    archives: &Archives,
    damaged: &Damaged,
    run: RunId,
    ask: impl Fn(&Archive) -> Result<Option<T>, StoreError>,
) -> Result<Option<T>, StoreError> {
    for (number, archive) in archives.iter().rev() {
        if let Some(told) = ask(archive)? {
            return Ok(Some(told));
        }
        if damaged.may_have(*number, run) {
            archive.head(run)?;
        }
    }
    damaged.reject_lost(run)?;
    Ok(None)
}

/// The runs of the index that fit, newest first; only of those found, where a text is asked for.
fn known_runs(shared: &Shared, query: &Query, found: Option<&HashSet<RunId>>, limit: usize) -> Vec<(RunId, Head)> {
    let span = query.span();
    let (mut fitting, mut before) = (Vec::new(), Some(span.end));
    loop {
        let live = shared.read();
        let mut looked = 0;
        for (run, head) in live.index.before(before).take(AT_ONCE) {
            (looked, before) = (looked + 1, Some(run));
            if run < span.start || fitting.len() >= limit {
                return fitting;
            }
            if found.is_none_or(|found| found.contains(&run)) && query.admits(run, &head) {
                fitting.push((run, head));
            }
        }
        if looked < AT_ONCE {
            return fitting;
        }
    }
}

/// The runs in the log, and those not over in archives, that have this text. Some may be over by now.
fn runs_with(shared: &Shared, needle: &Needle, filter: &Filter) -> Result<HashSet<RunId>, StoreError> {
    let applied = shared.applied.load(Ordering::Acquire);
    let (logs, archives) = {
        let live = shared.read();
        (live.logs.clone(), live.archives.clone())
    };
    let (mut found, mut scratch) = (HashSet::new(), Vec::new());
    replay::all_groups(&logs, applied, |group| {
        for record in record::records(group.records) {
            if let (_, Record::Piece(piece)) = record?
                && needle.is_in(piece.bytes, &mut scratch)
            {
                found.insert(piece.run);
            }
        }
        Ok(())
    })?;
    let query = Arc::new(Query::new(Filter { text: filter.text.clone(), ..Filter::default() }));
    for archive in archives.values() {
        for run in Newest::of(archive.clone(), Part::Open, query.clone()) {
            found.insert(run?.0);
        }
    }
    Ok(found)
}

/// Newest first of both, each once.
fn merge(
    known: Vec<(RunId, Head)>,
    archived: impl Iterator<Item = Result<(RunId, Head), StoreError>>,
    limit: usize,
) -> Result<Vec<(RunId, Head)>, StoreError> {
    let (mut known, mut archived) = (known.into_iter().peekable(), archived.peekable());
    let mut merged: Vec<(RunId, Head)> = Vec::new();
    while merged.len() < limit {
        let from_index = match (known.peek(), archived.peek()) {
            (None, None) => break,
            (_, Some(Err(_))) => false,
            (Some((one, _)), Some(Ok((other, _)))) => one >= other,
            (Some(_), None) => true,
            (None, Some(_)) => false,
        };
        let next = if from_index { known.next() } else { archived.next().transpose()? };
        merged.extend(next.filter(|(run, _)| merged.last().is_none_or(|(last, _)| last != run)));
    }
    Ok(merged)
}
