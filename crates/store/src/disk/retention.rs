//! Lets go of runs that need not be kept: archives are removed whole, or written anew when most of what is in them may
//! go. A run that lies among many that are kept stays with them for a while.

use super::archivist::path_of;
use super::live::{Archives, Shared};
use crate::archive::{Archive, Sieve};
use crate::retention::Rules;
use crate::{Head, Retention, Usage};
use run::id::{Millis, RunId};
use run::tables::{Digest, StoreError};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many runs of the index are looked at before others have their turn with it.
const AT_ONCE: usize = 4096;

/// What came of letting go.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// What went.
    pub(super) gone: Usage,
    /// The log file that is written to, if most of what is in it need not be kept: it goes once it is an archive.
    pub(super) spent_log: Option<u32>,
}

/// See [`crate::Journal::retain`]. An archive that cannot be read stays as it is.
pub(super) fn retain(shared: &Shared, retention: &Retention, now: Millis) -> Result<Round, StoreError> {
    let mut rules = Rules::new(retention, now);
    let (archives, settled) = archives_of(shared);
    let mut round = Round { spent_log: meet_log(shared, &mut rules), ..Round::default() };
    let earlier = Earlier { archives: &archives, lost: shared.read().damaged.first_lost(), found: OnceCell::new() };
    let (mut kept_bytes, mut has_changed) = (log_bytes(shared)?, false);
    for (at, (number, archive)) in archives.iter().rev().enumerate() {
        let bytes = archive.counts().bytes;
        if !settled.contains(number) {
            kept_bytes += bytes;
            continue;
        }
        let has_room = retention.bytes.is_none_or(|most| kept_bytes <= most);
        let place = if at == 0 { Place::Newest } else { Place::Before };
        let sifted = Waste::of(shared, *number, archive, has_room.then_some(&mut rules)).and_then(|waste| {
            let is_worth_it = waste.is_worth_it(has_room) || place.is_empty_here(archive, *number, &earlier)?;
            let keeping = Keeping { shared, number: *number, place, dead: &waste.dead, earlier: &earlier };
            let left = if is_worth_it { Some(rewrite(archive, keeping)?) } else { None };
            Ok(left.map(|left| (waste.dead.len() as u64, left)))
        });
        match sifted {
            Ok(Some((runs, left))) => {
                has_changed = true;
                kept_bytes += left;
                round.gone.runs += runs;
                round.gone.bytes += bytes.saturating_sub(left);
            }
            Ok(None) => kept_bytes += bytes,
            Err(error) => {
                tracing::error!(%error, archive = number, "old runs of an archive could not be let go of; it stays");
                kept_bytes += bytes;
            }
        }
    }
    if has_changed {
        // What was removed must not come back after the names that later archives carry are gone, too.
        let folder = &shared.archives_folder;
        shared.files.sync_folder(folder).map_err(|error| super::folder::failed("cannot sync", folder, &error))?;
    }
    Ok(round)
}

/// What runs take in log and archives.
pub(super) fn usage(shared: &Shared) -> Result<Usage, StoreError> {
    let live = shared.read();
    let mut usage = Usage { runs: live.index.len() as u64, bytes: 0 };
    for (number, archive) in live.archives.iter() {
        let counts = archive.counts();
        usage.bytes += counts.bytes;
        // Those of an archive that the log has, too, are in the index yet.
        usage.runs += if live.logs.contains_key(number) { 0 } else { counts.done };
    }
    drop(live);
    Ok(Usage { bytes: usage.bytes + log_bytes(shared)?, ..usage })
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

/// The archives, and which of them the log does not have any more: another may still be about to become known.
fn archives_of(shared: &Shared) -> (Archives, HashSet<u32>) {
    let live = shared.read();
    let settled = live.archives.keys().filter(|number| !live.logs.contains_key(number));
    (live.archives.clone(), settled.copied().collect())
}

/// Meets the runs in the log, which are the newest: the file that is written to, if most of its runs need not be kept.
/// Runs that move to an archive meanwhile are missed, so that rather more is kept.
fn meet_log(shared: &Shared, rules: &mut Rules<'_>) -> Option<u32> {
    let current = shared.read().logs.keys().next_back().copied()?;
    let (mut runs, mut dead) = (0_u64, 0_u64);
    walk(shared, |head, file| {
        let keeps = rules.keeps(head);
        if file == Some(current) {
            runs += 1;
            dead += u64::from(!keeps);
        }
    });
    (dead * 2 > runs).then_some(current)
}

/// Goes through the runs of the index, newest first, with the log file that the last of each is in.
fn walk(shared: &Shared, mut meet: impl FnMut(&Head, Option<u32>)) {
    let mut before = None;
    loop {
        let live = shared.read();
        let mut looked = 0;
        for (run, head) in live.index.before(before).take(AT_ONCE) {
            (looked, before) = (looked + 1, Some(run));
            let last = live.index.progress(run).and_then(|(_, _, last)| last);
            meet(&head, last.map(|place| place.file));
        }
        if looked < AT_ONCE {
            return;
        }
    }
}

/// What of an archive may go.
#[derive(Debug, Default)]
struct Waste {
    /// The runs that are over and need not be kept.
    dead: HashSet<RunId>,
    /// How many may go: these, and copies of runs that a later archive has.
    runs: u64,
    /// How large they are.
    bytes: u64,
    /// How many there are, and how large.
    all: (u64, u64),
}

impl Waste {
    /// Without rules, all that is over may go.
    fn of(
        shared: &Shared,
        number: u32,
        archive: &Arc<Archive>,
        mut rules: Option<&mut Rules<'_>>,
    ) -> Result<Self, StoreError> {
        let mut waste = Self::default();
        let done: Vec<_> = archive.each_done().collect::<Result<_, _>>()?;
        for (run, standing) in done.into_iter().rev() {
            let keeps = rules.as_mut().is_some_and(|rules| rules.keeps(&standing.head));
            waste.count(standing.bytes, keeps);
            if !keeps {
                waste.dead.insert(run);
            }
        }
        for row in archive.each_open() {
            let (run, standing) = row?;
            waste.count(standing.bytes, is_needed(shared, number, run));
        }
        Ok(waste)
    }

    fn count(&mut self, bytes: u64, keeps: bool) {
        self.all = (self.all.0 + 1, self.all.1 + bytes);
        if !keeps {
            self.runs += 1;
            self.bytes += bytes;
        }
    }

    /// Whether so much may go that the rest is written anew. Where there is no room, anything is.
    fn is_worth_it(&self, has_room: bool) -> bool {
        let (runs, bytes) = self.all;
        self.runs * 2 > runs || self.bytes * 2 > bytes || (!has_room && !self.dead.is_empty())
    }
}

/// Whether what an archive has of a run that is not over is the latest copy, as far as can be known.
fn is_needed(shared: &Shared, number: u32, run: RunId) -> bool {
    let live = shared.read();
    live.index.archive_of(run) == Some(number) || live.damaged.doubts(number, run)
}

/// Which archive this is among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It says where the log goes on, and is there even if it is empty.
    Newest,
    Before,
}

impl Place {
    /// Whether an archive that has no runs says nothing else either that is needed.
    fn is_empty_here(self, archive: &Archive, number: u32, earlier: &Earlier<'_>) -> Result<bool, StoreError> {
        let counts = archive.counts();
        if self == Self::Newest || counts.done + counts.open > 0 {
            return Ok(false);
        }
        Ok(!archive.carried()?.into_iter().any(|run| earlier.has_open(run, number)))
    }
}

/// Where the runs are open that archives have as open, as it is when a round begins; found when it is first asked for.
struct Earlier<'a> {
    archives: &'a Archives,
    /// The first archive that could not even be opened.
    lost: Option<u32>,
    /// The number of the first archive that has a run as open; of the first one, too, that cannot be read.
    found: OnceCell<(HashMap<RunId, u32>, Option<u32>)>,
}

impl Earlier<'_> {
    /// Whether an archive before this one has the run as open. One that cannot be read may have it.
    fn has_open(&self, run: RunId, number: u32) -> bool {
        let (first, unread) = self.found.get_or_init(|| self.find());
        unread.is_some_and(|unread| unread < number) || first.get(&run).is_some_and(|first| *first < number)
    }

    fn find(&self) -> (HashMap<RunId, u32>, Option<u32>) {
        let (mut first, mut unread) = (HashMap::new(), self.lost);
        for (number, archive) in self.archives.iter().filter(|(_, archive)| archive.counts().open > 0) {
            for row in archive.each_open() {
                match row {
                    Ok((run, _)) => drop(first.entry(run).or_insert(*number)),
                    Err(_) => unread = Some(unread.map_or(*number, |unread| unread.min(*number))),
                }
            }
        }
        (first, unread)
    }
}

/// Writes an archive anew without what may go, or removes it: how many bytes it has then.
fn rewrite(archive: &Arc<Archive>, mut keeping: Keeping<'_>) -> Result<u64, StoreError> {
    let (shared, number) = (keeping.shared, keeping.number);
    let path = path_of(&shared.archives_folder, number, edition_of(archive.path()) + 1);
    let left = archive.rewrite(&path, &mut keeping)?.map(Arc::new);
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
    place: Place,
    dead: &'a HashSet<RunId>,
    earlier: &'a Earlier<'a>,
}

impl Sieve for Keeping<'_> {
    fn done(&mut self, run: RunId, _head: &Head) -> bool {
        !self.dead.contains(&run)
    }

    /// As long as no later archive has it.
    fn open(&mut self, run: RunId) -> bool {
        is_needed(self.shared, self.number, run)
    }

    fn carried(&mut self, run: RunId) -> bool {
        self.earlier.has_open(run, self.number)
    }

    fn keeps_empty(&self) -> bool {
        self.place == Place::Newest
    }
}

fn log_bytes(shared: &Shared) -> Result<u64, StoreError> {
    let logs = shared.read().logs.clone();
    logs.values().try_fold(0, |bytes, file| Ok(bytes + file.size()?))
}
