//! How a run tries a text: what stands in for its steps, and where it ends.

use super::Entry;
use crate::id::Millis;
use crate::payload::Payload;
use scenario::plan::StepNo;
use serde::{Deserialize, Serialize};

/// What a run is to try. It is nobody's but the one's who writes the text: it is no news to those who hear of failures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// The step after which it ends, and beyond which nothing is done; none: its last.
    pub until: Option<StepNo>,
    /// Steps that are not done, whichever turn it is, and what they give instead.
    pub pins: Vec<(StepNo, Payload)>,
    /// The variables that it begins with.
    pub vars: Vec<(String, Payload)>,
    /// How many of the entries that follow did not happen, but are given.
    pub given: u32,
    /// Who tries.
    pub by: String,
    /// When.
    pub at: Millis,
}

impl Trial {
    /// What the run of this journal tries; none: it tries nothing.
    pub fn of(entries: &[Entry]) -> Option<&Self> {
        // Before it stands only how the run began.
        entries.iter().take(3).find_map(|entry| match entry {
            Entry::Tried(trial) => Some(&**trial),
            _ => None,
        })
    }

    /// What stands in for this step.
    pub fn pin(&self, step: StepNo) -> Option<&Payload> {
        self.pins.iter().find(|(pinned, _)| *pinned == step).map(|(_, output)| output)
    }
}
