//! What the modules that work on one table share.

use super::statement::Draft;
use crate::spec::invalid;
use run::error::StepError;

/// How many rows one step gives at most.
const MOST_ROWS: usize = 10_000;

/// How many, unless the step says otherwise.
pub(super) fn usual_limit() -> usize {
    1_000
}

pub(super) fn checked_limit(limit: usize) -> Result<usize, StepError> {
    if (1..=MOST_ROWS).contains(&limit) {
        Ok(limit)
    } else {
        Err(invalid(format!("`limit` is {limit}; it goes from 1 to {MOST_ROWS}")))
    }
}

/// Columns with commas between them; all of them, where none is named.
pub(super) fn columns(draft: &mut Draft, columns: &[String]) -> Result<(), StepError> {
    match columns {
        [] => draft.words("*"),
        [star] if star == "*" => draft.words("*"),
        names => draft.names(names.iter().map(String::as_str))?,
    };
    Ok(())
}
