//! The lines of a file, written into a data store: many at once, as each waits for the disk.

use crate::sheet::Line;
use run::data_store::{Act, Condition, DataError, DataStores, Put};
use serde::Deserialize;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::sync::PoisonError;
use utoipa::ToSchema;

/// How many lines are taken together.
pub(super) const TOGETHER: usize = 1_024;

/// How many of them are written at once. Those that wait for the disk at the same time wait for it once.
const AT_ONCE: u64 = 16;

/// What becomes of a line whose record is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Existing {
    /// It takes the record's place.
    #[default]
    Replace,
    /// The record stays, and the line counts as skipped.
    Skip,
    /// The line is refused.
    Refuse,
}

/// Where the lines go.
#[derive(Clone, Copy)]
pub(super) struct Target<'t> {
    pub(super) stores: &'t DataStores,
    pub(super) store: &'t str,
    pub(super) existing: Existing,
    pub(super) act: Act<'t>,
    pub(super) write: Write,
}

/// Whether anything is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    Yes,
    /// It is only looked at what would come of it.
    Rehearsed,
}

/// What came of a line.
pub(super) enum Fate {
    Written,
    Skipped,
    Refused(String),
}

impl Target<'_> {
    /// What came of each of these lines, in their order; an error where the store itself fails. Lines of the same key are
    /// written one after the other, so that the last one stays.
    pub(super) fn take(self, lines: &[Line]) -> Result<Vec<Fate>, DataError> {
        let fates: Mutex<Vec<Option<Result<Fate, DataError>>>> = Mutex::new(lines.iter().map(|_| None).collect());
        std::thread::scope(|scope| {
            for number in 0..AT_ONCE {
                let fates = &fates;
                scope.spawn(move || {
                    for (place, line) in lines.iter().enumerate().filter(|(_, line)| turn(line) == number) {
                        let fate = self.line(line);
                        let has_failed = fate.is_err();
                        fates.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(fate);
                        if has_failed {
                            return;
                        }
                    }
                });
            }
        });
        let fates = fates.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Where a thread has ended early, it was for an error that stands in its list.
        fates.into_iter().flatten().collect()
    }

    fn line(&self, line: &Line) -> Result<Fate, DataError> {
        let (key, value) = match (&line.key, &line.value) {
            (_, Err(reason)) => return Ok(Fate::Refused(reason.clone())),
            (None, Ok(_)) => return Ok(Fate::Refused("the line has no key".to_owned())),
            (Some(key), Ok(value)) => (key, value.clone()),
        };
        let condition = (self.existing != Existing::Replace).then_some(Condition::Absent);
        let put = Put { value, ttl: None, condition };
        let done = match self.write {
            Write::Yes => self.stores.put(self.store, key, &put, self.act).map(drop),
            Write::Rehearsed => self.stores.rehearse_put(self.store, key, &put, self.act.now),
        };
        match done {
            Ok(()) => Ok(Fate::Written),
            Err(DataError::Conflict(_)) if self.existing == Existing::Skip => Ok(Fate::Skipped),
            Err(error @ (DataError::Store(_) | DataError::Busy)) => Err(error),
            Err(error) => Ok(Fate::Refused(error.to_string())),
        }
    }
}

/// Who of those that write takes the line.
fn turn(line: &Line) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.key.hash(&mut hasher);
    hasher.finish() % AT_ONCE
}
