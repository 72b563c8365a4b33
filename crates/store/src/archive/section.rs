//! Writes one part of an archive: runs fill a block; a full block is written with its page, and its filter and its line
//! in the directory wait for the end of the part.

use super::chunk::{Packing, Writer, failed};
use super::directory::{Directory, Entry, Heads, Part};
use super::grams;
use super::page::Page;
use crate::Head;
use bytes::Bytes;
use run::id::RunId;
use run::tables::StoreError;

/// Done runs are read one by one and searched in masses: large blocks compress well.
const DONE_BLOCK: usize = 128 * 1024;
/// Open runs are read one by one, each when it goes on: small blocks are read fast.
const OPEN_BLOCK: usize = 32 * 1024;

/// One part of an archive, while it is written.
#[derive(Debug)]
pub(super) struct Section {
    block_size: usize,
    block: Vec<u8>,
    page: Page,
    heads: Heads,
    directory: Directory,
    filters: Vec<u8>,
    ends: Option<(RunId, RunId)>,
    count: u64,
}

/// A run as it is added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) run: RunId,
    pub(super) head: &'a Head,
    /// The number of its scenario.
    pub(super) scenario: u32,
    pub(super) pieces: &'a [Bytes],
    /// The numbers of the digests it refers to.
    pub(super) digests: &'a [u32],
}

impl Section {
    /// An empty part.
    pub(super) fn new(part: Part) -> Self {
        let block_size = match part {
            Part::Done => DONE_BLOCK,
            Part::Open => OPEN_BLOCK,
        };
        Self {
            block_size,
            block: Vec::new(),
            page: Page::default(),
            heads: Heads::default(),
            directory: Directory::default(),
            filters: Vec::new(),
            ends: None,
            count: 0,
        }
    }

    /// Adds a run. Its name must come after those of all before.
    pub(super) fn push(&mut self, writer: &mut Writer, record: Record<'_>) -> Result<(), StoreError> {
        let Record { run, head, scenario, pieces, digests } = record;
        if self.ends.is_some_and(|(_, last)| last >= run) {
            return Err(failed(writer.path(), format!("run {run} was added out of order")));
        }
        let length: usize = pieces.iter().map(Bytes::len).sum();
        // A run that is larger than a block gets one of its own, so that the small ones beside it stay cheap to read.
        if !self.block.is_empty() && self.block.len() + length > self.block_size {
            self.write_block(writer)?;
        }
        let too_long = |_| failed(writer.path(), format!("run {run} has more than 4 GiB of journal"));
        u32::try_from(length).map_err(too_long)?;
        // A block is shorter than that or holds one run alone.
        self.page.push(run, head, scenario, self.block.len() as u32);
        for piece in pieces {
            self.page.push_piece(piece.len() as u32);
            self.block.extend_from_slice(piece);
        }
        digests.iter().for_each(|digest| self.page.push_digest(*digest));
        self.heads.add(head);
        self.ends = Some((self.ends.map_or(run, |(first, _)| first), run));
        self.count += 1;
        Ok(())
    }

    /// Writes what is left and, last, the filters.
    pub(super) fn close(&mut self, writer: &mut Writer) -> Result<(), StoreError> {
        self.write_block(writer)?;
        // A third of its bits is set, at random: nothing that compressing could help.
        self.directory.filters = writer.put(&self.filters, Packing::Plain)?;
        self.filters = Vec::new();
        self.block = Vec::new();
        Ok(())
    }

    /// The directory, once all is written.
    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The smallest and the largest name.
    pub(super) fn ends(&self) -> Option<(RunId, RunId)> {
        self.ends
    }

    /// How many runs were added.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    fn write_block(&mut self, writer: &mut Writer) -> Result<(), StoreError> {
        let page = std::mem::take(&mut self.page);
        let Some(first) = page.rows().first().map(|row| row.run) else { return Ok(()) };
        let block = writer.put(&self.block, Packing::Packed)?;
        self.block.make_ascii_lowercase();
        let filter = grams::filter(&self.block);
        self.block.clear();
        let start = self.filters.len();
        self.filters.extend_from_slice(&filter);
        let fits = u32::try_from(self.filters.len());
        let end = fits.map_err(|_| failed(writer.path(), "the filters have more than 4 GiB"))?;
        let heads = std::mem::take(&mut self.heads);
        let page = writer.put_value(&page.columns())?;
        self.directory.entries.push(Entry { first, block, page, filter: (start as u32, end), heads });
        Ok(())
    }
}
