//! The runs of one part of an archive that fit a query, newest first. What is not asked for is not read: blocks are passed
//! over by names, by heads and by filters, and those that are left are looked at a few at a time, so that who wants only
//! the first runs does not wait for all.

use super::chunk::damaged;
use super::page::{Page, Row};
use super::query::Query;
use super::{Archive, Part};
use crate::Head;
use run::id::{RunId, ScenarioId};
use run::tables::StoreError;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A text is looked for in so many blocks at once at first; twice as many after every time that nothing was found.
const FIRST_WAVE: usize = 2;
/// And in so many at most.
const LARGEST_WAVE: usize = 64;
/// Fewer blocks are not worth a second thread.
const WORTH_A_THREAD: usize = 4;
/// How many threads look at once.
const THREADS: usize = 2;

/// See [the module](self). Ends after an error.
#[derive(Debug)]
pub(crate) struct Newest {
    archive: Arc<Archive>,
    part: Part,
    query: Arc<Query>,
    /// The numbers of the blocks that are still to be looked at, ascending; none before the first is asked for.
    blocks: Option<Vec<usize>>,
    wave: usize,
    found: VecDeque<Found>,
}

/// A run that fits.
type Found = (RunId, Head);

impl Newest {
    /// Nothing is read before the first run is asked for.
    pub(crate) fn of(archive: Arc<Archive>, part: Part, query: Arc<Query>) -> Self {
        Self { archive, part, query, blocks: None, wave: FIRST_WAVE, found: VecDeque::new() }
    }

    /// No run comes before this one; none if no done run is of the time that is asked for.
    pub(super) fn bound(&self) -> Option<RunId> {
        let (first, last) = self.archive.bounds()?;
        let span = self.query.span();
        (first < span.end && last >= span.start).then(|| last.min(span.end))
    }

    /// Looks at the next blocks; whether there were any.
    fn look(&mut self) -> Result<bool, StoreError> {
        let mut blocks = match self.blocks.take() {
            Some(blocks) => blocks,
            None => self.archive.candidates(self.part, &self.query)?,
        };
        // Without a text there is no reason to read further than the next page.
        let wave = if self.query.needle().is_some() { self.wave } else { 1 };
        let last = blocks.split_off(blocks.len().saturating_sub(wave));
        self.blocks = Some(blocks);
        for found in self.archive.fitting(self.part, &last, &self.query)?.into_iter().rev() {
            self.found.extend(found.into_iter().rev());
        }
        if self.found.is_empty() {
            self.wave = (self.wave * 2).min(LARGEST_WAVE);
        }
        Ok(!last.is_empty())
    }
}

impl Iterator for Newest {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(Ok(found));
            }
            match self.look() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.blocks = Some(Vec::new());
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Buffers of one thread that looks.
#[derive(Debug, Default)]
struct Scratch {
    block: Vec<u8>,
}

impl Archive {
    /// The numbers of the blocks that may have runs that fit, ascending.
    fn candidates(&self, part: Part, query: &Query) -> Result<Vec<usize>, StoreError> {
        let directory = self.directory(part)?;
        let mut blocks: Vec<usize> = directory.blocks_for(query).collect();
        let Some(needle) = query.needle().filter(|needle| needle.is_filtered() && !blocks.is_empty()) else {
            return Ok(blocks);
        };
        let filters = self.chunk(&directory.filters)?;
        blocks.retain(|block| {
            let (start, end) = directory.entries[*block].filter;
            // What has no filter must be looked at.
            filters.get(start as usize..end as usize).is_none_or(|filter| needle.may_be_in(filter))
        });
        Ok(blocks)
    }

    /// Which runs of these blocks fit: for each block, by ascending name.
    fn fitting(&self, part: Part, blocks: &[usize], query: &Query) -> Result<Vec<Vec<Found>>, StoreError> {
        if query.needle().is_none() || blocks.len() < WORTH_A_THREAD {
            let mut scratch = Scratch::default();
            return blocks.iter().map(|block| self.fitting_in(part, *block, query, &mut scratch)).collect();
        }
        let next = AtomicUsize::new(0);
        let look = || {
            let mut scratch = Scratch::default();
            let mine = std::iter::from_fn(|| {
                let place = next.fetch_add(1, Ordering::Relaxed);
                Some((place, self.fitting_in(part, *blocks.get(place)?, query, &mut scratch)))
            });
            mine.collect::<Vec<_>>()
        };
        let mut found = thread::scope(|scope| {
            let others: Vec<_> = (1..THREADS).map(|_| thread::Builder::new().spawn_scoped(scope, look)).collect();
            // If there is no room for another thread, this one does it all.
            let mut found = look();
            for other in others.into_iter().flatten() {
                match other.join() {
                    Ok(theirs) => found.extend(theirs),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            found
        });
        found.sort_unstable_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// Which runs of a block fit, by ascending name.
    fn fitting_in(
        &self,
        part: Part,
        number: usize,
        query: &Query,
        scratch: &mut Scratch,
    ) -> Result<Vec<Found>, StoreError> {
        let Some(needle) = query.needle() else {
            let page = self.page(part, number)?;
            return self.admitted(page.rows().iter(), query);
        };
        self.read_lower(part, number, scratch)?;
        if !needle.occurs(&scratch.block) {
            return Ok(Vec::new());
        }
        let page = self.page(part, number)?;
        let occurs = |page: &Page, row: &Row| {
            // Piece by piece: what reaches from one into the next is no hit.
            page.pieces(row).any(|piece| scratch.block.get(piece).is_some_and(|piece| needle.occurs(piece)))
        };
        self.admitted(page.rows().iter().filter(|row| occurs(&page, row)), query)
    }

    fn admitted<'a>(&self, rows: impl Iterator<Item = &'a Row>, query: &Query) -> Result<Vec<Found>, StoreError> {
        let scenarios: Arc<Vec<ScenarioId>> = self.scenarios()?;
        let mut found = Vec::new();
        for row in rows {
            let head = row.head(&scenarios).ok_or_else(|| damaged(&self.path, "an index"))?;
            if query.admits(row.run, &head) {
                found.push((row.run, head));
            }
        }
        Ok(found)
    }

    /// A block in lower case. It goes past the cache: a search reads each once, and would drive out all else.
    fn read_lower(&self, part: Part, number: usize, scratch: &mut Scratch) -> Result<(), StoreError> {
        let directory = self.directory(part)?;
        let entry = directory.entries.get(number).ok_or_else(|| damaged(&self.path, "an index"))?;
        let file = self.file()?;
        self.cache.with_reader(|reader| reader.get(self.source(&file), &entry.block, &mut scratch.block))?;
        scratch.block.make_ascii_lowercase();
        Ok(())
    }
}
