//! Lets go of runs that need not be kept: archives are removed whole, or written anew when most of what is in them may
//! go. A run that lies among many that are kept stays with them for a while.

use super::archivist::path_of;
use super::live::{Archives, Shared};
use crate::archive::{Archive, Sieve};
use crate::retention::Rules;
use crate::{Head, Retention, Usage};
use run::id::{Millis, RunId};
use run::tables::{Digest, StoreError};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// See [`crate::Journal::retain`]. The newest archive stays as it is: it says where the log goes on.
pub(super) fn retain(shared: &Shared, retention: &Retention, now: Millis) -> Result<Usage, StoreError> {
    let mut rules = Rules::new(retention, now);
    let archives = met_first(shared, &mut rules);
    let mut gone = Usage::default();
    let mut kept_bytes = log_bytes(shared)?;
    for (at, (number, archive)) in archives.iter().rev().enumerate() {
        let counts = archive.counts();
        let has_room = retention.bytes.is_none_or(|most| kept_bytes <= most);
        let dead = if has_room { dead_of(archive, &mut rules)? } else { Dead::All };
        let share = match &dead {
            Dead::All => counts.done,
            Dead::These(runs) => runs.len() as u64,
        };
        if at == 0 || share == 0 || share * 2 <= counts.done {
            kept_bytes += counts.bytes;
            continue;
        }
        let left = rewrite(shared, *number, archive, dead)?;
        kept_bytes += left;
        gone.runs += share;
        gone.bytes += counts.bytes.saturating_sub(left);
    }
    if gone.runs > 0 {
        // What was removed must not come back after the names that later archives carry are gone, too.
        let folder = &shared.archives_folder;
        shared.files.sync_folder(folder).map_err(|error| super::folder::failed("cannot sync", folder, &error))?;
    }
    Ok(gone)
}

/// What runs take in log and archives.
pub(super) fn usage(shared: &Shared) -> Result<Usage, StoreError> {
    let live = shared.read();
    let runs = live.index.before(None).count() as u64;
    let archives = live.archives.clone();
    drop(live);
    let counts = archives.values().map(|archive| archive.counts());
    let (done, bytes) = counts.fold((0, 0), |(done, bytes), counts| (done + counts.done, bytes + counts.bytes));
    Ok(Usage { runs: runs + done, bytes: bytes + log_bytes(shared)? })
}

/// The large values that runs refer to.
pub(super) fn digests(shared: &Shared) -> Result<HashSet<Digest>, StoreError> {
    // The log first: what moves meanwhile is in the archives then.
    let applied = shared.applied.load(Ordering::Acquire);
    let logs = shared.read().logs.clone();
    let mut found = HashSet::new();
    super::gathering::digests(&logs, applied, &mut found)?;
    let archives = shared.read().archives.clone();
    for archive in archives.values() {
        found.extend(archive.digests()?);
    }
    Ok(found)
}

/// Which runs of an archive may go.
enum Dead {
    All,
    These(HashSet<RunId>),
}

/// Meets the runs in the log, which are the newest, and gives the archives.
fn met_first(shared: &Shared, rules: &mut Rules<'_>) -> Archives {
    let live = shared.read();
    for (_, head) in live.index.before(None) {
        rules.keeps(&head);
    }
    live.archives.clone()
}

fn dead_of(archive: &Arc<Archive>, rules: &mut Rules<'_>) -> Result<Dead, StoreError> {
    let runs: Vec<_> = archive.each_done().collect::<Result<_, _>>()?;
    let dead = runs.iter().rev().filter(|(_, standing)| !rules.keeps(&standing.head));
    Ok(Dead::These(dead.map(|(run, _)| *run).collect()))
}

/// Writes an archive anew without what may go, or removes it: how many bytes it has then.
fn rewrite(shared: &Shared, number: u32, archive: &Arc<Archive>, dead: Dead) -> Result<u64, StoreError> {
    let path = path_of(&shared.archives_folder, number, edition_of(archive.path()) + 1);
    let mut sieve = Keeping { shared, number, dead };
    let left = archive.rewrite(&path, &mut sieve)?.map(Arc::new);
    let bytes = left.as_ref().map_or(0, |left| left.counts().bytes);
    match left {
        Some(left) => shared.write().add_archive(number, left),
        None => shared.write().remove_archive(number),
    }
    archive.remove()?;
    Ok(bytes)
}

fn edition_of(path: &Path) -> u32 {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.and_then(|stem| stem.split_once('-')).and_then(|(_, edition)| edition.parse().ok()).unwrap_or_default()
}

/// What a rewritten archive keeps.
struct Keeping<'a> {
    shared: &'a Shared,
    number: u32,
    dead: Dead,
}

impl Sieve for Keeping<'_> {
    fn done(&mut self, run: RunId, _head: &Head) -> bool {
        match &self.dead {
            Dead::All => false,
            Dead::These(dead) => !dead.contains(&run),
        }
    }

    /// As long as no later archive has it.
    fn open(&mut self, run: RunId) -> bool {
        self.shared.read().index.archive_of(run) == Some(self.number)
    }

    fn carried(&mut self, run: RunId) -> bool {
        let archives = self.shared.read().archives.clone();
        let earlier = archives.range(..self.number).map(|(_, archive)| archive);
        let mut with_open = earlier.filter(|archive| archive.counts().open > 0);
        // One that cannot be read may have it.
        with_open.any(|archive| archive.head(run).map_or(true, |standing| standing.is_some()))
    }
}

fn log_bytes(shared: &Shared) -> Result<u64, StoreError> {
    let logs = shared.read().logs.clone();
    logs.values().try_fold(0, |bytes, file| Ok(bytes + file.size()?))
}
