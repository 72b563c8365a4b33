//! Makes a new archive of what is to be kept of an old one.

use super::chunk::{damaged, failed};
use super::{Archive, Builder, Part};
use crate::Head;
use bytes::Bytes;
use run::id::RunId;
use run::tables::{Digest, StoreError};
use std::path::Path;

/// What a rewritten archive keeps.
pub(crate) trait Sieve {
    /// Whether a done run stays.
    fn done(&mut self, run: RunId, head: &Head) -> bool;
    /// Whether an open run stays: unless a later archive has it.
    fn open(&mut self, run: RunId) -> bool;
    /// Whether a carried name stays: as long as an earlier archive has the run as open.
    fn carried(&mut self, run: RunId) -> bool;
    /// Whether an archive of which nothing stays is written all the same, for what it covers.
    fn keeps_empty(&self) -> bool {
        false
    }
}

impl Archive {
    /// Writes what is to be kept to a new archive under another path. None, and no file, when nothing stays: no done run,
    /// no open run, no carried name, and the sieve does not keep an empty one.
    pub(crate) fn rewrite(&self, path: &Path, sieve: &mut impl Sieve) -> Result<Option<Self>, StoreError> {
        if path == self.path {
            return Err(failed(path, "an archive cannot be rewritten in its own place"));
        }
        let mut builder = Builder::create(self.files.clone(), path, self.covers())?;
        let digests = self.numbered_digests()?;
        self.copy(&mut builder, &digests, Part::Done, |run, head| sieve.done(run, head))?;
        self.copy(&mut builder, &digests, Part::Open, |run, _| sieve.open(run))?;
        let carried: Vec<RunId> = self.carried()?.into_iter().filter(|run| sieve.carried(*run)).collect();
        if builder.written().1 == 0 && carried.is_empty() && !sieve.keeps_empty() {
            return Ok(None);
        }
        carried.into_iter().for_each(|run| builder.carried(run));
        builder.finish(&self.cache).map(Some)
    }

    fn copy(
        &self,
        builder: &mut Builder,
        digests: &[Digest],
        part: Part,
        mut keep: impl FnMut(RunId, &Head) -> bool,
    ) -> Result<(), StoreError> {
        for number in 0..self.directory(part)?.entries.len() {
            let page = self.page(part, number)?;
            let mut block = None;
            for row in page.rows() {
                let head = self.head_of(row)?;
                if !keep(row.run, &head) {
                    continue;
                }
                // A block that nothing stays of is not read.
                let block = match &mut block {
                    Some(block) => block,
                    unread => unread.insert(Bytes::copy_from_slice(&self.block(part, number)?)),
                };
                let pieces: Vec<Bytes> = page.pieces(row).map(|range| block.slice(range)).collect();
                let named = |number: &u32| digests.get(*number as usize).copied();
                let refers: Option<Vec<Digest>> = page.digests(row).iter().map(named).collect();
                let refers = refers.ok_or_else(|| damaged(&self.path, "an index"))?;
                match part {
                    Part::Done => builder.done(row.run, &head, &pieces, &refers)?,
                    Part::Open => builder.open(row.run, &head, &pieces, &refers)?,
                }
            }
        }
        Ok(())
    }
}
