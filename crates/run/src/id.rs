//! Names of runs, scenarios and positions.

use scenario::plan::StepNo;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Milliseconds since 1970-01-01T00:00Z.
pub type Millis = i64;

/// A run's name: a UUIDv7 (RFC 9562), so that names sort by the time runs were created.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub uuid::Uuid);

impl RunId {
    /// The name of a run that another run is the cause of: made of what is known before the run exists, so that it can
    /// be journaled first. `what` tells the runs of one cause from each other. Shaped as RFC 9562 §5.7 has it.
    pub fn derived(now: Millis, cause: RunId, what: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(cause.0.as_bytes()).chain_update(what).finalize();
        let mut random = [0; 10];
        random.copy_from_slice(&digest[..10]);
        let since = u64::try_from(now).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(since, &random).into_uuid())
    }

    /// When the run was created, in milliseconds since 1970.
    pub fn created(&self) -> Millis {
        (self.0.as_u128() >> 80) as Millis
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A scenario's name: its file name without `.yaml`; letters, digits, `-`, `_`, `.`, not starting with a dot.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ScenarioId(Arc<str>);

impl Serialize for ScenarioId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl ScenarioId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot name a scenario.
#[derive(Debug, thiserror::Error)]
#[error("a scenario's name has 1 to 100 letters, digits, `-`, `_` or `.`, and does not start with a dot")]
pub struct InvalidScenarioId;

impl FromStr for ScenarioId {
    type Err = InvalidScenarioId;
    fn from_str(text: &str) -> Result<Self, InvalidScenarioId> {
        let fits = !text.starts_with('.')
            && (1..=100).contains(&text.chars().count())
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if fits { Ok(Self(text.into())) } else { Err(InvalidScenarioId) }
    }
}

impl TryFrom<String> for ScenarioId {
    type Error = InvalidScenarioId;
    fn try_from(text: String) -> Result<Self, InvalidScenarioId> {
        text.parse()
    }
}

impl fmt::Display for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The counters of the loops around a position, outermost first; empty outside of loops.
pub type Turns = SmallVec<[u32; 2]>;

/// One execution of one step: the step, and in which turn of the loops around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// Which step.
    pub step: StepNo,
    /// In which turn of the loops around it.
    pub turns: Turns,
}
