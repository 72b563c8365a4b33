//! What a step that has begun and is not over is at.

use crate::entry::{Called, Entry, Release};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::payload::Payload;
use scenario::plan::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known of a step that has begun and is not over.
#[derive(Debug)]
pub(crate) enum Activity {
    /// A call was about to be made, for the first time `since`. Unless this process is making it, a crash came between.
    Attempting { attempt: u32, since: Millis, doubt: Doubt },
    /// The attempt failed; the next is due then.
    Retrying { attempt: u32, due: Millis },
    /// Failed for good, at `origin`; what `on_error` says comes next.
    Failing { error: StepError, origin: Spot, attempt: u32 },
    /// Failed for good, and `on_error` has had its turn.
    GivenUp { error: StepError, origin: Spot },
    /// The steps of `on_error` run.
    Handling { error: StepError, origin: Spot, attempt: u32 },
    /// Failed for good, and waits for someone, or for its time.
    Held { error: StepError, origin: Spot, due: Option<Millis>, cause: Cause },
    /// Was held, and is to be tried again.
    Released,
    /// A route or parallel branches: walks these.
    Routed { branches: Vec<u32> },
    /// A loop over these items; what its finished turns gave.
    Looping { items: Payload, count: u32, begun: Option<u32>, finished: Finished, collected: BTreeMap<u32, Payload> },
    /// Waits for a time or an answer.
    Awaiting { until: Millis, answer: Option<Payload> },
    /// Waits for another run.
    Calling(Arc<Called>),
}

/// Whether a crash came while a call was in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Not that anyone has noticed.
    None,
    /// It did, and that is journaled.
    Noticed,
}

/// Why a step is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It has failed, and `on_error` holds it.
    Failure,
    /// Whether this attempt was made is in doubt, and `after_crash` holds it.
    Doubt { attempt: u32 },
}

/// Which step an entry is about that leaves it unfinished.
pub(super) fn spot(entry: &Entry) -> Option<&Spot> {
    match entry {
        Entry::Started { spot, .. }
        | Entry::Doubted { spot, .. }
        | Entry::Failed { spot, .. }
        | Entry::Routed { spot, .. }
        | Entry::Looped { spot, .. }
        | Entry::Began { spot, .. }
        | Entry::Awaiting { spot, .. }
        | Entry::Answered { spot, .. }
        | Entry::Escalated { spot, .. }
        | Entry::Handling { spot, .. }
        | Entry::Held { spot, .. }
        | Entry::Released { spot, .. } => Some(spot),
        Entry::Called(called) => Some(&called.spot),
        _ => None,
    }
}

impl Activity {
    /// What a step is at after this entry; none: it begins anew.
    pub(super) fn after(entry: &Entry, before: Option<Self>) -> Option<Self> {
        Some(match (entry, before) {
            (Entry::Started { attempt, .. }, Some(Self::Attempting { since, .. })) => {
                Self::Attempting { attempt: *attempt, since, doubt: Doubt::None }
            }
            (Entry::Started { attempt, at, .. }, _) => {
                Self::Attempting { attempt: *attempt, since: *at, doubt: Doubt::None }
            }
            (Entry::Doubted { .. }, Some(Self::Attempting { attempt, since, .. })) => {
                Self::Attempting { attempt, since, doubt: Doubt::Noticed }
            }
            (Entry::Failed { attempt, retry: Some(due), .. }, _) => Self::Retrying { attempt: *attempt, due: *due },
            (Entry::Failed { spot, attempt, error, retry: None, .. }, _) => {
                Self::Failing { error: (**error).clone(), origin: spot.clone(), attempt: *attempt }
            }
            (Entry::Escalated { origin, error, .. }, _) => {
                Self::Failing { error: (**error).clone(), origin: origin.clone(), attempt: 1 }
            }
            (Entry::Routed { branches, .. }, _) => Self::Routed { branches: branches.clone() },
            (Entry::Looped { items, count, .. }, _) => Self::Looping {
                items: items.clone(),
                count: *count,
                begun: None,
                finished: Finished::default(),
                collected: BTreeMap::new(),
            },
            (Entry::Began { turn, .. }, Some(Self::Looping { items, count, finished, collected, .. })) => {
                Self::Looping { items, count, begun: Some(*turn), finished, collected }
            }
            (Entry::Awaiting { until, .. }, _) => Self::Awaiting { until: *until, answer: None },
            (Entry::Answered { answer, .. }, Some(Self::Awaiting { until, .. })) => {
                Self::Awaiting { until, answer: Some(answer.clone()) }
            }
            (Entry::Called(called), _) => Self::Calling(Arc::clone(called)),
            (Entry::Handling { .. }, Some(Self::Failing { error, origin, attempt })) => {
                Self::Handling { error, origin, attempt }
            }
            (Entry::Held { error, due, .. }, Some(Self::Failing { origin, .. })) => {
                Self::Held { error: (**error).clone(), origin, due: *due, cause: Cause::Failure }
            }
            (Entry::Held { spot, error, due, .. }, Some(Self::Attempting { attempt, .. })) => {
                let cause = Cause::Doubt { attempt };
                Self::Held { error: (**error).clone(), origin: spot.clone(), due: *due, cause }
            }
            (Entry::Released { release: Release::Retry, .. }, _) => Self::Released,
            (Entry::Released { release: Release::Fail, .. }, Some(Self::Held { error, origin, cause, .. })) => {
                match cause {
                    Cause::Failure => Self::GivenUp { error, origin },
                    Cause::Doubt { attempt } => Self::Failing { error, origin, attempt },
                }
            }
            (_, before) => return before,
        })
    }

    /// Whether the steps of this list of its own are being walked.
    pub(super) fn walks(&self, role: Role) -> bool {
        match role {
            Role::Handler => matches!(self, Self::Handling { .. }),
            Role::Work | Role::Failure => {
                matches!(self, Self::Routed { .. } | Self::Looping { .. } | Self::Awaiting { .. })
            }
        }
    }

    /// Whether a call is made that reaches outside.
    pub(super) fn calls_out(&self) -> bool {
        matches!(self, Self::Attempting { .. })
    }

    /// Whether the step rests because its scenario says so.
    pub(super) fn rests(&self) -> bool {
        match self {
            Self::Awaiting { answer, .. } => answer.is_none(),
            Self::Held { .. } => true,
            _ => false,
        }
    }
}

/// How far a loop goes ahead of a turn that does not come to an end.
const AHEAD: u32 = 4_096;

/// Which turns of a loop are over: all below a number, and some beyond it.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    below: u32,
    beyond: BTreeSet<u32>,
}

impl Finished {
    /// The first turn that is not over.
    pub(crate) fn below(&self) -> u32 {
        self.below
    }

    /// The turns that may be walked now: the first ones that are not over, at most `width`, below `count`.
    pub(crate) fn open(&self, width: u32, count: u32) -> impl Iterator<Item = u32> {
        (self.below..count.min(self.below.saturating_add(AHEAD)))
            .filter(|turn| !self.beyond.contains(turn))
            .take(width as usize)
    }

    pub(super) fn note(&mut self, turn: u32) {
        self.beyond.insert(turn);
        while self.beyond.remove(&self.below) {
            self.below += 1;
        }
    }
}
