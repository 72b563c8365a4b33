//! All runs of one part of an archive, one page after another.

use super::page::Page;
use super::{Archive, Part, Standing};
use run::id::RunId;
use run::tables::StoreError;
use std::sync::Arc;

/// The runs of one part of an archive and how they stand, by ascending name. Ends after an error.
#[derive(Debug)]
pub(crate) struct Rows {
    archive: Arc<Archive>,
    part: Part,
    /// The number of the next page.
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
        if self.next >= self.archive.directory(self.part)?.entries.len() {
            return Ok(false);
        }
        self.page = self.archive.page(self.part, self.next)?;
        self.row = 0;
        self.next += 1;
        Ok(true)
    }

    fn end(&mut self) {
        self.next = usize::MAX;
        self.page = Arc::default();
    }
}

impl Iterator for Rows {
    type Item = Result<(RunId, Standing), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.rows().get(self.row) {
                self.row += 1;
                let standing = self.archive.standing(row).map(|standing| (row.run, standing));
                if standing.is_err() {
                    self.end();
                }
                return Some(standing);
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.end();
                    return Some(Err(error));
                }
            }
        }
    }
}
