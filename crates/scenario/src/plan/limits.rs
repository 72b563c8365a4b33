//! Bounds on a scenario's runs, what is kept of them, and from when on people are told.

use crate::expression::Expression;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// `limits:`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a run may take in all.
    pub timeout: Duration,
    /// How long a run may take from its arrival on, with all its waiting; none: any time.
    pub deadline: Option<Duration>,
    /// How many runs may be under way at once; none: as many as come.
    pub concurrency: Option<Concurrency>,
    /// How many runs may wait for their turn; none: as many as the engine takes. More are refused.
    pub queue: Option<u32>,
    /// How many runs may begin in a time; none: as many as come.
    pub rate: Option<Rate>,
    /// What its journal survives.
    pub durability: Durability,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(40 * 60),
            deadline: None,
            concurrency: None,
            queue: None,
            rate: None,
            durability: Durability::Disk,
        }
    }
}

/// `limits.concurrency`, or `limits.sequential`. With a limit of one, runs follow each other in the order in which
/// they came.
#[derive(Clone, Debug)]
pub struct Concurrency {
    /// How many runs at once, at least 1; for each value of the key.
    pub limit: u32,
    /// What tells apart runs that need not wait for each other; it reads `trigger`. None: all wait for all.
    pub key: Option<Expression>,
    /// What becomes of a run that comes when there are as many.
    pub on_full: OnFull,
}

/// `on_full:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFull {
    /// It waits for its turn on disk.
    #[default]
    Queue,
    /// It is not begun.
    Drop,
    /// The oldest one that is under way is cancelled, and it begins.
    CancelRunning,
}

/// So many in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many, at least 1.
    pub count: u32,
    /// In how long.
    pub per: Duration,
}

/// `limits.durability`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// What is acknowledged is on disk.
    #[default]
    Disk,
    /// What is acknowledged is on its way to the disk: a crash of the machine or of the process may lose the last
    /// moments.
    Memory,
}

/// `keep:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// How long a run is kept after it is over; none: as the server says.
    pub age: Option<Duration>,
    /// How many runs are kept at most; none: as the server says.
    pub runs: Option<u64>,
    /// Which runs are kept.
    pub only: Kept,
}

/// `keep.only`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// All.
    #[default]
    All,
    /// Those that failed or were cancelled.
    Failures,
    /// None.
    Nothing,
}

/// `alarms:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// How many runs fail in a row before it is an alarm; none: never.
    pub failures: Option<u32>,
    /// How long nothing may come before it is an alarm; none: any time.
    pub silence: Option<Duration>,
    /// How many runs may wait before it is an alarm; none: never.
    pub queue: Option<u32>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { failures: Some(5), silence: None, queue: Some(10_000) }
    }
}
