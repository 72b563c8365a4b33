//! Archives: where journals lie once the log moves on. An archive is one immutable file, made from one stretch of the log
//! and present only when it is whole (it is synced under another name and then renamed).
//!
//! It holds the journals of **done** runs (complete), of **open** runs (all pieces so far), and the names of runs it has
//! **carried** on: those that an earlier archive has as open, and that this one or the log knows better now.
//!
//! ```text
//! let mut builder = Builder::create(files, path, first..=last)?;    // writes `path` + ".part"
//! builder.done(run, &head, &pieces, &digests)?;                     // all done runs first, by ascending name,
//! builder.open(run, &head, &pieces, &digests)?;                     // then all open ones, by ascending name
//! builder.carried(run);                                             // in any order, at any time
//! let archive: Archive = builder.finish(&cache)?;                   // synced, renamed, folder synced
//!
//! let cache = Cache::new(bytes);                                    // one for all archives
//! let archive = Archive::open(files, path, &cache)?;                // reads the last bytes of the file, keeps no file open
//! archive.covers() -> RangeInclusive<u64>                           // as `create` was told
//! archive.counts() -> Counts { done, open, carried, bytes }
//! archive.bounds() -> Option<(RunId, RunId)>                        // smallest and largest done run
//! archive.read(run)? -> Option<Journaled>                           // done or open here
//! archive.head(run)? -> Option<Standing { head, pieces, bytes }>
//! archive.read_done(run)?, archive.head_done(run)?                  // the same, only if it is done here
//! archive.pieces(run)? -> Option<Vec<Bytes>>                        // also where some are a `LOST_PIECE`
//! archive.each_done(), archive.each_open() -> iterators of Result<(RunId, Standing)>, ascending
//! archive.carried()? -> Vec<RunId>                                  // ascending
//! archive.digests()? -> Vec<Digest>                                 // ascending: the blobs its runs refer to
//! archive.digests_of(run)? -> Vec<Digest>                           // the blobs that one of them refers to
//! archive.rewrite(path, &mut sieve)? -> Option<Archive>              // what the sieve keeps, and all open runs
//! archive.remove()?                                                 // whoever still reads it goes on reading
//!
//! let query = Query::new(filter);
//! newest_first(&archives, query) -> iterator of Result<(RunId, Head)>   // done runs of many archives, merged, lazily
//! Newest::of(archive, Part::Open, query)                                // the same for one part of one archive
//! query.admits(run, &head), query.needle()?.is_in(piece, &mut scratch)  // the same questions, for runs in the log
//! ```
//!
//! All that is read is checked against a checksum first; what does not fit is [`StoreError::Corrupt`] with the file's
//! name. Nothing is held of an archive but its [`Footer`]; all else comes by way of the [`Cache`].
//!
//! ```text
//! file       { block page }… of done runs, filters, { block page }… of open runs, filters,
//!            directory of done, directory of open, scenarios, digests, carried, footer, tail
//! block      the pieces of runs, end to end; compressed
//! page       the rows of the runs in the block before it: name, head, lengths of pieces; compressed
//! filters    for each block, which runs of four bytes occur in it (`grams.rs`)
//! directory  for each block: its first run, where it and its page and its filter are, what heads are in it
//! tail       length(4) and crc32(4) of the footer, magic(8) with the version of the format
//! ```

mod builder;
mod cache;
mod chunk;
mod directory;
mod footer;
mod grams;
mod merge;
mod needle;
mod newest;
mod page;
mod query;
mod rewrite;
mod rows;
mod section;

#[cfg(test)]
mod tests;

pub(crate) use builder::{Builder, UNFINISHED};
pub(crate) use cache::Cache;
pub(crate) use directory::Part;
pub(crate) use merge::newest_first;
pub(crate) use needle::Needle;
pub(crate) use newest::Newest;
pub(crate) use query::Query;
pub(crate) use rewrite::Sieve;
pub(crate) use rows::Rows;

use crate::disk::files::{Files, OpenFile};
use crate::{Head, Journaled};
use bytes::Bytes;
use cache::{Key, What};
use chunk::{Place, Source, damaged, failed};
use directory::Directory;
use footer::Footer;
use page::{Page, Row};
use run::id::{RunId, ScenarioId};
use run::tables::{Digest, StoreError};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// An open file weighs as much as a block, so that a cache of 16 MiB has no more than 128 files open.
const FILE_WEIGHT: usize = 128 * 1024;

/// Stands in an archive for a piece that could not be read any more when the archive was made: bytes that no piece has.
pub(crate) const LOST_PIECE: &[u8; 16] = b"\xff\x9d\x00\xe1\xc3\x17\xfe\x82\x00\xb6\xf5\x3a\xd9\x01\xfc\xff";

/// An archive file. Cheap to have by the thousand.
#[derive(Debug)]
pub(crate) struct Archive {
    files: Arc<dyn Files>,
    path: PathBuf,
    size: u64,
    footer: Footer,
    cache: Arc<Cache>,
    number: u64,
    /// The file, once its name is gone.
    nameless: OnceLock<Arc<File>>,
}

/// An open file, as the cache keeps it.
type File = Box<dyn OpenFile>;

/// How a run stands in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its head.
    pub(crate) head: Head,
    /// How many pieces it has.
    pub(crate) pieces: u32,
    /// How large they are together.
    pub(crate) bytes: u64,
}

/// How much is in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Runs that were over.
    pub(crate) done: u64,
    /// Runs that were not.
    pub(crate) open: u64,
    /// Runs that were carried on from earlier archives.
    pub(crate) carried: u64,
    /// The size of the file.
    pub(crate) bytes: u64,
}

impl Archive {
    /// Opens an archive: reads the end of the file.
    pub(crate) fn open(files: Arc<dyn Files>, path: &Path, cache: &Arc<Cache>) -> Result<Self, StoreError> {
        let file = files.open(path).map_err(|error| failed(path, error))?;
        let size = file.size().map_err(|error| failed(path, error))?;
        let footer = Footer::read(&*file, size, path)?;
        Ok(Self::new(files, path.to_owned(), cache, footer, size))
    }

    fn new(files: Arc<dyn Files>, path: PathBuf, cache: &Arc<Cache>, footer: Footer, size: u64) -> Self {
        let number = cache.number();
        Self { files, path, size, footer, cache: cache.clone(), number, nameless: OnceLock::new() }
    }

    /// The file's name.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Which sequence numbers of the log it stands for.
    pub(crate) fn covers(&self) -> RangeInclusive<u64> {
        self.footer.covers.0..=self.footer.covers.1
    }

    /// How much is in it.
    pub(crate) fn counts(&self) -> Counts {
        let Footer { done, open, carried, .. } = self.footer;
        Counts { done, open, carried, bytes: self.size }
    }

    /// The smallest and the largest name of its done runs.
    pub(crate) fn bounds(&self) -> Option<(RunId, RunId)> {
        self.footer.bounds
    }

    /// A run's journal: complete if the run is done, else as far as it was written when the archive was. One that has a
    /// [`LOST_PIECE`] is damaged.
    pub(crate) fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        let journaled = self.find(run, |place, page, row| self.journaled(place, page, row))?;
        self.reject_lost(run, journaled)
    }

    /// The same for a run that is done here.
    pub(crate) fn read_done(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        let journaled = self.find_in(Part::Done, run, |place, page, row| self.journaled(place, page, row))?;
        self.reject_lost(run, journaled)
    }

    /// The pieces of a run as they are, also those that are a [`LOST_PIECE`].
    pub(crate) fn pieces(&self, run: RunId) -> Result<Option<Vec<Bytes>>, StoreError> {
        self.find(run, |place, page, row| Ok(self.journaled(place, page, row)?.pieces))
    }

    /// How a run stands here, done or open.
    pub(crate) fn head(&self, run: RunId) -> Result<Option<Standing>, StoreError> {
        self.find(run, |_, page, row| self.standing(page, row))
    }

    /// The same for a run that is done here.
    pub(crate) fn head_done(&self, run: RunId) -> Result<Option<Standing>, StoreError> {
        self.find_in(Part::Done, run, |_, page, row| self.standing(page, row))
    }

    /// The done runs, by ascending name.
    pub(crate) fn each_done(self: &Arc<Self>) -> Rows {
        Rows::of(self.clone(), Part::Done)
    }

    /// The runs that were open, by ascending name.
    pub(crate) fn each_open(self: &Arc<Self>) -> Rows {
        Rows::of(self.clone(), Part::Open)
    }

    /// The runs that earlier archives have as open and should not any more, by ascending name.
    pub(crate) fn carried(&self) -> Result<Vec<RunId>, StoreError> {
        let file = self.file()?;
        self.cache.with_reader(|reader| reader.get_value(self.source(&file), &self.footer.carried_at))
    }

    /// The digests of the blobs that its runs refer to, sorted.
    pub(crate) fn digests(&self) -> Result<Vec<Digest>, StoreError> {
        let mut digests = self.numbered_digests()?;
        digests.sort_unstable();
        Ok(digests)
    }

    /// The digests of the blobs that one of its runs refers to.
    pub(crate) fn digests_of(&self, run: RunId) -> Result<Vec<Digest>, StoreError> {
        let numbers = self.find(run, |_, page, row| Ok(page.digests(row).to_vec()))?.unwrap_or_default();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let digests = self.numbered_digests()?;
        let named = numbers.iter().map(|number| digests.get(*number as usize).copied());
        named.collect::<Option<_>>().ok_or_else(|| damaged(&self.path, "an index"))
    }

    /// Removes the file. Whoever has this archive can go on reading it.
    pub(crate) fn remove(&self) -> Result<(), StoreError> {
        let file = self.file()?;
        let _ = self.nameless.set(file); // set before: a second removal
        self.files.remove(&self.path).map_err(|error| failed(&self.path, error))?;
        self.cache.forget(self.number);
        Ok(())
    }

    /// Looks the run up, first where most runs are.
    fn find<T>(
        &self,
        run: RunId,
        found: impl Fn((Part, usize), &Page, &Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.find_in(Part::Done, run, &found)? {
            None => self.find_in(Part::Open, run, found),
            told => Ok(told),
        }
    }

    /// Looks the run up in one part; `found` is told of the part and the number of the block, too.
    fn find_in<T>(
        &self,
        part: Part,
        run: RunId,
        found: impl Fn((Part, usize), &Page, &Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let is_possible = match part {
            Part::Done => self.footer.bounds.is_some_and(|(first, last)| (first..=last).contains(&run)),
            Part::Open => self.footer.open > 0,
        };
        if !is_possible {
            return Ok(None);
        }
        let Some(number) = self.directory(part)?.block_of(run) else { return Ok(None) };
        let page = self.page(part, number)?;
        page.find(run).map(|row| found((part, number), &page, row)).transpose()
    }

    fn journaled(&self, (part, number): (Part, usize), page: &Page, row: &Row) -> Result<Journaled, StoreError> {
        let head = self.head_of(row)?;
        let block = self.block(part, number)?;
        let ranges: Vec<_> = page.pieces(row).collect();
        // One copy of this run's bytes, so that who keeps a piece does not keep the whole block.
        let (start, end) = (ranges.first().map_or(0, |range| range.start), ranges.last().map_or(0, |range| range.end));
        let whole = Bytes::copy_from_slice(self.slice(&block, start..end)?);
        let pieces = ranges.iter().map(|range| whole.slice(range.start - start..range.end - start)).collect();
        Ok(Journaled { head, pieces })
    }

    fn reject_lost(&self, run: RunId, journaled: Option<Journaled>) -> Result<Option<Journaled>, StoreError> {
        if journaled.as_ref().is_none_or(|journaled| journaled.pieces.iter().all(|piece| *piece != LOST_PIECE[..])) {
            return Ok(journaled);
        }
        let text = format!("{}: a part of run {run} was damaged and is lost", self.path.display());
        Err(StoreError::Corrupt(text.into()))
    }

    fn standing(&self, page: &Page, row: &Row) -> Result<Standing, StoreError> {
        let bytes = page.pieces(row).map(|range| range.len() as u64).sum();
        Ok(Standing { head: self.head_of(row)?, pieces: row.count(), bytes })
    }

    fn head_of(&self, row: &Row) -> Result<Head, StoreError> {
        row.head(&self.scenarios()?).ok_or_else(|| damaged(&self.path, "an index"))
    }

    /// The digests in the order in which they are numbered.
    fn numbered_digests(&self) -> Result<Vec<Digest>, StoreError> {
        let bytes = self.chunk(&self.footer.digests_at)?;
        let (digests, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(damaged(&self.path, "the list of digests"));
        }
        Ok(digests.iter().map(|digest| Digest(*digest)).collect())
    }

    fn scenarios(&self) -> Result<Arc<Vec<ScenarioId>>, StoreError> {
        self.cache.get(self.key(What::Scenarios), || {
            let file = self.file()?;
            let place = &self.footer.scenarios_at;
            let names = self.cache.with_reader(|reader| reader.get_value(self.source(&file), place))?;
            Ok((names, place.raw as usize * 2))
        })
    }

    fn directory(&self, part: Part) -> Result<Arc<Directory>, StoreError> {
        self.cache.get(self.key(What::Directory(part)), || {
            let file = self.file()?;
            let place = match part {
                Part::Done => &self.footer.done_at,
                Part::Open => &self.footer.open_at,
            };
            let read = self.cache.with_reader(|reader| reader.get_value(self.source(&file), place));
            let directory: Directory = read?;
            let weight = directory.weight();
            Ok((directory, weight))
        })
    }

    fn page(&self, part: Part, number: usize) -> Result<Arc<Page>, StoreError> {
        self.cache.get(self.key(What::Page(part, number)), || {
            let directory = self.directory(part)?;
            let entry = directory.entries.get(number).ok_or_else(|| damaged(&self.path, "an index"))?;
            let page = Page::decode(&self.chunk(&entry.page)?, entry.block.raw, &self.path)?;
            let weight = page.weight();
            Ok((page, weight))
        })
    }

    fn block(&self, part: Part, number: usize) -> Result<Arc<Vec<u8>>, StoreError> {
        self.cache.get(self.key(What::Block(part, number)), || {
            let directory = self.directory(part)?;
            let entry = directory.entries.get(number).ok_or_else(|| damaged(&self.path, "an index"))?;
            let block = self.chunk(&entry.block)?;
            let weight = block.len();
            Ok((block, weight))
        })
    }

    fn chunk(&self, place: &Place) -> Result<Vec<u8>, StoreError> {
        let file = self.file()?;
        let mut raw = Vec::new();
        self.cache.with_reader(|reader| reader.get(self.source(&file), place, &mut raw))?;
        Ok(raw)
    }

    fn slice<'a>(&self, block: &'a [u8], range: std::ops::Range<usize>) -> Result<&'a [u8], StoreError> {
        block.get(range).ok_or_else(|| damaged(&self.path, "an index"))
    }

    fn file(&self) -> Result<Arc<File>, StoreError> {
        if let Some(file) = self.nameless.get() {
            return Ok(file.clone());
        }
        let opened = self.cache.get(self.key(What::File), || {
            let file = self.files.open(&self.path).map_err(|error| failed(&self.path, error))?;
            Ok((file, FILE_WEIGHT))
        });
        // Its name may have gone meanwhile.
        opened.or_else(|error| self.nameless.get().cloned().ok_or(error))
    }

    /// Where the block of this number and its page begin in the file.
    #[cfg(test)]
    pub(crate) fn place_of(&self, part: Part, number: usize) -> Result<(u64, u64), StoreError> {
        let directory = self.directory(part)?;
        Ok((directory.entries[number].block.at, directory.entries[number].page.at))
    }

    fn source<'a>(&'a self, file: &'a File) -> Source<'a> {
        Source { file: &**file, path: &self.path, size: self.size }
    }

    fn key(&self, what: What) -> Key {
        Key { archive: self.number, what }
    }
}

impl Drop for Archive {
    /// What nobody can ask for any more should not take the place of other things, nor keep a removed file's room.
    fn drop(&mut self) {
        self.cache.forget(self.number);
    }
}
