//! Opens the log from where archives end. What was acknowledged and is missing is told.

use crate::Claim;
use crate::disk::files::Files;
use crate::disk::folder::{failed, unsynced};
use crate::disk::live::Live;
use crate::disk::log::file::LogFile;
use crate::disk::log::record::{self, Record};
use crate::disk::log::replay::{self, End, Group};
use crate::disk::log::writer::{self, Spares};
use crate::disk::log::{self, Place};
use crate::disk::records;
use crate::disk::trees::Trees;
use run::tables::StoreError;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The log as it was found.
#[derive(Debug)]
pub(in crate::disk) struct Log {
    /// The file that is written to, and where its groups end.
    pub(in crate::disk) current: Arc<LogFile>,
    pub(in crate::disk) end: End,
    /// Files that are full and not in an archive yet, oldest first.
    pub(in crate::disk) full: Vec<Arc<LogFile>>,
    /// Files whose content is in archives already.
    pub(in crate::disk) archived: Vec<Arc<LogFile>>,
}

/// Reads the log behind what archives cover, into the index and the database, and finds its end. A log that ends
/// earlier than it did is told.
pub(in crate::disk) fn open(
    files: &dyn Files,
    spares: &Spares,
    trees: &Trees,
    live: &mut Live,
    covered: u64,
) -> Result<Log, StoreError> {
    let applied = trees.applied()?;
    let found = find_logs(files, spares.folder(), covered, applied)?;
    check_database(spares.folder(), found.first(), applied)?;
    let mut replay = Replay { trees, covered, applied, live };
    let (mut ends, mut full, mut archived) = (BTreeMap::new(), Vec::new(), Vec::new());
    let (mut expected, mut last_group) = (None, 0);
    for file in &found {
        check_order(file, expected, covered)?;
        last_group = 0;
        let end = replay::groups(file, |group| {
            last_group = group.offset - log::group::GROUP_HEAD as u64;
            replay.group(file.head.number, group)
        })?;
        expected = Some(end.sequence);
        ends.insert(file.head.number, end);
    }
    check_end(spares.folder(), expected.unwrap_or(covered + 1), covered.max(applied))?;
    let Some((current, before)) = found.split_last() else {
        let current = Arc::new(writer::begin(files, spares, 1, covered + 1)?);
        live.add_log(current.clone());
        let end = End { position: log::BLOCK, sequence: covered + 1 };
        return Ok(Log { current, end, full, archived });
    };
    for file in before {
        if ends[&file.head.number].sequence <= covered + 1 {
            archived.push(file.clone());
        } else {
            full.push(file.clone());
            live.add_log(file.clone());
        }
    }
    live.add_log(current.clone());
    let end = ends[&current.head.number];
    secure(current, last_group..end.position)?;
    Ok(Log { current: current.clone(), end, full, archived })
}

/// What a crash left in the page cache alone is believed now, so it must be on disk: the last group, or the head of a
/// file without groups. It is written once more, because after a sync that failed the system takes pages for written
/// that are not.
fn secure(file: &LogFile, stretch: Range<u64>) -> Result<(), StoreError> {
    // What fills up the last block may be missing.
    let end = stretch.end.min(file.size()?);
    let mut bytes = vec![0; end.saturating_sub(stretch.start) as usize];
    file.file.read_at(&mut bytes, stretch.start).map_err(|error| failed("cannot read", &file.path, &error))?;
    let written = file.file.write_at(&bytes, stretch.start);
    written.map_err(|error| failed("cannot write", &file.path, &error))?;
    file.file.sync_data().map_err(|error| unsynced(&file.path, &error))
}

/// Brings the groups of the log to where they belong.
struct Replay<'a> {
    trees: &'a Trees,
    /// Up to where runs are in archives.
    covered: u64,
    /// Up to where changes of records are in the database.
    applied: u64,
    live: &'a mut Live,
}

impl Replay<'_> {
    fn group(&mut self, file: u32, group: Group<'_>) -> Result<(), StoreError> {
        let in_archive = group.sequence <= self.covered;
        for record in record::records(group.records) {
            let (offset, record) = record?;
            match record {
                Record::Piece(piece) if !in_archive => {
                    let place = Place { file, offset: (group.offset + offset as u64) as u32 };
                    let head = piece.head.to_head()?;
                    self.live.index.advance(piece.run, piece.piece + 1, &head, place);
                }
                Record::Claim(key, run, until) if !in_archive => {
                    self.live.index.lay(Claim { key, until }, run, file);
                }
                Record::Claim(key, run, until) => self.trees.set_claim(&key, run, until)?,
                Record::Change(change) if group.sequence > self.applied => {
                    records::apply(self.trees, change.key, change.value, change.revision)?;
                }
                Record::Piece(_) | Record::Change(_) => {}
            }
        }
        Ok(())
    }
}

/// The files of the log, oldest first. A last one that was never begun is removed, and so are those that are not needed
/// any more and were left behind.
fn find_logs(files: &dyn Files, folder: &Path, covered: u64, applied: u64) -> Result<Vec<Arc<LogFile>>, StoreError> {
    let names = files.list(folder).map_err(|error| failed("cannot read", folder, &error))?;
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| log::number_of(name)).collect();
    numbers.sort_unstable();
    let opened = numbers.iter().map(|number| Ok((*number, LogFile::open(files, folder, *number)?)));
    let mut opened = opened.collect::<Result<Vec<_>, StoreError>>()?;
    for (number, _) in opened.drain(..left_behind(files, folder, &opened, covered.min(applied))?) {
        let path = log::path_of(folder, number);
        if let Err(error) = files.remove(&path) {
            tracing::warn!(path = %path.display(), %error, "a file of the log is not needed any more, but stays");
        }
    }
    let (mut found, mut before): (Vec<Arc<LogFile>>, Option<u32>) = (Vec::new(), None);
    let count = opened.len();
    for (at, (number, file)) in opened.into_iter().enumerate() {
        let path = log::path_of(folder, number);
        let corrupt = |what: &str| Err(StoreError::Corrupt(format!("{} {what}", path.display()).into()));
        if before.is_some_and(|before| before + 1 != number) {
            return corrupt("is there, the file of the log before it is not");
        }
        before = Some(number);
        match file {
            Some(file) => found.push(Arc::new(file)),
            // What an earlier use has left in it is older than the file before.
            None if at + 1 < count || LogFile::hides(files, folder, number, least_after(&found, covered))? => {
                return corrupt("is damaged at offset 0");
            }
            None => files.remove(&path).map_err(|error| failed("cannot remove", &path, &error))?,
        }
    }
    if found.is_empty() && covered > 0 {
        let text = format!("{}: the log is not there, only archives are", folder.display());
        return Err(StoreError::Corrupt(text.into()));
    }
    Ok(found)
}

/// The least sequence number that a group in a file after these, and after what archives cover, can have.
fn least_after(found: &[Arc<LogFile>], covered: u64) -> u64 {
    found.last().map_or(0, |file| file.head.first).max(covered + 1)
}

/// How many of the first files were left behind: those before a gap and up to one that is in use under a later number,
/// if all that came before the next one is settled, that is, in archives and in the database. Files are put away oldest
/// first and after that, so nothing of theirs is missing anywhere.
fn left_behind(
    files: &dyn Files,
    folder: &Path,
    opened: &[(u32, Option<LogFile>)],
    settled: u64,
) -> Result<usize, StoreError> {
    let begins_settled = |file: &LogFile| file.head.first <= settled + 1;
    let Some(first) = opened.iter().rposition(|(_, file)| file.as_ref().is_some_and(begins_settled)) else {
        return Ok(0);
    };
    for at in (0..first).rev() {
        let (number, file) = &opened[at];
        let has_gap = number + 1 != opened[at + 1].0;
        if has_gap || file.is_none() && LogFile::is_reused(files, folder, *number)? {
            return Ok(at + 1);
        }
    }
    Ok(0)
}

/// A file goes on where the one before ended; the first one where the archives end, or before.
fn check_order(file: &LogFile, expected: Option<u64>, covered: u64) -> Result<(), StoreError> {
    let first = file.head.first;
    let in_order = expected.map_or(first <= covered + 1, |expected| first == expected);
    if in_order {
        return Ok(());
    }
    let text = match expected {
        Some(expected) => format!("{}: what comes before it ends too early, at group {expected}", file.path.display()),
        None => format!(
            "{}: it begins with group {first}, but archives end with group {covered}: files are missing from `archives/` \
             or `journal/`",
            file.path.display()
        ),
    };
    Err(StoreError::Corrupt(text.into()))
}

/// What is not in the log any more was durable in the database before it went.
fn check_database(folder: &Path, first: Option<&Arc<LogFile>>, applied: u64) -> Result<(), StoreError> {
    let Some(file) = first.filter(|file| file.head.first > applied + 1) else { return Ok(()) };
    let text = format!(
        "{}: the log begins with group {}, but the database beside it knows no more than the first {applied}: `sled/` is \
         lost, damaged or older than the rest of the data folder; restore both from the same backup",
        folder.display(),
        file.head.first
    );
    Err(StoreError::Corrupt(text.into()))
}

/// The log must reach as far as archives and the database say that it did. What is missing was acknowledged.
fn check_end(folder: &Path, end: u64, known: u64) -> Result<(), StoreError> {
    if end > known {
        return Ok(());
    }
    let text = format!(
        "{}: the log ends before group {end}, but group {known} was there: its last groups are lost or damaged, or this \
         folder is older than the others beside it",
        folder.display()
    );
    Err(StoreError::Corrupt(text.into()))
}
