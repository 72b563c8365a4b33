//! The done runs of many archives that fit a query, newest first, read no further than they are asked for.

use super::{Archive, Newest, Part, Query};
use crate::Head;
use run::id::RunId;
use run::tables::StoreError;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// The done runs of these archives that fit, newest first. A run that is in several comes once.
pub(crate) fn newest_first(archives: &[Arc<Archive>], query: Query) -> Merged {
    let query = Arc::new(query);
    let all = archives.iter().map(|archive| Newest::of(archive.clone(), Part::Done, query.clone()));
    let mut waiting: Vec<Newest> = all.filter(|newest| newest.bound().is_some()).collect();
    waiting.sort_by_key(Newest::bound);
    Merged { waiting, begun: BinaryHeap::new(), last: None }
}

/// See [`newest_first`]. Ends after an error.
#[derive(Debug)]
pub(crate) struct Merged {
    /// Those that nothing was asked of yet, by ascending bound.
    waiting: Vec<Newest>,
    /// Those whose next run is known.
    begun: BinaryHeap<Begun>,
    last: Option<RunId>,
}

/// An archive's next run, and those after it.
#[derive(Debug)]
struct Begun {
    run: RunId,
    head: Head,
    rest: Newest,
}

impl Merged {
    /// Begins those archives that may have a run which comes before all that are known.
    fn begin(&mut self) -> Result<(), StoreError> {
        let known = |begun: &BinaryHeap<Begun>| begun.peek().map(|begun| begun.run);
        while let Some(newest) = self.waiting.pop_if(|next| known(&self.begun) < next.bound()) {
            self.advance(newest)?;
        }
        Ok(())
    }

    fn advance(&mut self, mut newest: Newest) -> Result<(), StoreError> {
        if let Some(next) = newest.next() {
            let (run, head) = next?;
            self.begun.push(Begun { run, head, rest: newest });
        }
        Ok(())
    }

    fn take(&mut self) -> Result<Option<(RunId, Head)>, StoreError> {
        loop {
            self.begin()?;
            let Some(Begun { run, head, rest }) = self.begun.pop() else { return Ok(None) };
            self.advance(rest)?;
            if self.last.replace(run) != Some(run) {
                return Ok(Some((run, head)));
            }
        }
    }
}

impl Iterator for Merged {
    type Item = Result<(RunId, Head), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let taken = self.take();
        if taken.is_err() {
            self.waiting.clear();
            self.begun.clear();
        }
        taken.transpose()
    }
}

impl PartialEq for Begun {
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run
    }
}

impl Eq for Begun {}

impl PartialOrd for Begun {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Begun {
    fn cmp(&self, other: &Self) -> Ordering {
        self.run.cmp(&other.run)
    }
}
