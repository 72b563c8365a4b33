//! Opens the archives: what is damaged costs the runs in it, and lets what other archives say of them be doubted.

use crate::archive::{Archive, Cache, UNFINISHED};
use crate::disk::archivist::path_of;
use crate::disk::files::Files;
use crate::disk::folder::failed;
use crate::disk::index::Known;
use crate::disk::live::Live;
use crate::disk::log;
use crate::disk::log::file::LogFile;
use run::tables::StoreError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the archives say.
#[derive(Debug, Default)]
pub(in crate::disk) struct Archived {
    /// The last sequence number they cover.
    pub(in crate::disk) covered: u64,
    /// The numbers of those with open runs that cannot be read.
    pub(in crate::disk) unlisted: BTreeSet<u32>,
    /// Those whose end or list of carried runs cannot be read, by number: runs that earlier archives have as open may be
    /// over there.
    pub(in crate::disk) lost: BTreeMap<u32, PathBuf>,
}

/// Opens the archives, and lets the index know the runs that are not over. What is damaged costs the runs in it; what
/// others say of the same runs is not believed any more ([`Live::doubt`]).
pub(in crate::disk) fn open(
    files: &Arc<dyn Files>,
    folder: &Path,
    cache: &Arc<Cache>,
    live: &mut Live,
) -> Result<Archived, StoreError> {
    let Archived { mut covered, mut unlisted, mut lost } = Archived::default();
    for (number, editions) in find_archives(&**files, folder)? {
        let archive = match open_newest(files, folder, cache, (number, &editions)) {
            Err(error @ StoreError::Corrupt(_)) => {
                tracing::error!(%error, "an archive cannot be read; the others are");
                lost.insert(number, path_of(folder, number, editions[0]));
                continue;
            }
            opened => Arc::new(opened?),
        };
        covered = covered.max(*archive.covers().end());
        match archive.carried() {
            Err(error @ StoreError::Corrupt(_)) => {
                tracing::error!(%error, "it is not known which runs an archive carries on");
                lost.insert(number, archive.path().to_owned());
            }
            carried => carried?.into_iter().for_each(|run| live.index.remove(run)),
        }
        for row in archive.each_open() {
            let (run, standing) = match row {
                Err(error @ StoreError::Corrupt(_)) => {
                    tracing::error!(%error, "runs that are not over cannot be read; the others go on");
                    unlisted.insert(number);
                    continue;
                }
                row => row?,
            };
            let archive = Some(number);
            live.index.set(run, &Known { head: standing.head, pieces: standing.pieces, last: None, archive });
        }
        live.add_archive(number, archive);
    }
    Ok(Archived { covered, unlisted, lost })
}

/// Opens the newest edition that is whole, and removes the others once there is one: those before it have all that it
/// has.
fn open_newest(
    files: &Arc<dyn Files>,
    folder: &Path,
    cache: &Arc<Cache>,
    (number, editions): (u32, &[u32]),
) -> Result<Archive, StoreError> {
    let path = |edition: &u32| path_of(folder, number, *edition);
    let mut opened = Archive::open(files.clone(), &path(&editions[0]), cache);
    for edition in &editions[1..] {
        if let Err(StoreError::Corrupt(_)) = opened {
            opened = Archive::open(files.clone(), &path(edition), cache);
        }
    }
    let archive = opened?;
    for superseded in editions.iter().map(path).filter(|path| *path != archive.path()) {
        files.remove(&superseded).map_err(|error| failed("cannot remove", &superseded, &error))?;
    }
    Ok(archive)
}

/// Looks at the log for what lost archives had: whether it still has it, and how far they reached.
pub(in crate::disk) fn look_behind_lost(
    files: &dyn Files,
    journal: &Path,
    archived: &mut Archived,
) -> Result<(), StoreError> {
    if archived.lost.is_empty() {
        return Ok(());
    }
    let names = files.list(journal).map_err(|error| failed("cannot read", journal, &error))?;
    let first_of = |number: u32| -> Result<Option<u64>, StoreError> {
        if !names.iter().any(|name| log::number_of(name) == Some(number)) {
            return Ok(None);
        }
        Ok(LogFile::open(files, journal, number)?.map(|file| file.head.first))
    };
    for (number, path) in std::mem::take(&mut archived.lost) {
        if first_of(number)? == Some(archived.covered + 1) {
            tracing::warn!(path = %path.display(), "the log still has what this archive had; it is made anew");
            files.remove(&path).map_err(|error| failed("cannot remove", &path, &error))?;
            continue;
        }
        if let Some(next) = first_of(number + 1)? {
            archived.covered = archived.covered.max(next - 1);
        }
        archived.lost.insert(number, path);
    }
    Ok(())
}

/// The archives' numbers, ascending, each with its editions, the newest first. Unfinished files are removed.
fn find_archives(files: &dyn Files, folder: &Path) -> Result<BTreeMap<u32, Vec<u32>>, StoreError> {
    let names = files.list(folder).map_err(|error| failed("cannot read", folder, &error))?;
    let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for name in names {
        let digits = name.strip_suffix(".archive").and_then(|digits| digits.split_once('-'));
        let parsed = digits.and_then(|(number, edition)| Some((number.parse().ok()?, edition.parse().ok()?)));
        match parsed {
            Some((number, edition)) => found.entry(number).or_default().push(edition),
            None if name.ends_with(UNFINISHED) => {
                let path = folder.join(name);
                files.remove(&path).map_err(|error| failed("cannot remove", &path, &error))?;
            }
            None => {}
        }
    }
    found.values_mut().for_each(|editions| editions.sort_unstable_by(|one, other| other.cmp(one)));
    Ok(found)
}
