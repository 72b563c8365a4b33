//! The journal of a run: what happened, in order. These bytes outlive every release.
//!
//! Rules: variants of [`Entry`] are only ever appended; a struct that is in use never changes (make a new variant);
//! `testdata/journals/` holds bytes of every release and a test reads them all.

mod parts;
mod recognised;
mod tried;

use crate::call::Delivery;
use crate::error::StepError;
use crate::id::{Millis, RunId, ScenarioId, Spot};
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::response::Response;
pub use recognised::{Item, Recognised};
use scenario::expression::Comparison;
use scenario::plan::Version;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
pub use tried::Trial;

/// One thing that happened in a run. `spot` is the step and turn it happened to, `at` the time, and `attempt` counts
/// from 1, wherever they stand.
#[expect(missing_docs, reason = "the fields that recur are explained once, above; the others at their variant")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Entry {
    /// The run exists. Always the first entry.
    Created(Arc<Created>),
    /// A call that reaches outside is about to be made, or a script to be run. On disk before a call; if it is the last
    /// that is known of a step, the step was in flight at a crash.
    Started { spot: Spot, attempt: u32, at: Millis },
    /// A step succeeded.
    Done(Box<Done>),
    /// An attempt failed. `retry` tells when the next one is due; none: the step has failed for good.
    Failed { spot: Spot, attempt: u32, error: Box<StepError>, retry: Option<Millis>, at: Millis },
    /// A failure was passed over, as `on_error` says: `output` stands in for the step's own.
    Recovered { spot: Spot, output: Payload, at: Millis },
    /// A step was not run.
    Skipped { spot: Spot, why: Skip, at: Millis },
    /// A filter held back (its block ends) or let through.
    Filtered { spot: Spot, passed: bool, at: Millis },
    /// A route chose these branches (numbers; `otherwise` counts as the one after the last).
    Routed { spot: Spot, branches: Vec<u32>, at: Millis },
    /// A loop began over these items, a JSON list.
    Looped { spot: Spot, items: Payload, count: u32, at: Millis },
    /// A turn of a loop ended and gave this to the loop's output; nothing when a filter held it back.
    Turned { spot: Spot, turn: u32, value: Option<Payload>, at: Millis },
    /// The caller's answer is decided. It is sent once this is on disk.
    Responded { spot: Spot, response: Arc<Response>, at: Millis },
    /// The run is over. Always the last entry.
    Ended { end: Box<End>, at: Millis },
    /// Another run called this one; directly after the first entry.
    CalledBy(Box<Caller>),
    /// A filter held back or let through, and what it compared on the way.
    Weighed { spot: Spot, passed: bool, comparisons: Vec<Comparison>, at: Millis },
    /// A loop's condition let this turn begin.
    Began { spot: Spot, turn: u32, at: Millis },
    /// Variables of the run were written.
    Assigned { spot: Spot, values: Vec<(String, Payload)>, at: Millis },
    /// A step waits until this time: to go on, or for an answer at the longest.
    Awaiting { spot: Spot, until: Millis, at: Millis },
    /// The answer a step waits for has come.
    Answered { spot: Spot, answer: Payload, at: Millis },
    /// Another scenario is called. On disk before the called run exists.
    Called(Arc<Called>),
    /// `return` or `stop` was reached: the run is about to end, with this value or reason.
    Concluded { spot: Spot, conclusion: Conclusion, value: Payload, at: Millis },
    /// A failure was not handled by the step it happened to, nor by the steps around that one up to this.
    Escalated { spot: Spot, origin: Spot, error: Box<StepError>, at: Millis },
    /// The steps of `on_error` begin.
    Handling { spot: Spot, at: Millis },
    /// The step has failed and is held until someone resumes it; by itself it goes on when it is `due`.
    Held { spot: Spot, error: Box<StepError>, due: Option<Millis>, at: Millis },
    /// A held step goes on, by the hand of this user or, without one, by its policy.
    Released { spot: Spot, release: Release, by: Option<String>, at: Millis },
    /// The run has failed, because of this step or as a whole, and the steps of `on_failure` begin.
    Collapsed { spot: Option<Spot>, error: Box<StepError>, at: Millis },
    /// What the run is recognised by when its delivery is repeated, and what it lines up by; among the first entries.
    Keyed { dedupe: Option<String>, line: Option<String>, at: Millis },
    /// A call was in flight at a crash: whether the far side has done it is not known.
    Doubted { spot: Spot, attempt: u32, at: Millis },
    /// The run does again what another one did; among the first entries.
    Replayed(Box<Replayed>),
    /// From here on the run keeps to another version of its scenario, which this user or rule chose.
    Moved { version: Version, by: String, at: Millis },
    /// What the run is recognised by, or lines up by, could not be told; among the first entries.
    Unkeyed { of: KeyOf, error: Box<StepError>, at: Millis },
    /// What the delivery that started the run was recognised as; directly after the first entry.
    Recognised(Box<Recognised>),
    /// The run tries a text; among the first entries.
    Tried(Box<Trial>),
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOf {
    /// `dedupe`: repeats of a delivery have the same.
    Dedupe,
    /// `limits.concurrency.key`: runs of the same line up.
    Line,
}

/// What a run does again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The run that was there before.
    pub of: RunId,
    /// The run whose random values it draws again: the first of a row of replays.
    pub draws: RunId,
    /// The step it begins with, in the terms of its own version; none: all of it.
    pub from: Option<Spot>,
    /// How many entries of the other journal follow this one.
    pub copied: u32,
    /// When the other run decided on the steps that follow, in the terms of this one's version: what `now()` gives to
    /// them again, where they touch nothing outside.
    pub times: Vec<Decided>,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// When something about a step was decided: the time that its expressions saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Which step in which turn.
    pub spot: Spot,
    /// What was decided.
    pub occasion: Occasion,
    /// When.
    pub at: Millis,
}

/// What is decided about a step, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Occasion {
    /// That this attempt begins, and with what.
    Attempt(u32),
    /// Whether the failure of this attempt is worth another.
    Failure(u32),
    /// Whether this turn of a loop begins.
    Began(u32),
    /// What this turn of a loop gives, and whether it was the last.
    Turned(u32),
    /// What stands in for a failure.
    Recovery,
}

/// Who called a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The calling run.
    pub run: RunId,
    /// Its step.
    pub spot: Spot,
    /// The scenarios of the runs above this one, outermost first.
    pub chain: Vec<ScenarioId>,
    /// Whether no one waits for this run.
    pub detached: bool,
    /// What started the first of these runs.
    pub root: Source,
    /// When.
    pub at: Millis,
}

/// The call of another scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Called {
    /// Which step calls.
    pub spot: Spot,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The called run.
    pub child: RunId,
    /// Its scenario, as the step names it.
    pub scenario: String,
    /// What it gets.
    pub input: Payload,
    /// Whether it is not waited for.
    pub detached: bool,
    /// When.
    pub at: Millis,
}

/// What ends a run before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conclusion {
    /// `return`: the run has succeeded.
    Returned,
    /// `stop`: the run is stopped.
    Stopped,
}

/// How a held step goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Release {
    /// It is tried again.
    Retry,
    /// It is passed over; this stands in for its output.
    Use(Payload),
    /// It fails, as if it had not been held.
    Fail,
}

/// How a run began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Created {
    /// Which scenario.
    pub scenario: ScenarioId,
    /// Which text of it; the run keeps to this one.
    pub version: Version,
    /// When. Its own time, where the input may tell of an earlier one (a schedule that caught up).
    pub at: Millis,
    /// What started it.
    pub input: Input,
}

/// How a step succeeded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Done {
    /// Which step.
    pub spot: Spot,
    /// The attempt that succeeded, from 1.
    pub attempt: u32,
    /// What it gives to later steps.
    pub output: Payload,
    /// What was sent, secrets masked; null where there is nothing to see.
    pub sent: Payload,
    /// Whether it really left the machine.
    pub delivery: Delivery,
    /// When.
    pub at: Millis,
}

/// Why a step was not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Its `when` is false.
    When,
    /// Its author switched it off.
    Disabled,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// All done.
    Succeeded,
    /// Ended early and well, as `on_error: stop` says.
    Stopped,
    /// A step failed for good, or the run took too long.
    Failed {
        /// The step; none where the run as a whole failed.
        spot: Option<Spot>,
        /// Why.
        error: StepError,
    },
    /// A person or the API ended it.
    Cancelled,
}

/// The first byte of every piece of journal: the format of the rest.
const FORMAT: u8 = 1;

/// Bytes that are no journal of any known release.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Written by a later release.
    #[error("journal format {0} is not known to this release")]
    Format(u8),
    /// Not what was written.
    #[error("journal bytes are damaged")]
    Damaged,
}

/// How long a piece usually is at most, so that most of them grow without being moved.
const USUAL_BYTES: usize = 768;

/// A piece of journal: entries as bytes.
pub fn encode<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    bytes.push(FORMAT);
    for entry in entries {
        bytes = postcard::to_extend(entry, bytes)
            .expect("writing to memory cannot fail, and no entry holds a type that postcard refuses");
    }
    bytes
}

/// The entries of a piece of journal.
pub fn decode(bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    let (&format, mut rest) = bytes.split_first().ok_or(Unreadable::Damaged)?;
    if format != FORMAT {
        return Err(Unreadable::Format(format));
    }
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (entry, after) = postcard::take_from_bytes(rest).map_err(|_| Unreadable::Damaged)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
