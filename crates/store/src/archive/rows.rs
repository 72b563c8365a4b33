//! All runs of one part of an archive, one page after another.

use super::page::Page;
use super::{Archive, Part, Standing};
use run::id::RunId;
use run::tables::StoreError;
use std::sync::Arc;

/// The runs of one part of an archive and how they stand, by ascending name. A page that cannot be read is an error in place
/// of its runs; the others follow. Without the directory there is nothing but an error.
#[derive(Debug)]
pub(crate) struct Rows {
    archive: Arc<Archive>,
    part: Part,
    /// The number of the next page; the largest one when there are no more.
    next: usize,
    page: Arc<Page>,
    /// The number of the next row in the page.
    row: usize,
}

impl Rows {
    /// All runs of this part.
    pub(super) fn of(archive: Arc<Archive>, part: Part) -> Self {
        Self { archive, part, next: 0, page: Arc::default(), row: 0 }
    }

    /// Goes to the next page; whether there is one.
    fn turn(&mut self) -> Result<bool, StoreError> {
        (self.page, self.row) = (Arc::default(), 0);
        if self.next == usize::MAX {
            return Ok(false);
        }
        let directory = self.archive.directory(self.part).inspect_err(|_| self.next = usize::MAX)?;
        if self.next >= directory.entries.len() {
            return Ok(false);
        }
        self.next += 1;
        self.page = self.archive.page(self.part, self.next - 1)?;
        Ok(true)
    }
}

impl Iterator for Rows {
    type Item = Result<(RunId, Standing), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.rows().get(self.row) {
                self.row += 1;
                return Some(self.archive.standing(&self.page, row).map(|standing| (row.run, standing)));
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
